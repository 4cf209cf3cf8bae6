import Foundation
import Foundations
import Profiler
import Statistics

/// Numbers that the page's script shows under the pointer, as one JSON text, rounded to five digits for reading; the
/// files have full precision.
struct TooltipData {
  let figures: ReportFigures
  private var data: ReportData { figures.data }

  /// JSON that is safe in a `script` element: `<` occurs only in strings.
  var json: String {
    let members: JSONObject = [
      "domains": .array(data.names.map(JSONValue.string)), "first": .integer(data.layers.lowerBound),
      "metrics": .object(metrics), "counts": .object(counts), "factors": .object(factors),
      "pairs": .array(pairs.map { .array($0.map { .array([.string($0.a), .string($0.b)]) }) }),
      "verdicts": .object(verdicts), "words": .array(Verdict.allCases.map { .string($0.rawValue) }),
      "rankings": .object(rankings), "dots": .object(dots),
    ]
    return JSONValue.object(members).text().replacing("<", with: "\\u003c")
  }

  private func key(_ name: String, _ scope: Scope) -> String { "\(name)|\(scope.rawValue)" }

  /// Means and standard deviations by quantity, scope, domain and block.
  private var metrics: JSONObject {
    var members: JSONObject = [:]
    let quantities = data.record.metrics.map(ReportData.Quantity.metric) + [.attentionShare]
    for quantity in quantities {
      for scope in data.scopes {
        let table = data.table(quantity, scope)
        func numbers(_ digits: Int, _ value: (RunningStatistics) -> Double?) -> JSONValue {
          .array(table.map { row in .array(row.map { Self.rounded(value($0), digits: digits) }) })
        }
        var member: JSONObject = ["mean": numbers(5, \.mean), "sd": numbers(4, \.standardDeviation)]
        // Spectral metrics can be missing when the others are not.
        let counts = Self.counts(table)
        if counts != self.counts[scope.rawValue] { member["n"] = counts }
        members[key(quantity.name, scope)] = .object(member)
      }
    }
    return members
  }

  /// Number of counted texts by scope, domain and block.
  private var counts: JSONObject {
    JSONObject(data.scopes.map { ($0.rawValue, Self.counts(data.table(.absMean, $0))) })
  }

  private static func counts(_ table: [[RunningStatistics]]) -> JSONValue {
    .array(table.map { row in .array(row.map { .integer($0.count) }) })
  }

  /// Student's t for each number of texts that occurs.
  private var factors: JSONObject {
    let quantities = data.record.metrics.map(ReportData.Quantity.metric) + [.attentionShare]
    let tables = quantities.flatMap { quantity in data.scopes.map { data.table(quantity, $0) } }
    let counts = Set(tables.flatMap { $0.joined().map(\.count) }).filter { $0 > 1 }
    return JSONObject(counts.map { ("\($0)", Self.rounded(ReportData.intervalFactor($0))) })
  }

  /// Distinct lists of pairs; nearly always a single one for all comparisons.
  private var pairs: [[NamePair]] {
    figures.comparisons.map { $0.pairs.map(\.names) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Results by pair and block: g and the distances to the ends of its interval in hundredths, q in ten-thousandths,
  /// the verdicts as a digit each, the texts needed or 0. These lists are the longest of the page.
  private var verdicts: JSONObject {
    var members: JSONObject = [:]
    let pairs = pairs
    for comparison in figures.comparisons where !comparison.blocks.isEmpty {
      guard let scope = comparison.scope else { continue }
      let blocks = comparison.blocks
      func rounded(_ value: Double) -> Int? { value.magnitude < 1e9 ? Int(value.rounded()) : nil }
      func list(_ value: (BlockComparison) -> Int?) -> JSONValue {
        .array(blocks.map { block in value(block).map(JSONValue.integer) ?? .null })
      }
      func distance(_ low: Double, _ high: Double) -> Int? {
        rounded(100 * low).flatMap { low in rounded(100 * high).map { $0 - low } }
      }
      let digits = blocks.map { block in Verdict.allCases.firstIndex(of: block.verdict).map(String.init) ?? "" }
      members[key(comparison.metric.rawValue, scope)] = .object([
        "pairs": .integer(pairs.firstIndex(of: comparison.pairs.map(\.names)) ?? 0),
        "verdict": .string(digits.joined()), "g": list { rounded(100 * $0.hedgesG) },
        "low": list { distance($0.gLow, $0.hedgesG) }, "high": list { distance($0.hedgesG, $0.gHigh) },
        "q": list { rounded(10_000 * $0.q) },
        "texts": .array(blocks.map { .integer($0.textsNeeded ?? 0) }),
      ])
    }
    return members
  }

  private var rankings: JSONObject {
    var members: JSONObject = [:]
    for (place, ranking) in figures.rankings {
      members[key(place.metric.rawValue, place.scope)] = .object([
        "layers": .array(ranking.places.map { .integer($0.layer) }),
        "values": .array(ranking.places.map { Self.rounded($0.value) }),
        "low": .array(ranking.places.map { Self.rounded($0.interval?.lowerBound) }),
        "high": .array(ranking.places.map { Self.rounded($0.interval?.upperBound) }),
        "shares": .array(
          ranking.places.map { place in
            place.leastShares.map { .array($0.map { Self.rounded($0, digits: 4) }) } ?? .null
          }),
      ])
    }
    return members
  }

  /// Number of texts, minimum, quartiles and maximum by domain, for the lengths and each metric of the text.
  private var dots: JSONObject {
    func summaries(_ values: [[Double]]) -> JSONValue {
      .array(
        values.map { own in
          .array([.integer(own.count)] + (DomainDots.summary(own) ?? []).map { Self.rounded($0) })
        })
    }
    var members: JSONObject = ["lengths": summaries(data.lengths)]
    for metric in data.record.textMetrics { members[metric.rawValue] = summaries(data.textValues(metric)) }
    return members
  }

  /// Returns a number rounded to `digits` significant digits; null if it is nil or not finite.
  static func rounded(_ value: Double?, digits: Int = 5) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    guard value != 0 else { return .integer(0) }
    let places = digits - 1 - Int(log10(abs(value)).rounded(.down))
    // Ten to these powers is exact, so the quotient is the double nearest to the rounded decimal.
    guard (0...22).contains(places) else { return .number(Double(String(format: "%.\(digits - 1)e", value)) ?? value) }
    let scaled = (value * pow(10, Double(places))).rounded()
    return scaled.magnitude < 1e15 && places == 0 ? .integer(Int(scaled)) : .number(scaled / pow(10, Double(places)))
  }
}
