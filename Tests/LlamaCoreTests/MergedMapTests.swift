import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Maps of what an MLP adds, merged into the weights of a checkpoint that is written.
@Suite struct MergedMapTests {
  private static let models = ["tiny-llama", "variants/biases", "variants/float16"]

  /// A map with no structure, of small numbers.
  private func change(_ width: Int, scale: Double = 0.1) -> [Double] {
    (0..<width * width).map { scale * sin(Double($0 * $0 % 1009)) }
  }

  /// Writes the first block of a model alone, with a map of it.
  private func write(
    _ name: String, _ change: (Int) -> [Double], threads: Int = 2, layer: Int = 0
  ) throws -> (before: Checkpoint, after: Checkpoint, folder: TemporaryFolder) {
    let model = try LlamaModel(directory: PrunedModels.directory(name))
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "new")
    let pruned = try PrunedCheckpoint(of: model, program: [0])
    let map = RepairMap(layer: layer, change: change(model.spec.hiddenSize))
    try pruned.merging([map], threads: threads).write(to: url)
    return (model.checkpoint, try Checkpoint(directory: url), folder)
  }

  @Test(arguments: models)
  func `the down projection and its bias become W + C·W in their own format, all else keeps its bytes`(name: String)
    throws
  {
    let (before, after, folder) = try write(name) { change($0) }
    defer { withExtendedLifetime(folder) {} }
    var merged = 0
    for tensor in after.tensors {
      let old = try #require(before.tensor(tensor.name))
      #expect(tensor.type == old.type && tensor.shape == old.shape)
      guard tensor.name.contains("mlp.down_proj") else {
        #expect(
          try PrunedModels.bytes(of: tensor.name, in: after) == PrunedModels.bytes(of: tensor.name, in: before),
          "\(tensor.name)")
        continue
      }
      merged += 1
      let rows = tensor.shape[0]
      let columns = tensor.shape.dropFirst().reduce(1, *)
      let (weight, found, map) = (
        try PrunedModels.numbers(of: tensor.name, in: before), try PrunedModels.numbers(of: tensor.name, in: after),
        change(rows)
      )
      // Half a unit in the last place of a number of 8, 11 or 24 binary digits.
      let rounding: Double = tensor.type == .bf16 ? 0x1p-8 : tensor.type == .f16 ? 0x1p-11 : 0x1p-24
      for index in found.indices {
        let (row, column) = (index / columns, index % columns)
        var expected = weight[index]
        for inner in 0..<rows { expected += map[row * rows + inner] * weight[inner * columns + column] }
        // A subnormal half has fewer digits.
        let bound = rounding * expected.magnitude * (1 + 1e-9) + (tensor.type == .f16 ? 0x1p-25 : 0) + 1e-15
        #expect((found[index] - expected).magnitude <= bound, "\(tensor.name) \(index)")
      }
      #expect(found != weight)
    }
    #expect(merged == (name == "variants/biases" ? 2 : 1))
  }

  @Test(arguments: models)
  func `a map of zeros keeps every byte`(name: String) throws {
    let (before, after, folder) = try write(name) { Array(repeating: 0, count: $0 * $0) }
    defer { withExtendedLifetime(folder) {} }
    for tensor in after.tensors {
      #expect(try PrunedModels.bytes(of: tensor.name, in: after) == PrunedModels.bytes(of: tensor.name, in: before))
    }
  }

  @Test func `bytes do not depend on the threads, and a map of a removed block changes nothing`() throws {
    let name = "model.layers.0.mlp.down_proj.weight"
    let plain = try write("tiny-llama", { Array(repeating: 0, count: $0 * $0) })
    let one = try write("tiny-llama", { change($0) }, threads: 1)
    let three = try write("tiny-llama", { change($0) }, threads: 3)
    let other = try write("tiny-llama", { change($0) }, layer: 2)
    #expect(try PrunedModels.bytes(of: name, in: one.after) == PrunedModels.bytes(of: name, in: three.after))
    #expect(try PrunedModels.bytes(of: name, in: one.after) != PrunedModels.bytes(of: name, in: plain.after))
    #expect(try PrunedModels.bytes(of: name, in: other.after) == PrunedModels.bytes(of: name, in: plain.after))
  }

  @Test func `a merged weight beyond its format is refused by its name`() throws {
    let error = #expect(throws: RepairError.self) { try write("variants/float16") { change($0, scale: 1e9) } }
    #expect(error == .overflow(tensor: "model.layers.0.mlp.down_proj.weight", type: .f16))
    #expect(error?.description.contains("within the range of F16") == true)
  }
}
