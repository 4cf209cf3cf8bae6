import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Models that are written with other blocks, and copies of them to be changed.
enum PrunedModels {
  static let names =
    ["tiny-llama", "demo-model", "variants/biases", "variants/float16", "variants/llama3-rope-old-keys"]
    + (Repository.hasStories ? ["stories260K"] : [])

  /// A model and a program of its blocks.
  struct Case: CustomTestStringConvertible, Sendable {
    let model: String
    let program: [Int]
    var testDescription: String { "\(model) \(BlockList.text(program))" }
  }

  /// Blocks left out, moved and repeated, and one alone.
  static let cases = names.flatMap { name -> [Case] in
    let count = (try? ModelSpec(contentsOf: directory(name)).layerCount) ?? 0
    let all = Array(0..<count)
    return [all.filter { $0 != 1 }, all.reversed(), all + [count - 1, 0], [1], all].map {
      Case(model: name, program: $0)
    }
  }

  static func directory(_ name: String) -> URL {
    name == "stories260K" ? Repository.stories : Repository.fixtures.appending(path: name)
  }

  /// Returns a copy of a model in a folder of its own, whose weights also hold `extra` tensors of zeros, and zeros in place
  /// of the tensors named `zeroed`.
  static func copy(
    _ name: String, with extra: [(name: String, type: TensorType, shape: [Int])] = [],
    metadata: [(key: String, value: String)] = [("format", "pt")], zeroed: Set<String> = []
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = directory(name)
    try FileManager.default.copyItem(
      at: source.appending(path: "config.json"), to: folder.url.appending(path: "config.json"))
    let checkpoint = try Checkpoint(directory: source)
    let tensors = checkpoint.tensors
    var writer = try SafetensorsWriter(
      at: folder.url.appending(path: "model.safetensors"), extra + tensors.map { ($0.name, $0.type, $0.shape) },
      metadata: metadata)
    for tensor in extra {
      try writer.write([UInt8](repeating: 0, count: tensor.shape.reduce(tensor.type.bits / 8, *)))
    }
    for tensor in tensors {
      let bytes = try bytes(of: tensor.name, in: checkpoint)
      try writer.write(zeroed.contains(tensor.name) ? [UInt8](repeating: 0, count: bytes.count) : bytes)
    }
    try writer.commit()
    return folder
  }

  /// Returns a tensor's bytes as stored.
  static func bytes(of name: String, in checkpoint: Checkpoint) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try checkpoint.withBytes(of: name, 0..<Int.max) { span in
      bytes.reserveCapacity(span.count)
      for index in span.indices { bytes.append(span[index]) }
    }
    return bytes
  }

  /// Returns the numbers of a tensor, widened.
  static func numbers(of name: String, in checkpoint: Checkpoint) throws -> [Double] {
    let format = try #require(checkpoint.tensor(name).flatMap { WeightFormat($0.type) })
    let stored = try Self.bytes(of: name, in: checkpoint)
    var values = [Float](repeating: .nan, count: stored.count / format.byteCount)
    stored.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        if let base = values.baseAddress { Widening.widen(bytes, of: format, into: base) }
      }
    }
    return values.map(Double.init)
  }

  /// Returns what follows a prompt when the most likely token is always taken.
  static func greedy(_ model: LlamaModel, _ prompt: [TokenID], count: Int) throws -> [TokenID] {
    let session = try DecodingSession(model)
    var logits = try session.prefill([prompt])
    var tokens: [TokenID] = []
    for step in 0..<count {
      tokens.append(logits[0].argmax)
      if step + 1 < count { logits = try session.decode([logits[0].argmax]) }
    }
    return tokens
  }
}
