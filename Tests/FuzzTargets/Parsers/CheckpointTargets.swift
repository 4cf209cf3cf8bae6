import Foundation
import Foundations
import LlamaCore

extension FuzzTarget {
  /// A safetensors file; where it is read, as the weights of a model that then runs.
  static let safetensors = FuzzTarget(
    "safetensors", cases: 20_000, format: .safetensors,
    seeds: [
      file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"format":"pt"}}"#, data: 4),
      file(
        #"{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"b":{"dtype":"F4","shape":[2,4],"data_offsets":[12,16]},"#
          + #""c":{"dtype":"U8","shape":[0],"data_offsets":[16,16]},"d":{"dtype":"F64","shape":[],"data_offsets":[16,24]}}"#,
        data: 24),
      file("{}", data: 0), Fixtures.bytes("variants/multi-query/model.safetensors"),
    ],
    errors: [SafetensorsError.self, FileError.self, RunError.self]
  ) { bytes, folder in
    try folder.link("variants/multi-query/config.json", as: "model/config.json")
    let url = try folder.write(bytes, to: "model/model.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    for tensor in file.tensors {
      let (bits, overflow) = tensor.count.multipliedReportingOverflow(by: tensor.type.bits)
      guard !overflow, bits == tensor.byteRange.count * 8, tensor.byteRange.upperBound <= file.byteCount else {
        throw Finding("tensor \(tensor.name.debugDescription) lies at \(tensor.byteRange) of \(file.byteCount) bytes")
      }
      guard tensor.shape.reduce(1, *) == tensor.count else {
        throw Finding("tensor \(tensor.name.debugDescription) of shape \(tensor.shape) has \(tensor.count) elements")
      }
    }
    try run(url.deletingLastPathComponent())
  }

  /// `model.safetensors.index.json` beside the shards it should name.
  static let checkpointIndex = FuzzTarget(
    "checkpoint-index", cases: 10_000, format: .json,
    seeds: [Fixtures.bytes("tiny-llama/model.safetensors.index.json")],
    errors: [SafetensorsError.self, FileError.self, CheckpointError.self]
  ) { bytes, folder in
    for shard in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] {
      try folder.link("tiny-llama/\(shard)", as: "shards/\(shard)")
    }
    let index = try folder.write(bytes, to: "shards/model.safetensors.index.json")
    let checkpoint = try Checkpoint(directory: index.deletingLastPathComponent())
    for tensor in checkpoint.tensors where checkpoint.tensor(tensor.name) != tensor {
      throw Finding("tensor \(tensor.name) is not found under its name")
    }
  }

  /// `config.json`; where it is read and fits the weights beside it, the model runs.
  static let configuration = FuzzTarget(
    "configuration", cases: 12_000, format: .json,
    seeds: ["linear-rope", "llama3-rope-old-keys", "float16", "biases", "multi-head-default"].map {
      Fixtures.bytes("variants/\($0)/config.json")
    },
    errors: [FileError.self, RunError.self]
  ) { bytes, folder in
    try folder.link("variants/linear-rope/model.safetensors", as: "configured/model.safetensors")
    let url = try folder.write(bytes, to: "configured/config.json")
    let spec = try ModelSpec(contentsOf: url)
    guard spec.parameterCount > 0, spec.blocks.allSatisfy({ $0.attention.keyValueWidth > 0 }) else {
      throw Finding("a model without parameters: \(spec)")
    }
    try run(url.deletingLastPathComponent())
  }

  private static func file(_ header: String, data: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8
      + [UInt8](repeating: 1, count: data)
  }

  private struct Look: LayerObserver {
    var sum: Float = 0
    func sites(at layer: Int) -> LayerSites { .residual }
    mutating func observe(_ block: borrowing BlockTrace) { sum += block.residualAfter[0] }
  }

  /// Runs the model of a directory, where its weights fit its configuration.
  private static func run(_ directory: URL) throws {
    let model: LlamaModel
    do { model = try LlamaModel(directory: directory) } catch is CheckpointError { return }
    var look = Look()
    try model.run([[0, 1, 2]], options: RunOptions(threads: 1), observer: &look)
  }
}
