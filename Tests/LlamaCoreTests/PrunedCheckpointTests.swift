import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Checkpoints with other blocks: what they hold and compute.
@Suite struct PrunedCheckpointTests {
  private static let tokens: [TokenID] = [3, 17, 5, 40, 3, 41, 8, 8, 1, 25, 7]

  /// Writes a checkpoint and returns its folder, which is `pruned` in the folder returned.
  private func write(_ directory: URL, _ program: [Int]) throws -> (folder: TemporaryFolder, directory: URL) {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "pruned")
    let pruned = try PrunedCheckpoint(of: LlamaModel(directory: directory), program: program)
    var progress: [Int] = []
    try pruned.write(to: url) { progress.append($0) }
    #expect(progress.last == pruned.byteCount)
    #expect(zip(progress, progress.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(try folder.names == ["pruned"])
    return (folder, url)
  }

  @Test(arguments: PrunedModels.cases)
  func `a written model has the bits of the changed model, in likelihoods, logits and text`(wanted: PrunedModels.Case)
    throws
  {
    let source = PrunedModels.directory(wanted.model)
    let (folder, directory) = try write(source, wanted.program)
    defer { withExtendedLifetime(folder) {} }
    let model = try LlamaModel(directory: directory)
    let changed = try LlamaModel(directory: source).edited(by: ModelEdits(program: wanted.program))
    #expect(model.edits.isEmpty)
    #expect(model.spec == changed.spec)
    #expect(
      try model.negativeLogLikelihood(of: [Self.tokens]) == changed.negativeLogLikelihood(of: [Self.tokens]))
    #expect(
      try model.logits(of: [Self.tokens], at: .all)[0].values.map(\.bitPattern)
        == changed.logits(of: [Self.tokens], at: .all)[0].values.map(\.bitPattern))
    let prompt = Array(Self.tokens.prefix(4))
    #expect(
      try PrunedModels.greedy(model, prompt, count: 12) == PrunedModels.greedy(changed, prompt, count: 12))
  }

  @Test(arguments: PrunedModels.cases)
  func `tensors keep type, shape and bytes under their block's new number, and there are no others`(
    wanted: PrunedModels.Case
  ) throws {
    let before = try Checkpoint(directory: PrunedModels.directory(wanted.model))
    let (folder, directory) = try write(before.directory, wanted.program)
    defer { withExtendedLifetime(folder) {} }
    let after = try Checkpoint(directory: directory)
    var count = 0
    func expectSame(_ old: TensorInfo, _ name: String) throws {
      count += 1
      let new = try #require(after.tensor(name), "\(name)")
      #expect(new.type == old.type && new.shape == old.shape, "\(name)")
      #expect(
        try PrunedModels.bytes(of: name, in: after) == PrunedModels.bytes(of: old.name, in: before), "\(name)")
    }
    for tensor in before.tensors {
      guard let match = tensor.name.wholeMatch(of: /model\.layers\.(\d+)\.(.*)/) else {
        try expectSame(tensor, tensor.name)
        continue
      }
      for (place, layer) in wanted.program.enumerated() where String(layer) == match.1 {
        try expectSame(tensor, "model.layers.\(place).\(match.2)")
      }
    }
    #expect(after.tensors.count == count)
    for file in after.files { #expect(file.metadata.map { "\($0.key)=\($0.value)" } == ["format=pt"]) }
  }

  @Test func `of a configuration only the number of blocks changes`() throws {
    let (folder, directory) = try write(PrunedModels.directory("tiny-llama"), [0, 2, 3])
    defer { withExtendedLifetime(folder) {} }
    func lines(_ folder: URL) throws -> [String] {
      try String(contentsOf: folder.appending(path: "config.json"), encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }
    let (before, after) = (try lines(PrunedModels.directory("tiny-llama")), try lines(directory))
    #expect(before.count == after.count)
    #expect(
      zip(before, after).filter { $0 != $1 }.map { [$0, $1] }
        == [["  \"num_hidden_layers\": 4,", "  \"num_hidden_layers\": 3,"]])
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 1, 1, 0, 2, 2], [0, 2, 3]])
  func `shards are no larger than before, and the index lists every tensor and the bytes`(program: [Int]) throws {
    let source = PrunedModels.directory("tiny-llama")
    let (folder, directory) = try write(source, program)
    defer { withExtendedLifetime(folder) {} }
    let index = try JSONValue(contentsOf: directory.appending(path: "model.safetensors.index.json"))
    let map = try #require(index["weight_map"]?.object)
    let names = Set(map.compactMap(\.value.string)).sorted()
    let bytes = { (file: SafetensorsFile) in file.tensors.reduce(0) { $0 + $1.byteRange.count } }
    let limit = try #require(try Checkpoint(directory: source).files.map(bytes).max())
    let count = names.count
    #expect(count > 1)
    #expect(
      names
        == (1...count).map {
          "model-\(String(100_000 + $0).dropFirst())-of-\(String(100_000 + count).dropFirst()).safetensors"
        })
    var total = 0
    var tensors = 0
    for name in names {
      let file = try SafetensorsFile(contentsOf: directory.appending(path: name))
      #expect(bytes(file) <= limit)
      for tensor in file.tensors { #expect(map[tensor.name]?.string == name, "\(tensor.name)") }
      tensors += file.tensors.count
      total += bytes(file)
    }
    #expect(map.count == tensors)
    #expect(index["metadata"]?["total_size"]?.integer == total)
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(Set(files.filter { $0.hasSuffix(".safetensors") }) == Set(names))
  }

  @Test func `what fits one file is one file without an index`() throws {
    let (folder, directory) = try write(PrunedModels.directory("tiny-llama"), [2])
    #expect(try folder.names(in: "pruned").filter { $0.contains("safetensors") } == ["model.safetensors"])
    let (other, single) = try write(PrunedModels.directory("demo-model"), [0, 0, 1, 2, 3, 4, 5, 6, 7, 7])
    #expect(try other.names(in: "pruned").filter { $0.contains("safetensors") } == ["model.safetensors"])
    #expect(try Checkpoint(directory: directory).tensors.count < Checkpoint(directory: single).tensors.count)
  }

  @Test func `a block's other tensors get its new number, those beyond the blocks go, and all are aligned`() throws {
    let extra: [(name: String, type: TensorType, shape: [Int])] = [
      ("model.layers.1.self_attn.rotary_emb.inv_freq", .f32, [8]), ("model.layers.0.\"flag\"\n", .bool, [3]),
      ("model.layers.9.self_attn.q_proj.weight", .f32, [1]), ("model.layers.01.x", .u8, [1]), ("other", .u8, [1]),
    ]
    let source = try PrunedModels.copy("variants/biases", with: extra, metadata: [("format", "pt"), ("a", "\"b\"\n")])
    let (folder, directory) = try write(source.url, [1, 0, 1])
    defer { withExtendedLifetime(folder) {} }
    let file = try SafetensorsFile(contentsOf: directory.appending(path: "model.safetensors"))
    let names = Set(file.tensors.map(\.name))
    for name in [
      "model.layers.0.self_attn.rotary_emb.inv_freq", "model.layers.2.self_attn.rotary_emb.inv_freq",
      "model.layers.1.\"flag\"\n", "model.layers.01.x", "other",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(names.count { $0.contains("inv_freq") } == 2)
    #expect(!names.contains { $0.hasPrefix("model.layers.9.") })
    #expect(file.metadata.map(\.key) == ["format", "a"])
    #expect(file.metadata.map(\.value) == ["pt", "\"b\"\n"])
    for tensor in file.tensors { #expect(tensor.byteRange.lowerBound % (tensor.type.bits / 8) == 0, "\(tensor)") }
  }

  @Test func `a bare decoder's tensors keep their kind of names`() throws {
    let (folder, source) = (try TemporaryFolder(), try Checkpoint(directory: PrunedModels.directory("variants/biases")))
    let names = source.tensors.map { $0.name.replacing(/^model\./, with: "") }
    var writer = try SafetensorsWriter(
      at: folder.url.appending(path: "model.safetensors"),
      zip(names, source.tensors).map { ($0, $1.type, $1.shape) })
    for tensor in source.tensors { try writer.write(PrunedModels.bytes(of: tensor.name, in: source)) }
    try writer.commit()
    try FileManager.default.copyItem(
      at: source.directory.appending(path: "config.json"), to: folder.url.appending(path: "config.json"))
    let (pruned, directory) = try write(folder.url, [1])
    defer { withExtendedLifetime(pruned) {} }
    let after = try Checkpoint(directory: directory)
    #expect(after.tensor("layers.0.mlp.up_proj.weight") != nil)
    #expect(after.tensors.allSatisfy { !$0.name.hasPrefix("model.") && !$0.name.hasPrefix("layers.1.") })
  }
}
