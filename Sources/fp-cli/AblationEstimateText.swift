import Foundations
import LlamaCore
import ProfileReport
import Profiler

/// Output of `ablate --dry-run`.
struct AblationEstimateText {
  private let estimate: AblationEstimate
  /// Unit of memory sizes; nil for a fitting one.
  private let unit: ByteUnit?

  init(_ estimate: AblationEstimate, in unit: ByteUnit?) {
    self.estimate = estimate
    self.unit = unit
  }

  func text(_ format: TableFormat) -> String { format == .json ? json : table }

  private var changes: String { estimate.isSwap ? "swaps" : "removals" }

  private var table: String {
    let plan = estimate.plan
    var table = TextTable(header: ["estimate", ""], names: 1)
    table.add(["texts", TextTable.count(estimate.texts)])
    table.add(["tokens", TextTable.count(estimate.tokens)])
    table.add([changes, TextTable.count(estimate.removals)])
    table.add(["blocks computed for a text", TextTable.count(plan.blockEvaluations)])
    table.add(["readings of the weights", "\(TextTable.count(estimate.readings)) of \(size(plan.weightBytes))"])
    table.add(["arithmetic", gigaflops(estimate.matmulOperations)])
    if estimate.stepOperations > 0 {
      table.add(["arithmetic of --remove", gigaflops(estimate.stepOperations)])
    }
    table.add(["peak memory", unit?.text(estimate.peakBytes) ?? size(estimate.peakBytes)])
    table.add(["time", duration(estimate.seconds)])
    return table.text
  }

  private func gigaflops(_ operations: Double) -> String { "\(decimals(operations / 1e9, 0)) GFLOP" }

  private var json: String {
    let plan = estimate.plan
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("texts", .integer(estimate.texts))
    json.member("tokens", .integer(estimate.tokens))
    json.member(changes, .integer(estimate.removals))
    json.member("block_evaluations", .integer(plan.blockEvaluations))
    json.member("readings", .integer(estimate.readings))
    json.member("weight_bytes", .integer(plan.weightBytes))
    json.member("operations", .number(estimate.matmulOperations))
    json.member("step_operations", .number(estimate.stepOperations))
    json.member("peak_bytes", .integer(estimate.peakBytes))
    json.member("seconds", .number(estimate.seconds))
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }
}
