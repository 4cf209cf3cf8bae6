import Foundations
public import Profiler
import Statistics

extension OrderedRuns {
  /// Passes the comparisons of each run with the first, as of two runs, and the trends to `sink`, as one JSON object.
  ///
  /// - Parameters:
  ///   - found: comparisons of each run, in order.
  ///   - trends: change along the order of each column; empty for runs that are not paired.
  ///   - sink: receives the text, ended by a line break, in parts.
  public func writeJSON(
    _ found: [[DomainComparison]], _ trends: [[OrderedTrend]], to sink: (String) throws -> Void
  ) rethrows {
    try sink("{\n\"against_first\": [\n")
    for (place, (comparison, runs)) in zip(found, comparisons).enumerated() {
      if place > 0 { try sink(",\n") }
      try ComparisonJSON.write(comparison, of: runs, to: sink)
    }
    try sink("],\n\"along_the_order\": ")
    var json = JSONWriter(indentation: 2)
    json.beginArray()
    for trend in trends.joined() {
      json.beginObject()
      json.member("metric", .string(trend.metric.rawValue))
      json.member("scope", trend.scope.map { .string($0.rawValue) } ?? .null)
      json.member("layer", trend.layer.map { .integer($0) } ?? .null)
      json.member("domain", .string(trend.domain))
      json.member("texts", .integer(trend.texts))
      json.member("groups", .integer(trend.groups))
      json.member("runs", .integer(trend.runs))
      let numbers = [
        ("slope", trend.slope), ("slope_low", trend.low), ("slope_high", trend.high), ("t", trend.t),
        ("df", trend.degreesOfFreedom), ("p", trend.p), ("q", trend.q), ("relative", trend.relative),
      ]
      for (key, number) in numbers { json.member(key, .number(number)) }
      json.endObject()
    }
    json.endArray()
    try sink(String(decoding: json.take(), as: UTF8.self) + "\n}\n")
  }
}
