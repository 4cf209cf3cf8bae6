package import Foundation
import Foundations
package import LlamaCore

/// Checkpoints of random numbers with the tensors of a model, to swap from.
package enum OtherCheckpoint {
  /// Writes `model.safetensors`, whose element types alternate among `types`: F32 and BF16.
  package static func random(
    like model: LlamaModel, _ types: [TensorType] = [.f32], seed: UInt64 = 1
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let tensors: [(name: String, type: TensorType, shape: [Int])] = model.checkpoint.tensors.enumerated().map {
      ($1.name, types[$0 % types.count], $1.shape)
    }
    var writer = try SafetensorsWriter(at: folder.url.appending(path: "model.safetensors"), tensors)
    var generator = SplitMix64(seed: seed)
    for tensor in tensors {
      var bytes: [UInt8] = []
      for _ in 0..<tensor.shape.reduce(1, *) {
        let uniform = Float(generator.next() >> 40) * 0x1p-24
        let bits = (tensor.shape.count == 1 ? 0.5 + uniform : 0.4 * uniform - 0.2).bitPattern
        bytes += (tensor.type == .bf16 ? 2..<4 : 0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
      }
      try writer.write(bytes)
    }
    try writer.commit()
    return folder
  }
}
