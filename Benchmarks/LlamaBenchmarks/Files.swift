import Benchmark
import Foundation
import LlamaCore
import Profiler

/// Opening checkpoints and reading a corpus. Most of it is reading JSON: a file's header, a list of texts.
func addFiles() {
  let tensors = 3000
  let large = Fixtures.temporaryFile("large.safetensors")
  Rate.tensors.add("Safetensors open \(tensors) tensors") {
    try writeSafetensors(tensors, to: large)
    return (large, tensors)
  } teardown: {
    try FileManager.default.removeItem(at: large)
  } body: {
    blackHole(try SafetensorsFile(contentsOf: $0))
  }

  Rate.tensors.add("Model open tiny-llama") {
    (Fixtures.model, try LlamaModel(directory: Fixtures.model).checkpoint.tensors.count)
  } body: {
    blackHole(try LlamaModel(directory: $0))
  }

  let corpus = Fixtures.temporaryFile("corpus.json")
  Rate.bytes.add("JSON corpus read") {
    // A text of one line each, as in a corpus of sentences; quotes and line breaks are escaped.
    let texts = try Fixtures.text().split(separator: "\n").map { "\($0)\n" }
    let json = try JSONEncoder().encode(["samples": texts])
    try json.write(to: corpus)
    return (corpus, json.count)
  } teardown: {
    try FileManager.default.removeItem(at: corpus)
  } body: {
    blackHole(try Corpus(contentsOf: $0))
  }
}

/// Writes a file of `count` tensors of four numbers each, with names as long as those of a model.
private func writeSafetensors(_ count: Int, to url: URL) throws {
  let byteCount = 8
  let entries = (0..<count).map { index in
    let name = "model.layers.\(index / 7).self_attn.projection_\(index % 7).weight"
    return "\"\(name)\":{\"dtype\":\"BF16\",\"shape\":[2,2],"
      + "\"data_offsets\":[\(byteCount * index),\(byteCount * (index + 1))]}"
  }
  let header = Data("{\(entries.joined(separator: ","))}".utf8)
  let length = UInt64(header.count)
  let prefix = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
  try (prefix + header + Data(count: byteCount * count)).write(to: url)
}
