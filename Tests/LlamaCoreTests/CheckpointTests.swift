import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct CheckpointTests {
  private let tiny = Repository.fixtures.appending(path: "tiny-llama")
  private let index = "model.safetensors.index.json"

  /// A copy of the tiny fixture that a test may break.
  private func copy() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: tiny.path) {
      try FileManager.default.copyItem(at: tiny.appending(path: file), to: folder.url.appending(path: file))
    }
    return folder
  }

  private func editIndex(_ folder: TemporaryFolder, _ old: String, _ new: String) throws {
    let file = folder.url.appending(path: index)
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains(old))
    try folder.write(text.replacingOccurrences(of: old, with: new), to: index)
  }

  @Test func `a snapshot of the Hugging Face cache works through its symbolic links`() throws {
    // models--x/blobs/<hash> holds the bytes, models--x/snapshots/<commit>/<name> links to them.
    let cache = try TemporaryFolder()
    let (blobs, snapshot) = (cache.url.appending(path: "blobs"), cache.url.appending(path: "snapshots/abc"))
    for folder in [blobs, snapshot] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    for (number, file) in try FileManager.default.contentsOfDirectory(atPath: tiny.path).enumerated() {
      try FileManager.default.copyItem(at: tiny.appending(path: file), to: blobs.appending(path: "hash\(number)"))
      try FileManager.default.createSymbolicLink(
        atPath: snapshot.appending(path: file).path, withDestinationPath: "../../blobs/hash\(number)")
    }
    let linked = try LlamaModel(directory: snapshot)
    let plain = try LlamaModel(directory: tiny)
    #expect(try linked.logits(of: [[1, 2, 3]])[0].values == plain.logits(of: [[1, 2, 3]])[0].values)
  }

  @Test(arguments: ["../evil.safetensors", "/etc/passwd", "a/b.safetensors", "..", "."])
  func `an index may name only plain files of its directory`(name: String) throws {
    let folder = try copy()
    try editIndex(folder, "model-00001-of-00002.safetensors", name)
    let error = #expect(throws: FileError.self) { try Checkpoint(directory: folder.url) }
    #expect(error?.description.contains("expected a plain file name, found \"\(name)\"") == true)
  }

  @Test func `a missing shard is named`() throws {
    let folder = try copy()
    try FileManager.default.removeItem(at: folder.url.appending(path: "model-00002-of-00002.safetensors"))
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder.url) }
    #expect(error?.reason == .missingShards(["model-00002-of-00002.safetensors"], total: 2))
  }

  @Test func `where nearly all shards are missing they are counted`() throws {
    let folder = try copy()
    let index = folder.url.appending(path: "model.safetensors.index.json")
    var members = try #require(JSONValue(contentsOf: index).object)
    var shards = try #require(members["weight_map"]?.object)
    #expect(shards.count == 38)
    // Each tensor in a file of its own, of which one is there.
    for name in shards.keys where name != "model.norm.weight" { shards[name] = .string("model-\(name).safetensors") }
    members["weight_map"] = .object(shards)
    try folder.write(JSONValue.object(members).text(indentation: 2), to: index.lastPathComponent)
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder.url) }
    #expect(error?.description.contains("37 of 38 shards are missing") == true, "\(String(describing: error))")
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `the shards that Llama 3_2 3B lacks are named`() throws {
    let folder = Repository.shared.appending(path: "conformance/models/llama-3.2-3b-config")
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder) }
    #expect(error?.description.contains("253 of 254 shards are missing") == true)
  }

  @Test func `a tensor that is not where the index places it is named`() throws {
    let folder = try copy()
    try editIndex(folder, "\"model.norm.weight\"", "\"model.other.weight\"")
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder.url) }
    #expect(error?.description.contains("tensor model.other.weight is not in") == true)
  }

  @Test func `a tensor in two shards is named`() throws {
    let folder = try copy()
    let first = folder.url.appending(path: "model-00001-of-00002.safetensors")
    try FileManager.default.copyItem(at: first, to: folder.url.appending(path: "copy.safetensors"))
    try editIndex(folder, "\"weight_map\": {", "\"weight_map\": {\"x\": \"copy.safetensors\", ")
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder.url) }
    #expect(error?.description.contains("is in two shards") == true)
  }

  @Test func `everything that does not fit the configuration is told at once`() throws {
    let folder = try copy()
    let config = try String(contentsOf: folder.url.appending(path: "config.json"), encoding: .utf8)
    let changed = config.replacingOccurrences(of: "\"intermediate_size\": 80", with: "\"intermediate_size\": 72")
      .replacingOccurrences(of: "\"num_hidden_layers\": 4", with: "\"num_hidden_layers\": 5")
    #expect(changed != config)
    try folder.write(changed, to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder.url) }
    let message = error?.description ?? ""
    #expect(message.contains("model.layers.0.mlp.gate_proj.weight: expected [72, 48], found [80, 48]"))
    #expect(message.contains("more"))
    #expect(!message.contains("\n"))
    guard case .mismatch(let faults) = error?.reason else { return }
    #expect(faults.contains("model.layers.4.input_layernorm.weight is missing, expected [48]"))
    #expect(faults.count == 3 * 4 + 9)
  }

  @Test func `more blocks than the configuration has are refused`() throws {
    let folder = try copy()
    let config = try String(contentsOf: folder.url.appending(path: "config.json"), encoding: .utf8)
    try folder.write(
      config.replacingOccurrences(of: "\"num_hidden_layers\": 4", with: "\"num_hidden_layers\": 3"), to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder.url) }
    #expect(error?.description.contains("num_hidden_layers is 3") == true)
  }

  @Test func `a bias the configuration does not mention is refused`() throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "variants/biases")
    for file in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(at: source.appending(path: file), to: folder.url.appending(path: file))
    }
    let config = try String(contentsOf: folder.url.appending(path: "config.json"), encoding: .utf8)
    try folder.write(
      config.replacingOccurrences(of: "\"attention_bias\": true", with: "\"attention_bias\": false"), to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try LlamaModel(directory: folder.url) }
    #expect(error?.description.contains("self_attn.q_proj.bias: expected no bias, found one") == true)
  }

  @Test func `an empty folder is refused`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: CheckpointError.self) { try Checkpoint(directory: folder.url) }
    #expect(error?.reason == .noWeights)
  }
}
