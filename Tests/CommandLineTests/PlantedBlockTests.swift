import Foundation
import TestSupport
import Testing

/// A block that a metric of the stream calls idle and that the model cannot do without.
@Suite struct PlantedBlockTests {
  private static let block = String(PlantedModel.block)

  /// - Returns: the tables that are printed.
  @discardableResult
  private func ablation(_ folder: TemporaryFolder, _ more: String...) throws -> String {
    let words = [
      "ablate", "--model", PlantedModel.folder.path, "--corpus", PlantedModel.corpus.path, "--output",
      folder.path("run"), "--quiet",
    ]
    let result = try Tool.run(words + more)
    #expect(result.status == 0, "\(result.messages)")
    return result.output
  }

  @Test func `the table and the page say that the metric misjudges it`() throws {
    let folder = try TemporaryFolder()
    let table = try ablation(folder, "--parts", "block")
    let page = try folder.text("run/report.html").replacing(/<[^>]+>/, with: "")
    for domain in try PlantedModel.golden().keys.sorted() {
      #expect(
        table.contains("\(domain), misjudged by block_influence:\n  block:\(Self.block) changes the stream least of 8"))
    }
    #expect(page.contains("Block \(Self.block) changes the stream least of 8 blocks by block_influence"))
    #expect(page.contains("but its removal costs most"))
    // Without the planted block every other one costs about as much as it changes.
    let others = try ablation(
      try TemporaryFolder(), "--parts", "block", "--layers", "0-2,4-7", "--no-report")
    #expect(!others.contains("block:\(Self.block) changes the stream least"))
  }

  @Test func `block_influence names it first to go, and the truth last`() throws {
    let folder = try TemporaryFolder()
    try ablation(folder, "--no-report")
    let golden = try PlantedModel.golden()

    let profile = try Table(folder.text("run/summary.csv"))
    var influences: [String: [String: Double]] = [:]
    for index in profile.rows.indices {
      let row = profile[index]
      guard row["metric"] == "block_influence", let layer = row["layer"] else { continue }
      influences["\(row["domain"] ?? "") \(row["scope"] ?? "")", default: [:]][layer] = Double(row["mean"] ?? "")
    }
    #expect(influences.count == golden.count * 3)
    for (place, blocks) in influences {
      #expect(blocks.count == PlantedModel.blockCount)
      let least = blocks.min { $0.value < $1.value }
      #expect(least?.key == Self.block, "\(place): \(blocks)")
    }

    let summary = try Table(folder.text("run/ablation_summary.csv"))
    for domain in golden.keys {
      // Its attention does nothing; its MLP is what counts.
      for part in ["block", "mlp"] {
        let rows = summary.rows.indices.map { summary[$0] }.filter { $0["domain"] == domain && $0["part"] == part }
        #expect(rows.count == PlantedModel.blockCount)
        let planted = try #require(rows.first { $0["layer"] == Self.block })
        #expect(planted["rank"] == String(PlantedModel.blockCount))
        #expect(planted["verdict"] == "harmful")
        let others = rows.filter { $0["layer"] != Self.block }.compactMap { Double($0["delta_nll"] ?? "") }
        let cost = try #require(Double(planted["delta_nll"] ?? ""))
        #expect(others.count == PlantedModel.blockCount - 1)
        #expect(others.allSatisfy { cost > 3 * $0 }, "\(cost), others \(others)")
      }
    }
    let pruned = try Tool.run(
      "prune", folder.path("run"), "--blocks", "1", "--metric", "block_influence", "--format", "json", "--quiet")
    #expect(pruned.status == 0, "\(pruned.messages)")
    #expect(try object(pruned.output)["blocks"] as? [Int] == [PlantedModel.block])
  }

  @Test func `influence and cost of every block and text are Hugging Face's`() throws {
    let folder = try TemporaryFolder()
    try ablation(folder, "--no-report")
    let golden = try PlantedModel.golden()
    var compared = 0
    func text(_ row: [String: String]) throws -> PlantedModel.Text {
      let index = try #require(Int(row["text"] ?? ""))
      return try #require(golden[row["domain"] ?? ""])[index]
    }
    let costs = try Table(folder.text("run/ablation.csv"))
    for index in costs.rows.indices {
      let row = costs[index]
      let text = try text(row)
      guard row["part"] == "block" else {
        if row["part"] == "none" { #expect((Double(row["nll"] ?? "") == nil) == (text.nll == nil)) }
        continue
      }
      let wanted = try text.deltaNLL[#require(Int(row["layer"] ?? ""))]
      let found = Double(row["delta_nll"] ?? "")
      #expect((found == nil) == (wanted == nil))
      if let found, let wanted { #expect(abs(found - wanted) <= 1e-5 * (text.nll ?? 0), "\(row)") }
      compared += 1
    }
    let profile = try Table(folder.text("run/texts.csv"))
    for index in profile.rows.indices where profile[index]["scope"] == "all" {
      let row = profile[index]
      let wanted = try text(row).blockInfluence[#require(Int(row["layer"] ?? ""))]
      let found = try #require(Double(row["block_influence"] ?? ""))
      #expect(abs(found - wanted) <= 3e-6 * wanted, "\(row)")
      compared += 1
    }
    let texts = golden.values.reduce(0) { $0 + $1.count }
    #expect(compared == 2 * texts * PlantedModel.blockCount)
  }
}
