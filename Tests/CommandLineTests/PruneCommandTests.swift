import Foundation
import Profiler
import TestSupport
import Testing

@Suite struct PruneCommandTests {
  /// A run whose blocks have these influences, in both scopes; without the first token the order is another.
  private func folder(_ all: [Double], _ without: [Double]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let tokens = [9, 9, 9]
    var run = MadeUpRun(domains: [("a", tokens), ("b", tokens)]) { metric, domain, text, scope, layer in
      let value = scope == .all ? all[layer] : without[layer]
      let influence = value + 0.001 * Double(domain) + 0.0001 * Double(text)
      return switch metric {
      case .relativeNorm: 5 - value
      case .blockInfluence, .angularDistance: influence
      default: 1
      }
    }
    run.layers = 0..<all.count
    run.model = "models/my \"model\""
    try run.write(to: folder.url)
    return folder
  }

  private static let all = [0.5, 0.1, 0.2, 0.3, 0.4, 0.05]
  private static let without = [0.5, 0.4, 0.02, 0.3, 0.01, 0.6]

  @Test func `the table ranks all blocks, marks those to remove and says what it is worth`() throws {
    let folder = try folder(Self.all, Self.without)
    let result = try Tool.run("prune", folder.path, "--blocks", "2")
    #expect(result.status == 0)
    #expect(
      result.output.hasPrefix(
        "block_influence, all tokens: mean over 2 domains of their means over texts\n"))
    let rows = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let ranked = rows.filter { Int($0.first ?? "") != nil }
    #expect(ranked.map { $0[1] } == ["5", "1", "2", "3", "4", "0"])
    #expect(ranked.map { $0.last == "yes" } == [true, true, false, false, false, false])
    #expect(result.output.contains("the 2 least are the same in 100 % of 2,000 resamples"))
    #expect(result.messages.contains("similarity is a hint: only ablation"))
    #expect(
      result.messages.contains(
        #"the damage was not measured, this would: fp-cli ablate --model 'models/my "model"' --corpus corpus.json "#
          + "--domain a,b --max-tokens 512 --parts block --output DIR"))
    // Said only where tokens are left out.
    #expect(!result.messages.contains("sink"))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func `scope, metric and domain are chosen`() throws {
    let folder = try folder(Self.all, Self.without)
    func blocks(_ more: String...) throws -> [Int] {
      let result = try Tool.run(["prune", folder.path, "--blocks", "2", "--format", "json", "--quiet"] + more)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.isEmpty, "\(result.messages)")
      return try #require(object(result.output)["blocks"] as? [Int])
    }
    #expect(try blocks() == [1, 5])
    #expect(try blocks("--scope", "all") == [1, 5])
    #expect(try blocks("--scope", "without_first_token") == [2, 4])
    #expect(try blocks("--scope", "without_sinks") == [2, 4])
    #expect(try blocks("--metric", "relative_norm") == [0, 4])
    #expect(try blocks("--domain", "b", "--metric", "angular_distance") == [1, 5])
    for domains in [["--domain", "b", "--domain", "a"], ["--domain", "a,b"], ["--domains", "a", "b"]] {
      let result = try Tool.run(["prune", folder.path, "--blocks", "2", "--format", "json"] + domains)
      #expect(try object(result.output)["domains"] as? [String] == ["a", "b"], "\(domains)")
    }
  }

  @Test func `json holds the ranking with its stability`() throws {
    let folder = try folder(Self.all, Self.without)
    let json = try object(Tool.run("prune", folder.path, "--blocks", "1", "--format", "json", "--seed", "3").output)
    #expect(json["metric"] as? String == "block_influence")
    #expect(json["scope"] as? String == "all")
    #expect(json["domains"] as? [String] == ["a", "b"])
    #expect(json["seed"] as? String == "3")
    #expect(json["model_blocks"] as? Int == 6)
    #expect(json["same_blocks_share"] as? Double == 1)
    let ranking = try #require(json["ranking"] as? [[String: Any]])
    #expect(ranking.map { $0["block"] as? Int } == [5, 1, 2, 3, 4, 0])
    let value = try #require(ranking[0]["value"] as? Double)
    // Texts add 0, 0.0001 and 0.0002, the second domain 0.001.
    #expect(abs(value - (0.05 + 0.0001 + 0.0005)) < 1e-15)
    #expect((json["note"] as? String)?.contains("ablation") == true)
  }

  @Test func `where tokens are left out a sentence says what that hides`() throws {
    let folder = try folder(Self.all, Self.without)
    let sentence = "without the first token, a block that makes the attention sink looks idle"
    for format in ["table", "json", "mergekit"] {
      let result = try Tool.run(
        "prune", folder.path, "--blocks", "2", "--scope", "without_first_token", "--format", format)
      #expect(result.messages.contains(sentence))
      #expect((format == "table" || result.output.contains(sentence)))
    }
  }

  @Test func `domains that would choose other blocks are named, and what other domains like these would say`() throws {
    let folder = try TemporaryFolder()
    // Block 0 is the least in a, block 1 in b; each is sure by its texts.
    var run = MadeUpRun(domains: [("a", [9, 9, 9]), ("b", [9, 9, 9])]) { _, domain, text, _, layer in
      [[0.1, 0.9, 0.8], [0.9, 0.2, 0.8]][domain][layer] + 0.0001 * Double(text)
    }
    run.layers = 0..<3
    try run.write(to: folder.url)
    let result = try Tool.run("prune", folder.path, "--blocks", "1")
    #expect(result.output.contains("the 1 least are the same in 100 % of 2,000 resamples of texts, 7"))
    #expect(result.output.contains(" % with the domains resampled\nby b alone: block 1\n"))
    #expect(!result.output.contains("by a alone"))
    let json = try object(Tool.run("prune", folder.path, "--blocks", "1", "--format", "json").output)
    let share = try #require(json["same_blocks_share_over_domains"] as? Double)
    // Two draws of two domains: block 0 is the least unless both are b.
    #expect(abs(share - 0.75) < 0.04)
    let choices = try #require(json["blocks_by_domain"] as? [[String: Any]])
    #expect(choices.map { $0["blocks"] as? [Int] } == [[0], [1]])
    let one = try Tool.run("prune", folder.path, "--blocks", "1", "--domain", "a").output
    #expect(one.contains("resamples of texts like these, other domains aside"))
    #expect(!one.contains("alone"))
  }

  @Test(arguments: [(1, "it stays"), (2, "it is among these")])
  func `the block that makes the sink is named, and what becomes of it`(blocks: Int, words: String) throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", [9, 9, 9])]) { _, _, text, _, layer in
      [0.5, 0.1, 0.2][layer] + 0.0001 * Double(text)
    }
    run.layers = 0..<3
    try run.write(to: folder.url)
    #expect(try !Tool.run("prune", folder.path, "--blocks", "\(blocks)").messages.contains("attention sink"))
    run.sinks = { _, _ in
      [
        SinkToken(firstLayer: 2, largest: MassiveActivation(layer: 2, position: 0, dimension: 3, value: 900))
      ]
    }
    let sinks = try TemporaryFolder()
    try run.write(to: sinks.url)
    let said = try Tool.run("prune", sinks.path, "--blocks", "\(blocks)").messages
    #expect(said.contains("block 2 makes the attention sink, and models are known to break without one"), "\(said)")
    #expect(said.contains(words))
  }

  @Test func `the help names the metrics it takes and no other`() throws {
    let help = try Tool.run("prune", "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(help.contains("(values: relative_norm, block_influence, angular_distance)"))
    #expect(help.contains("By default the measured damage, in a run of fp-cli ablate; otherwise block_influence."))
    #expect(!help.contains("abs_mean"))
  }

  @Test func `mergekit gets the blocks that stay as half-open ranges`() throws {
    let folder = try folder(Self.all, Self.without)
    let result = try Tool.run("prune", folder.path, "--blocks", "2", "--format", "mergekit")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.filter { !$0.hasPrefix("#") }
        == [
          "merge_method: passthrough", "slices:",
          "  - sources:", #"      - model: "models/my \"model\"""#, "        layer_range: [0, 1]",
          "  - sources:", #"      - model: "models/my \"model\"""#, "        layer_range: [2, 5]",
        ])
    #expect(lines.contains { $0.hasPrefix("# Leaves out blocks 1, 5 of 6") })
    #expect(lines.contains { $0.hasPrefix("# Mind: similarity is a hint: only ablation") })
  }

  @Test(arguments: [
    (["--blocks", "6"], "Error: blocks: expected 1 to 5 of the 6 measured blocks, found 6"),
    (["--blocks", "1", "--domain", "x"], #"Error: run: no domain "x", its domains are "a", "b""#),
  ])
  func `what cannot be is refused in one line`(options: [String], message: String) throws {
    let folder = try folder(Self.all, Self.without)
    let result = try Tool.run(["prune", folder.path] + options)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.messages == message + "\n")
  }

  @Test func `a run of the version before sinks has no scope without them, which is said with what it has`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: Repository.fixtures.appending(path: "store/version-1/profile.sqlite"),
      to: folder.url.appending(path: "profile.sqlite"))
    let message =
      "Error: \(folder.path): expected texts in scope without_sinks, found none: the version of fp-cli that made the run "
      + "looked for no sinks; choose --scope all or without_first_token, or profile the texts again with another --output\n"
    for command in [["prune", folder.path, "--blocks", "1"], ["compare", folder.path]] {
      let result = try Tool.run(command + ["--scope", "without_sinks"])
      #expect(result.status == 1 && result.output.isEmpty && result.messages == message, "\(result.messages)")
    }
    for scope in ["all", "without_first_token"] {
      #expect(try Tool.run("prune", folder.path, "--blocks", "1", "--scope", scope).status == 0)
    }
  }

  @Test(arguments: [
    (3, "without_sinks", "every token of its texts is a sink; choose --scope all or without_first_token"),
    (1, "without_sinks", "every token of its texts is a sink; choose --scope all"),
    (1, "without_first_token", "its texts have one token each; choose --scope all"),
  ])
  func `a scope without texts is refused with the reason`(tokens: Int, scope: String, reason: String) throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", [tokens])]) { _, _, _, _, layer in Double(layer) }
    run.sinks = { _, _ in
      (0..<tokens).map { position in
        SinkToken(
          firstLayer: 0, largest: MassiveActivation(layer: 0, position: position, dimension: 1, value: 2000),
          token: nil, text: nil)
      }
    }
    try run.write(to: folder.url)
    let result = try Tool.run("prune", folder.path, "--blocks", "1", "--scope", scope)
    #expect(
      result.status == 1
        && result.messages == "Error: \(folder.path): expected texts in scope \(scope), found none: \(reason)\n")
  }

  @Test(arguments: ["residual_max_abs", "abs_mean"])
  func `a metric whose least is not the least change is a mistake in the arguments`(metric: String) throws {
    let folder = try folder(Self.all, Self.without)
    let result = try Tool.run("prune", folder.path, "--blocks", "1", "--metric", metric)
    #expect(result.status == 64)
    #expect(result.messages.contains("'relative_norm', 'block_influence'"))
  }
}
