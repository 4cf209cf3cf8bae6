import Foundations
import LlamaCore
import ProfileReport
import Profiler

/// Output of `profile --dry-run`.
struct EstimateText {
  private let estimate: RunEstimate
  /// Unit of memory sizes; nil for a fitting one.
  private let unit: ByteUnit?

  init(_ estimate: RunEstimate, in unit: ByteUnit?) {
    self.estimate = estimate
    self.unit = unit
  }

  func text(_ format: TableFormat) -> String { format == .json ? json : table }

  private var table: String {
    let plan = estimate.plan
    var table = TextTable(header: ["estimate", ""], names: 1)
    table.add(["texts", TextTable.count(plan.texts)])
    table.add(["tokens", TextTable.count(plan.tokens)])
    table.add(["waves", "\(TextTable.count(plan.waves)) of at most \(TextTable.count(plan.largestWave)) tokens"])
    table.add(["arithmetic", "\(decimals(plan.operations / 1e9, 0)) GFLOP"])
    table.add(["peak memory", unit?.text(plan.peakBytes) ?? size(plan.peakBytes)])
    table.add(["sums by position, on disk", size(estimate.positionBytes)])
    table.add(["read from disk", size(estimate.diskBytes)])
    table.add(["computing", duration(estimate.computeSeconds)])
    if estimate.diskBytes > 0 { table.add(["reading, beside it", duration(estimate.diskSeconds)]) }
    table.add(["time", duration(estimate.seconds)])
    table.add(["speed", speed(Double(plan.tokens), estimate.seconds)])
    return table.text
  }

  private var json: String {
    let plan = estimate.plan
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("texts", .integer(plan.texts))
    json.member("tokens", .integer(plan.tokens))
    json.member("waves", .integer(plan.waves))
    json.member("wave_tokens", .integer(plan.waveTokens))
    json.member("operations", .number(plan.operations))
    json.member("peak_bytes", .integer(plan.peakBytes))
    json.member("position_bytes", .integer(estimate.positionBytes))
    json.member("disk_bytes", .integer(estimate.diskBytes))
    json.member("compute_seconds", .number(estimate.computeSeconds))
    json.member("disk_seconds", .number(estimate.diskSeconds))
    json.member("seconds", .number(estimate.seconds))
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }
}
