import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// The same texts in two precisions, and in a model of which one block was changed.
@Suite struct ChangedRunsTests {
  /// Two domains of 30 texts of token ids.
  private static func corpus(_ folder: TemporaryFolder) throws -> String {
    let domains = ["a", "b"].enumerated().map { place, name in
      let texts = (0..<30).map { text in
        let ids = (0..<24 + text % 5).map { String(3 + ($0 * (7 + text) + text * text * 3 + 101 * place) % 480) }
        return "[\(ids.joined(separator: ","))]"
      }
      return "\"\(name)\": [\(texts.joined(separator: ","))]"
    }
    return try folder.write("{\(domains.joined(separator: ","))}", to: "corpus.json")
  }

  private static func profile(_ folder: TemporaryFolder, _ name: String, model: String, _ more: String...) throws {
    let result = try Tool.run(
      [
        "profile", "--model", model, "--corpus", corpus(folder), "--output", folder.path(name), "--quiet",
        "--no-report",
      ]
        + more)
    #expect(result.status == 0, "\(result.messages)")
  }

  private func rows(_ folder: TemporaryFolder, _ other: String, _ more: String...) throws -> [[String: String]] {
    let result = try Tool.run(
      ["compare", folder.path("base"), folder.path(other), "--permutations", "199", "--format", "csv"] + more)
    #expect(result.status == 0, "\(result.messages)")
    let table = try Table(result.output)
    return table.rows.indices.map { table[$0] }
  }

  @Test(.enabled(if: Precision.bfloat16.unavailableReason == nil, "no bfloat16 on this processor or in this build"))
  func `float32 and bfloat16 differ in no metric by five percent`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder, "base", model: Tool.tinyModel.path)
    try Self.profile(folder, "rounded", model: Tool.tinyModel.path, "--precision", "bfloat16")
    let rows = try rows(folder, "rounded", "--equivalence-bound", "5%")
    // Every metric that is never negative, of four blocks in two domains.
    #expect(rows.count == Metric.standard.count { !$0.isSigned } * 4 * 2)
    for row in rows {
      #expect(row["bound"] == "5%")
      #expect(row["paired"] == "true")
      let place = "\(row["metric"] ?? "") block \(row["layer"] ?? ""), ratio \(row["ratio"] ?? "")"
      #expect(["equivalent", "negligible", "identical"].contains(row["verdict"]), "\(place): \(row["verdict"] ?? "")")
    }
    let refused = try Tool.run("compare", folder.path("base"), "--equivalence-bound", "5%", "--metric", "mean")
    #expect(refused.status == 64)
    #expect(refused.messages.contains("--equivalence-bound: mean may be negative and has no percentages"))
  }

  @Test(arguments: [1, 2])
  func `of a model with one block scaled, the first different block is that one`(block: Int) throws {
    let folder = try TemporaryFolder()
    let scaled = try ScaledBlock.copy(
      Tool.tinyModel, to: folder.url.appending(path: "model"), prefix: "model.layers.\(block).", factor: 1.05)
    #expect(scaled == 9)
    try Self.profile(folder, "base", model: Tool.tinyModel.path)
    try Self.profile(folder, "scaled", model: folder.path("model"))
    let rows = try rows(folder, "scaled")
    let metrics = Set(rows.compactMap { $0["metric"] })
    #expect(metrics.count == Metric.standard.count)
    for row in rows where (row["layer"].flatMap(Int.init) ?? 0) < block {
      #expect(row["verdict"] == "identical", "\(row)")
      #expect(row["p"] == "nan")
    }
    let first = rows.filter { $0["verdict"] == "different" }.compactMap { $0["layer"].flatMap(Int.init) }.min()
    #expect(first == block)
    for row in rows where row["layer"] == "\(block)" && row["metric"] == "abs_mean" {
      #expect(row["verdict"] == "different")
      #expect(row["ratio"].flatMap(Double.init).map { $0 < 0.97 } == true, "\(row["ratio"] ?? "")")
    }
  }
}
