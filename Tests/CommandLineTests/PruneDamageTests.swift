import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// `prune` of a run that measured what removing each block costs.
@Suite struct PruneDamageTests {
  /// Costs of six blocks in two domains; influence grows with the block.
  private static let costs = [[5, 0.5, 0.1, 0.2, 0.3, 0.4], [5, 0.01, 0.9, 0.2, 0.3, 0.4]]

  private func folder(
    parts: [BlockUnit.Part] = [.block], keepsFirst: Bool = false, means: Ablation.Means? = nil,
    costs: [[Double]] = Self.costs
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", [9, 9, 9]), ("b", [9, 9, 9])]) { _, _, text, _, layer in
      1 + Double(layer) + 0.0625 * Double(text)
    }
    run.layers = 0..<6
    run.metrics = Metric.standard + Metric.Group.likelihood.metrics
    run.ablation = Ablation(
      parts.flatMap { part in (0..<6).map { BlockUnit(part, $0) } }, keepsFirst: keepsFirst, means: means)
    run.cost = { domain, text, unit in costs[domain][unit.layer] + 0.001 * Double(text) }
    try run.write(to: folder.url)
    return folder
  }

  private func json(_ folder: TemporaryFolder, _ more: String...) throws -> [String: Any] {
    let result = try Tool.run(["prune", folder.path, "--blocks", "2", "--format", "json", "--quiet"] + more)
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    return try object(result.output)
  }

  @Test func `blocks are ranked by the damage, over all domains or one, and it is said`() throws {
    let folder = try folder()
    let result = try Tool.run("prune", folder.path, "--blocks", "2")
    #expect(result.status == 0, "\(result.messages)")
    #expect(
      result.output.hasPrefix(
        "delta_nll of each block's removal in nats a token: mean over 2 domains of their means over texts\n"))
    #expect(result.output.contains(/rank +block +delta_nll/))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("each block was removed by itself, and several together need not cost the sum"))
    #expect(
      result.messages.contains(
        "fp-cli perplexity --model models/m --corpus corpus.json --domain a,b --max-tokens 512 --layers 0,2,4-5"))
    #expect(!result.messages.contains("similarity") && !result.messages.contains("first token"))

    // Means of 0.255, 0.5, 0.2, 0.3, 0.4 and 5.
    let all = try json(folder)
    #expect(all["metric"] as? String == "delta_nll" && all["scope"] as? String == "all")
    #expect(all["blocks"] as? [Int] == [1, 3])
    let ranking = try #require(all["ranking"] as? [[String: Any]])
    #expect(ranking.compactMap { $0["block"] as? Int } == [3, 1, 4, 5, 2, 0])
    let least = try #require(ranking[0]["value"] as? Double)
    #expect(abs(least - 0.201) < 1e-9)
    #expect(try json(folder, "--domain", "a")["blocks"] as? [Int] == [2, 3])
    #expect(try json(folder, "--domain", "b")["blocks"] as? [Int] == [1, 3])
  }

  @Test func `a metric ranks if it is asked for, and how its choice fares is said`() throws {
    let folder = try folder()
    for choice in [["--metric", "block_influence"], ["--scope", "all"], ["--scope", "without_first_token"]] {
      let result = try Tool.run(["prune", folder.path, "--blocks", "2", "--format", "json"] + choice)
      #expect(result.status == 0, "\(result.messages)")
      let json = try object(result.output)
      #expect(json["metric"] as? String == "block_influence")
      #expect(json["blocks"] as? [Int] == [0, 1])
      let note = try #require(json["note"] as? String)
      // 5.001 and 0.256 against 0.201 and 0.256.
      #expect(
        note.contains(
          "measured, the delta_nll of removing blocks 0–1 one by one sums to 5.257 nats a token, that of the least harmful, "
            + "blocks 1 and 3, to 0.4570"), "\(note)")
      #expect(note.contains("sink") == choice.contains("without_first_token"))
      #expect(!note.contains("fp-cli ablate") && !note.contains("only ablation"))
    }
  }

  @Test(arguments: [
    (
      "2", "the delta_nll of removing blocks 0–1 one by one sums to 0.2120 nats a token, the least that 2 blocks can",
      true
    ),
    ("1", "the delta_nll of removing block 0 is 0.01100 nats a token, the least of all", true),
    ("1", "the delta_nll of removing block 0 is 5.001 nats a token, that of block 3, the least, 0.2010", false),
  ])
  func `a choice that is the least harmful is told from another one`(blocks: String, words: String, isLeast: Bool)
    throws
  {
    let ascending = Array(repeating: [0.01, 0.2, 0.3, 0.4, 0.5, 0.6], count: 2)
    let folder = try isLeast ? folder(costs: ascending) : folder()
    let result = try Tool.run("prune", folder.path, "--blocks", blocks, "--metric", "relative_norm")
    #expect(result.messages.contains(words), "\(result.messages)")
  }

  @Test func `without the removal of every block the metric ranks, and what would measure the damage is said`() throws {
    let folder = try folder(parts: [.attention])
    let result = try Tool.run("prune", folder.path, "--blocks", "2")
    #expect(result.output.hasPrefix("block_influence, all tokens: "))
    #expect(
      result.messages.contains(
        "the damage was not measured, this would: fp-cli ablate --model models/m --corpus corpus.json --domain a,b "
          + "--max-tokens 512 --parts block --output DIR"))
  }

  @Test func `removals that leave a mean are not those of a checkpoint, which is said`() throws {
    let folder = try folder(means: Ablation.Means(count: 2))
    let result = try Tool.run("prune", folder.path, "--blocks", "2")
    #expect(result.output.hasPrefix("block_influence, all tokens: "))
    #expect(
      result.messages.contains("the run's removals leave a mean, which a checkpoint without a block does not, this"))
    #expect(!result.messages.contains("the damage was not measured"))
  }

  @Test func `a damage that leaves the first token alone is not that of a checkpoint, which is said`() throws {
    let folder = try folder(keepsFirst: true)
    let result = try Tool.run("prune", folder.path, "--blocks", "2")
    #expect(result.messages.contains("measured with the first token kept, which a checkpoint without blocks does not"))
  }

  @Test func `mergekit gets the blocks that cost least out of the way, with the reason`() throws {
    let folder = try folder()
    let result = try Tool.run("prune", folder.path, "--blocks", "2", "--format", "mergekit")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.first == "# Leaves out blocks 1, 3 of 6, by delta_nll of each block's removal in nats a token: "
        + "mean over 2 domains of their means over texts.")
    #expect(
      lines.filter { $0.contains("layer_range") }.map { $0.trimmingCharacters(in: .whitespaces) }
        == ["layer_range: [0, 1]", "layer_range: [2, 3]", "layer_range: [4, 6]"])
  }

  @Test func `of a list of blocks mergekit gets the numbers of the checkpoint, and of another change nothing`() throws {
    let folder = try TemporaryFolder()
    let model = Repository.fixtures.appending(path: "tiny-llama").path
    func prune(_ name: String, _ edits: [String]) throws -> Tool.Result {
      let run = try Tool.run(
        ["profile", "--model", model, "--corpus", model + "/corpus.json", "--output", folder.path(name), "--no-report"]
          + edits)
      #expect(run.status == 0, "\(run.messages)")
      return try Tool.run("prune", folder.path(name), "--blocks", "1", "--format", "mergekit")
    }
    let listed = try prune("listed", ["--layers", "0,2-3"])
    #expect(listed.status == 0, "\(listed.messages)")
    #expect(listed.messages.contains("blocks are places in --layers 0,2-3, from 0"))
    let places = listed.output.matches(of: /layer_range: \[(\d+), (\d+)\]/).compactMap { match in
      Int(match.1).flatMap { low in Int(match.2).map { low..<$0 } }
    }
    // Two of the blocks 0, 2 and 3 stay.
    let blocks = places.flatMap(Array.init)
    #expect(blocks.count == 2 && Set(blocks).isSubset(of: [0, 2, 3]))
    let scaled = try prune("scaled", ["--scale", "attention:0=0.5"])
    #expect(scaled.status == 1 && scaled.output.isEmpty, "\(scaled.output)")
  }
}
