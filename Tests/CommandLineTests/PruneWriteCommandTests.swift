import Foundation
import TestSupport
import Testing

/// `prune --write`: the checkpoint without blocks.
@Suite struct PruneWriteCommandTests {
  private static let corpus = Tool.tinyModel.appending(path: "corpus.json").path

  private func prune(_ arguments: String...) throws -> Tool.Result { try Tool.run(["prune"] + arguments) }

  /// A profile of the tiny model.
  private func profile(_ folder: TemporaryFolder, _ more: [String] = [], model: String = Tool.tinyModel.path) throws {
    let result = try Tool.run(
      ["profile", "--model", model, "--corpus", Self.corpus, "--output", folder.path("run"), "--no-report"] + more)
    try #require(result.status == 0, "\(result.messages)")
  }

  /// What perplexity and generate print about a model.
  private func numbers(_ model: String, _ more: String...) throws -> [String] {
    let perplexity = ["perplexity", "--model", model, "--corpus", Self.corpus, "--format", "json"]
    let text = ["generate", "--model", model, "if x", "--max-new-tokens", "12"]
    return try [perplexity, text].map { command in
      let result = try Tool.run(command + more + ["--quiet"])
      try #require(result.status == 0, "\(result.messages)")
      return result.output
    }
  }

  @Test(arguments: ["0,2-3", "3,1,1,0", "2"])
  func `a written model has the numbers and the text of --layers`(layers: String) throws {
    let folder = try TemporaryFolder()
    let pruned = folder.path("a/pruned")
    let result = try prune("--model", Tool.tinyModel.path, "--layers", layers, "--write", pruned)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(result.messages.contains(/^wrote [0-9.]+ kB, blocks [0-9,-]+ of 4, to .*\/a\/pruned\n$/))
    #expect(result.messages.contains("blocks \(layers) of 4"))
    #expect(try numbers(pruned) == numbers(Tool.tinyModel.path, "--layers", layers))
    #expect(try folder.names(in: "a") == ["pruned"])
    for name in ["tokenizer.json", "tokenizer_config.json", "generation_config.json"] {
      #expect(
        try folder.text("a/pruned/\(name)")
          == String(contentsOf: Tool.tinyModel.appending(path: name), encoding: .utf8))
    }
  }

  @Test func `json says what was written, and quiet says nothing else`() throws {
    let folder = try TemporaryFolder()
    let result = try prune(
      "--model", Tool.tinyModel.path, "--layers", "0,2,3", "--write", folder.path("new"), "--format", "json", "--quiet")
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    let json = try object(result.output)
    #expect(json["folder"] as? String == folder.path("new"))
    #expect(json["blocks"] as? [Int] == [0, 2, 3])
    #expect(json["model_blocks"] as? Int == 4)
    // bf16: an embedding of 512 × 48, three blocks and the last norm.
    #expect(json["bytes"] as? Int == 174_240)
    let names = try folder.names(in: "new").filter { $0.hasSuffix(".safetensors") }
    #expect(json["files"] as? [String] == names)
  }

  @Test(arguments: ["1", "2"])
  func `a run's least important blocks are left out of its model`(count: String) throws {
    let folder = try TemporaryFolder()
    try profile(folder)
    let pruned = folder.path("pruned")
    let plain = try prune(folder.path("run"), "--blocks", count, "--format", "json")
    let result = try prune(folder.path("run"), "--blocks", count, "--write", pruned, "--format", "json")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output == plain.output)
    #expect(result.lines.count == 2)
    #expect(result.lines.first?.hasPrefix("wrote ") == true, "\(result.messages)")
    #expect(plain.lines.last == result.lines.last)
    let removed = try #require(object(plain.output)["blocks"] as? [Int])
    #expect(removed.count == Int(count))
    let kept = (0..<4).filter { !removed.contains($0) }.map(String.init).joined(separator: ",")
    #expect(try numbers(pruned) == numbers(Tool.tinyModel.path, "--layers", kept))
  }

  @Test func `of a run with --layers the places of its program are left out`() throws {
    let folder = try TemporaryFolder()
    try profile(folder, ["--layers", "3,2,0,2,1"])
    let result = try prune(
      folder.path("run"), "--blocks", "2", "--write", folder.path("pruned"), "--format", "json")
    #expect(result.status == 0, "\(result.messages)")
    let removed = try #require(object(result.output)["blocks"] as? [Int])
    let kept = [3, 2, 0, 2, 1].enumerated().filter { !removed.contains($0.offset) }.map { String($0.element) }
    #expect(
      try numbers(folder.path("pruned")) == numbers(Tool.tinyModel.path, "--layers", kept.joined(separator: ",")))
  }

  @Test func `another model than that of the run is refused, a copy of it is taken`() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("model")
    try FileManager.default.copyItem(atPath: Tool.tinyModel.path, toPath: model)
    try profile(folder, model: model)
    let (run, pruned) = (folder.path("run"), folder.path("pruned"))
    let other = Repository.fixtures.appending(path: "variants/biases").path
    let refused = try prune(run, "--blocks", "1", "--model", other, "--write", pruned)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(
      refused.messages
        == "Error: \(other): expected the model that was profiled, found another configuration or other weights; "
        + "--model names the folder of a copy\n")
    try FileManager.default.removeItem(atPath: model)
    let missing = try prune(run, "--blocks", "1", "--write", pruned)
    #expect(missing.status == 1 && missing.output.isEmpty)
    #expect(
      missing.messages == "Error: \(model): expected the run's model, found no config.json; --model names its folder\n")
    #expect(try folder.names == ["run"])
    let copy = try prune(run, "--blocks", "1", "--model", Tool.tinyModel.path, "--write", pruned)
    #expect(copy.status == 0, "\(copy.messages)")
    #expect(try folder.json("pruned/config.json")["num_hidden_layers"] as? Int == 3)
  }

  @Test func `a run whose model no checkpoint holds is refused`() throws {
    let folder = try TemporaryFolder()
    try profile(folder, ["--skip", "mlp:1"])
    let result = try prune(folder.path("run"), "--blocks", "1", "--write", folder.path("pruned"))
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(
      result.messages.contains(
        #"found "--skip mlp:1", which no checkpoint holds; profile the model with --layers only"#))
    #expect(try folder.names == ["run"])
  }

  @Test(.enabled(if: !Sanitizer.isActive, "ThreadSanitizer's own files may not grow either"))
  func `a disk that is full leaves nothing`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["prune", "--model", Tool.tinyModel.path, "--layers", "0,2", "--write", folder.path("a/new")]
    let limited = try Tool.run(arguments, shell: #"ulimit -f 40; "$@""#)
    #expect(limited.status == 1 && limited.output.isEmpty)
    #expect(limited.messages.hasPrefix("Error: \(folder.path("a/new"))/"), "\(limited.messages)")
    #expect(limited.messages.hasSuffix("File too large\n"))
    #expect(try folder.names.isEmpty)
    #expect(try Tool.run(arguments).status == 0)
  }

  @Test func `a folder with something in it is refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "notes")
    let result = try prune("--model", Tool.tinyModel.path, "--layers", "0,2", "--write", folder.path)
    #expect(result.status == 1)
    #expect(
      result.messages
        == "Error: \(folder.path): expected an empty or missing folder, found \"notes\" in it; name another\n")
    #expect(try folder.names == ["notes"])
  }

  @Test(arguments: [
    ([], "Missing expected argument '<run>'"), (["run"], "Missing expected argument '--blocks <k>'"),
    (["run", "--blocks", "1", "--model", "m"], "--model goes with --write"),
    (["--layers", "0-2"], "--layers goes with --model and --write"),
    (["--layers", "0-2", "--model", "m"], "--layers goes with --model and --write"),
    (["run", "--layers", "0-2", "--model", "m", "--write", "w"], "--layers and a run's --blocks exclude each other"),
    (
      ["--blocks", "1", "--layers", "0-2", "--model", "m", "--write", "w"],
      "--layers and a run's --blocks exclude each other"
    ),
    (["--layers", "", "--model", "m", "--write", "w"], "--layers: expected numbers of blocks"),
    (["--layers", "2-1", "--model", "m", "--write", "w"], "--layers: expected numbers of blocks"),
    (["--layers", "1", "--model", "m", "--write", ""], "--write: expected a path, found an empty one"),
    (
      ["--layers", "1", "--model", "m", "--write", "w", "--format", "mergekit"],
      "--format mergekit goes with a run"
    ),
  ])
  func `options that do not go together are a mistake in the arguments`(options: [String], message: String) throws {
    let result = try Tool.run(["prune"] + options)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test func `a block that the model does not have is refused`() throws {
    let folder = try TemporaryFolder()
    let result = try prune("--model", Tool.tinyModel.path, "--layers", "0-4", "--write", folder.path("new"))
    #expect(result.status == 1)
    #expect(result.messages == "Error: --layers: expected a block from 0 to 3, found 4\n")
    #expect(try folder.names.isEmpty)
  }
}
