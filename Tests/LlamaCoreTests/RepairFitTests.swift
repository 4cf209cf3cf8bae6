import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport
import Testing

/// Maps in place of removed blocks against numpy's least squares on transformers in float64 (Fixtures/make_repair.py).
@Suite struct RepairFitTests {
  struct Golden: Decodable {
    struct Map: Decodable {
      let layer: Int
      let change: [Double]
    }
    let program: [Int]
    let ridge: Double
    let fitted, measured: [[TokenID]]
    let maps: [Map]
    let nll: [String: Double]
  }

  private static let models = ["tiny-llama", "biases"]

  private static func directory(_ name: String) -> URL {
    PrunedModels.directory(name == "biases" ? "variants/biases" : name)
  }

  private func golden(_ name: String) throws -> Golden {
    let file = Repository.fixtures.appending(path: "repair/\(name).json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  private func texts(_ tokens: [[TokenID]]) -> [RepairTexts.Text] {
    tokens.enumerated().map {
      RepairTexts.Text(identity: TextIdentity(domain: "a", index: $0.offset), tokens: $0.element)
    }
  }

  /// `C · W`, `W` being `[width, columns]`.
  private func product(_ change: [Double], _ weight: [Double], width: Int) -> [Double] {
    let columns = weight.count / width
    var product = [Double](repeating: 0, count: weight.count)
    for row in 0..<width {
      for inner in 0..<width {
        for column in 0..<columns {
          product[row * columns + column] += change[row * width + inner] * weight[inner * columns + column]
        }
      }
    }
    return product
  }

  private func worst(_ found: [Double], _ expected: [Double]) -> Double {
    found.count == expected.count ? zip(found, expected).map { ($0 - $1).magnitude }.max() ?? .nan : .nan
  }

  @Test(arguments: models)
  func `maps and what they add to the weights are numpy's`(name: String) throws {
    let golden = try golden(name)
    #expect(golden.ridge == RepairFit.ridge)
    let model = try LlamaModel(directory: Self.directory(name))
    let checkpoint = try PrunedCheckpoint(of: model, program: golden.program)
    let fit = try RepairFit(checkpoint, on: texts(golden.fitted), options: RunOptions())
    #expect(fit.texts == golden.fitted.count && fit.tokens == golden.fitted.reduce(0) { $0 + $1.count })
    #expect(fit.maps.map(\.layer) == golden.maps.map(\.layer))
    #expect(fit.spans.map(\.keptLayer) == golden.maps.map(\.layer))
    for (found, expected) in zip(fit.maps, golden.maps) {
      let width = model.spec.hiddenSize
      #expect(found.change.count == width * width)
      // In `biases` the MLP has fewer inner numbers than outputs: a map is not determined where nothing is added, and its
      // effect alone is compared.
      if name == "tiny-llama" { #expect(worst(found.change, expected.change) < 1e-5) }
      let weight = try PrunedModels.numbers(
        of: "model.layers.\(found.layer).mlp.down_proj.weight", in: model.checkpoint)
      let added = product(expected.change, weight, width: width)
      let bound = 1e-5 * (added.map(\.magnitude).max() ?? 0)
      #expect(bound > 0)
      #expect(worst(product(found.change, weight, width: width), added) < bound)
    }
  }

  @Test(arguments: models)
  func `the written model has the likelihood of the repaired one in transformers`(name: String) throws {
    let golden = try golden(name)
    let checkpoint = try PrunedCheckpoint(
      of: LlamaModel(directory: Self.directory(name)), program: golden.program)
    let options = RunOptions()
    let fit = try RepairFit(checkpoint, on: texts(golden.fitted), options: options)
    let folder = try TemporaryFolder()
    try checkpoint.merging(fit.maps, threads: 2).write(to: folder.url)
    let effect = try RepairEffect(
      on: texts(golden.measured), checkpoint, written: LlamaModel(directory: folder.url), options: options, seed: 0)
    #expect(effect.texts == golden.measured.count)
    for (found, key, bound) in [
      (effect.original, "original", 1e-5), (effect.pruned, "pruned", 1e-5),
      // Numbers near the middle of two of the format may be rounded to either.
      (effect.repaired, "repaired", 1e-4),
    ] {
      let expected = try #require(golden.nll[key])
      #expect((found.nll - expected).magnitude < bound * expected, "\(key)")
    }
    #expect(effect.repair.mean < 0)
  }

  @Test func `bits depend on neither threads nor waves`() throws {
    let golden = try golden("tiny-llama")
    let model = try LlamaModel(directory: Self.directory("tiny-llama"))
    let checkpoint = try PrunedCheckpoint(of: model, program: golden.program)
    func maps(threads: Int, waveTokens: Int) throws -> [RepairMap] {
      var options = RunOptions(threads: threads)
      options.waveTokens = waveTokens
      return try RepairFit(checkpoint, on: texts(golden.fitted), options: options).maps
    }
    let expected = try maps(threads: 1, waveTokens: 3072)
    #expect(expected.count == 2)
    #expect(try maps(threads: 3, waveTokens: 3072) == expected)
    #expect(try maps(threads: 2, waveTokens: 40) == expected)
  }

  @Test func `blocks that add nothing have a map of zeros, and no byte and no likelihood changes`() throws {
    let zeroed = ["self_attn.o_proj", "mlp.down_proj"].flatMap { part in
      [1, 2].map { "model.layers.\($0).\(part).weight" }
    }
    let source = try PrunedModels.copy("tiny-llama", zeroed: Set(zeroed))
    let checkpoint = try PrunedCheckpoint(of: LlamaModel(directory: source.url), program: [0, 3])
    let golden = try golden("tiny-llama")
    let fit = try RepairFit(checkpoint, on: texts(golden.fitted), options: RunOptions())
    #expect(fit.maps.count == 1)
    #expect(fit.maps.allSatisfy { $0.change.allSatisfy { $0 == 0 } })
    let (plain, repaired) = (try TemporaryFolder(), try TemporaryFolder())
    try checkpoint.write(to: plain.url)
    try checkpoint.merging(fit.maps, threads: 2).write(to: repaired.url)
    #expect(
      try Data(contentsOf: plain.url.appending(path: "model.safetensors"))
        == Data(contentsOf: repaired.url.appending(path: "model.safetensors")))
    let effect = try RepairEffect(
      on: texts(golden.measured), checkpoint, written: LlamaModel(directory: repaired.url), options: RunOptions(),
      seed: 0)
    #expect(effect.original == effect.repaired && effect.pruned == effect.repaired)
    #expect(effect.repair.mean == 0 && effect.repair.interval == 0...0)
    #expect(effect.verdict == .open)
  }

  @Test func `values that are not finite are an error that names text and blocks`() throws {
    let source = try PrunedModels.copy("variants/biases")
    let name = "model.layers.1.mlp.down_proj.bias"
    let checkpoint = try Checkpoint(directory: source.url)
    var writer = try SafetensorsWriter(
      at: source.url.appending(path: "changed"), checkpoint.tensors.map { ($0.name, $0.type, $0.shape) })
    for tensor in checkpoint.tensors {
      var bytes = try PrunedModels.bytes(of: tensor.name, in: checkpoint)
      // A NaN of float32.
      if tensor.name == name { bytes.replaceSubrange(0..<4, with: [0, 0, 0xC0, 0x7F]) }
      try writer.write(bytes)
    }
    try writer.commit()
    let file = source.url.appending(path: "model.safetensors")
    try FileManager.default.removeItem(at: file)
    try FileManager.default.moveItem(at: source.url.appending(path: "changed"), to: file)
    let pruned = try PrunedCheckpoint(of: LlamaModel(directory: source.url), program: [0])
    let error = #expect(throws: RepairError.self) {
      try RepairFit(pruned, on: texts([[3, 4, 5]]), options: RunOptions())
    }
    #expect(error == .notFinite(text: #"text 0 of "a""#, layers: 0...1))
  }
}
