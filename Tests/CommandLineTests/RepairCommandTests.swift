import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// `prune --write --repair`: a linear map in place of removed blocks.
@Suite struct RepairCommandTests {
  private static let corpus = Tool.tinyModel.appending(path: "corpus.json")

  private func prune(_ arguments: String...) throws -> Tool.Result {
    try Tool.run(["prune"] + arguments)
  }

  private func repair(_ folder: String, layers: String, _ more: String...) throws -> Tool.Result {
    try Tool.run(
      [
        "prune", "--model", Tool.tinyModel.path, "--layers", layers, "--write", folder, "--repair", "--corpus",
        Self.corpus.path,
      ] + more)
  }

  private func nll(_ model: LlamaModel, _ texts: [RepairTexts.Text]) throws -> Double {
    let likelihoods = try model.negativeLogLikelihood(of: texts.map(\.tokens))
    return likelihoods.reduce(0) { $0 + ($1.mean ?? .nan) } / Double(likelihoods.count)
  }

  @Test(arguments: ["0,2", "0-1"])
  func `what is printed is the likelihood of the written model on texts that were not fitted`(layers: String) throws {
    let folder = try TemporaryFolder()
    let result = try repair(folder.path("new"), layers: layers, "--format", "json", "--seed", "3", "--quiet")
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    let json = try object(result.output)
    #expect(json["folder"] as? String == folder.path("new"))
    let repair = try #require(json["repair"] as? [String: Any])
    let maps = try #require(repair["maps"] as? [[String: Any]])
    #expect(maps.map { $0["block"] as? Int } == (layers == "0,2" ? [0, 2] : [1]))
    #expect(maps.map { $0["removed"] as? [Int] } == (layers == "0,2" ? [[1], [3]] : [[2, 3]]))

    let original = try LlamaModel(directory: Tool.tinyModel)
    let texts = try RepairTexts(CorpusSelection().read(Self.corpus, for: original).tokenized, seed: 3)
    let written = try LlamaModel(directory: folder.url.appending(path: "new"))
    let pruned = try original.edited(by: ModelEdits(program: layers == "0,2" ? [0, 2] : [0, 1]))
    for (key, model) in [("original", original), ("pruned", pruned), ("repaired", written)] {
      let found = try #require((repair[key] as? [String: Any])?["nll"] as? Double)
      let expected = try nll(model, texts.measured)
      #expect((found - expected).magnitude < 1e-12 * expected, "\(key)")
    }
    #expect((repair["measured"] as? [String: Any])?["texts"] as? Int == texts.measured.count)
    #expect(
      (repair["fitted"] as? [String: Any])?["tokens"] as? Int == texts.fitted.reduce(0) { $0 + $1.tokens.count })
    #expect(try nll(written, texts.measured) != nll(pruned, texts.measured))
  }

  @Test func `bytes and numbers depend on neither threads nor memory`() throws {
    let folder = try TemporaryFolder()
    let one = try repair(folder.path("a"), layers: "0,2", "--threads", "1", "--quiet")
    let two = try repair(folder.path("b"), layers: "0,2", "--threads", "2", "--memory-limit", "200MB", "--quiet")
    #expect(one.status == 0 && two.status == 0, "\(one.messages)\(two.messages)")
    #expect(one.output == two.output && !one.output.isEmpty)
    #expect(try folder.names(in: "a") == folder.names(in: "b"))
    for name in try folder.names(in: "a") {
      let (a, b) = (folder.url.appending(path: "a/\(name)"), folder.url.appending(path: "b/\(name)"))
      #expect(try Data(contentsOf: a) == Data(contentsOf: b), "\(name)")
    }
  }

  @Test func `domain, limit and length choose the texts`() throws {
    let folder = try TemporaryFolder()
    let result = try repair(
      folder.path("new"), layers: "0,2-3", "--domain", "cpp,legal", "--limit", "2", "--max-tokens", "20", "--format",
      "json")
    #expect(result.status == 0, "\(result.messages)")
    let repair = try #require(object(result.output)["repair"] as? [String: Any])
    #expect(repair["fitted"] as? [String: Int] == ["texts": 2, "tokens": 40])
    #expect(repair["measured"] as? [String: Int] == ["texts": 2, "tokens": 38])
  }

  @Test func `the table follows what is printed of a run, and json is one object`() throws {
    let folder = try TemporaryFolder()
    let profile = try Tool.run([
      "profile", "--model", Tool.tinyModel.path, "--corpus", Self.corpus.path, "--output", folder.path("run"),
      "--no-report", "--quiet",
    ])
    try #require(profile.status == 0, "\(profile.messages)")
    // Block 0 changes most, so that a kept block stands before the removed one.
    let plain = try prune(folder.path("run"), "--blocks", "1", "--format", "json")
    try #require(try object(plain.output)["blocks"] as? [Int] != [0])
    let arguments = ["prune", folder.path("run"), "--blocks", "1", "--repair", "--corpus", Self.corpus.path]
    let table = try Tool.run(arguments + ["--write", folder.path("a")])
    #expect(table.status == 0, "\(table.messages)")
    #expect(table.output.contains("among the 1 least") && table.output.contains("\n\nremoved blocks  map in block\n"))
    #expect(table.output.contains(/\nwithout blocks +[0-9.]+ +[0-9.]+ +-?[0-9.e-]+ +-?[0-9.e-]+ … -?[0-9.e-]+\n/))
    let json = try object(Tool.run(arguments + ["--write", folder.path("b"), "--format", "json"]).output)
    #expect(json["ranking"] != nil && (json["repair"] as? [String: Any])?["verdict"] is String)
  }

  @Test(arguments: [
    ("1-3", "found block 0 removed at the start; keep block 0"), ("0-3", "found all 4 kept; leave out --repair"),
    ("0,2,1", "found 0,2,1; leave out --repair or keep the order"),
  ])
  func `what cannot be repaired is refused, and nothing is written`(layers: String, words: String) throws {
    let folder = try TemporaryFolder()
    let result = try repair(folder.path("new"), layers: layers)
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.lines.count == 1 && result.messages.hasPrefix("Error: --repair: "), "\(result.messages)")
    #expect(result.messages.contains(words), "\(result.messages)")
    #expect(try folder.names.isEmpty)
  }

  @Test func `a folder with something in it is refused before the texts are read`() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "notes")
    let result = try Tool.run([
      "prune", "--model", Tool.tinyModel.path, "--layers", "0,2", "--write", folder.path, "--repair", "--corpus",
      folder.path("missing.json"),
    ])
    #expect(result.status == 1)
    #expect(result.messages.contains("expected an empty or missing folder, found \"notes\""), "\(result.messages)")
    #expect(try folder.names == ["notes"])
  }

  @Test func `one text cannot be fitted and measured`() throws {
    let folder = try TemporaryFolder()
    let result = try repair(folder.path("new"), layers: "0,2", "--domain", "legal", "--limit", "1")
    #expect(result.status == 1)
    #expect(result.messages.contains("expected at least 2 different texts of 2 tokens or more"), "\(result.messages)")
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [
    (["--repair"], "--repair goes with --corpus"), (["--corpus", "c"], "--corpus goes with --repair"),
    (["--limit", "2"], "--limit goes with --repair"), (["--max-tokens", "9"], "--max-tokens goes with --repair"),
    (["--threads", "1"], "--threads goes with --repair"),
    (["--memory-limit", "1GB"], "--memory-limit goes with --repair"),
    (["--repair", "--corpus", "c", "--max-tokens", "1"], "--max-tokens: expected"),
  ])
  func `options that do not go together are a mistake in the arguments`(options: [String], message: String) throws {
    let result = try Tool.run(["prune", "--model", "m", "--layers", "0", "--write", "w"] + options)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test func `a repair without a checkpoint, or beside a mergekit configuration, is a mistake in the arguments`() throws
  {
    let run = ["prune", "run", "--blocks", "1", "--repair", "--corpus", "c"]
    let plain = try Tool.run(run)
    #expect(plain.status == 64 && plain.messages.contains("--repair goes with --write"), "\(plain.messages)")
    let mergekit = try Tool.run(run + ["--write", "w", "--format", "mergekit"])
    #expect(mergekit.status == 64)
    #expect(mergekit.messages.contains("--format mergekit and --repair exclude each other"), "\(mergekit.messages)")
  }
}
