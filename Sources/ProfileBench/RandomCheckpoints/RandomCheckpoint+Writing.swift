import Foundation
import Foundations
import LlamaCore

extension RandomCheckpoint {
  /// Maximum number of bytes in a shard, as in transformers.
  private static let shardBytes = 5_000_000_000
  /// Number of elements drawn by one task; each task has its own stream of random numbers.
  private static let blockElements = 1 << 20

  /// Writes `config.json`, a byte-level `tokenizer.json` and the weights as bf16, sharded if they are large.
  ///
  /// Matrices are drawn with standard deviation 0.02, transformers' `initializer_range`; norms are 1. The bytes depend
  /// on the shape and `seed` only.
  /// - Parameter progress: called with the bytes written so far.
  /// - Throws: ``FileError``.
  package func write(to directory: URL, seed: UInt64, progress: (Int) -> Void = { _ in }) throws {
    try OutputFolder.create(at: directory)
    var shards: [[(name: String, shape: [Int])]] = [[]]
    var filled = 0
    for tensor in tensors {
      let size = 2 * tensor.shape.reduce(1, *)
      if filled > 0, filled + size > Self.shardBytes {
        shards.append([])
        filled = 0
      }
      shards[shards.count - 1].append(tensor)
      filled += size
    }
    var map: [(tensor: String, file: String)] = []
    var written = 0
    for (number, shard) in shards.enumerated() {
      let name = shards.count == 1 ? "model.safetensors" : Self.shardName(number, of: shards.count)
      var writer = try SafetensorsWriter(
        at: directory.appending(path: name), shard.map { ($0.name, .bf16, $0.shape) })
      for tensor in shard {
        map.append((tensor.name, name))
        try write(tensor, seed, &writer) {
          written += $0
          progress(written)
        }
      }
      try writer.commit()
    }
    if shards.count > 1 {
      let entries = map.map { "    \"\($0.tensor)\": \"\($0.file)\"" }.joined(separator: ",\n")
      let index = "{\n  \"metadata\": {\"total_size\": \(byteCount)},\n  \"weight_map\": {\n\(entries)\n  }\n}\n"
      try Self.write(index, to: directory.appending(path: "model.safetensors.index.json"))
    }
    try Self.write(RandomTokenizer.json, to: directory.appending(path: "tokenizer.json"))
    // Written last, so that a folder with a configuration is a complete model.
    try Self.write(configuration, to: directory.appending(path: "config.json"))
  }

  private static func write(_ text: String, to url: URL) throws(FileError) {
    var file = try AtomicFile(at: url)
    try file.write(text)
    try file.commit()
  }

  private static func shardName(_ number: Int, of count: Int) -> String {
    func padded(_ value: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(value)".count)) + "\(value)" }
    return "model-\(padded(number + 1))-of-\(padded(count)).safetensors"
  }

  private func write(
    _ tensor: (name: String, shape: [Int]), _ seed: UInt64, _ writer: inout SafetensorsWriter, _ progress: (Int) -> Void
  ) throws(FileError) {
    let count = tensor.shape.reduce(1, *)
    if tensor.shape.count == 1 {
      // bf16 of 1 is 0x3F80.
      try writer.write((0..<2 * count).map { $0 % 2 == 0 ? 0x80 : 0x3F })
      progress(2 * count)
      return
    }
    let stream = tensor.name.utf8.reduce(seed &+ SplitMix64.step) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    for start in Swift.stride(from: 0, to: count, by: Self.blockElements) {
      let elements = min(Self.blockElements, count - start)
      try writer.write(Self.noise(elements, stream: stream &+ UInt64(start)))
      progress(2 * elements)
    }
  }

  /// Returns bf16 numbers of mean 0 and standard deviation 0.02: sums of four uniform 16-bit numbers (Irwin–Hall),
  /// which are within 2 % of a normal distribution up to two standard deviations and are bounded by 3.5.
  private static func noise(_ count: Int, stream: UInt64) -> [UInt8] {
    // A uniform number of 2¹⁶ steps has the variance (2³² - 1) / 12; the sum of four a third of 2³².
    let scale = 0.02 / (4_294_967_295.0 / 3).squareRoot()
    return [UInt8](unsafeUninitializedCapacity: 2 * count) { buffer, initialized in
      for index in 0..<count {
        let bits = SplitMix64.mixed((stream &+ UInt64(index)) &* SplitMix64.step)
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        let value = Float((Double(sum) - 131_070) * scale)
        // Round to nearest, ties to even, as in a cast.
        let word = value.bitPattern
        let half = UInt16(truncatingIfNeeded: (word &+ 0x7FFF &+ (word >> 16 & 1)) >> 16)
        buffer[2 * index] = UInt8(truncatingIfNeeded: half)
        buffer[2 * index + 1] = UInt8(truncatingIfNeeded: half >> 8)
      }
      initialized = 2 * count
    }
  }
}

/// The tokenizer of a random model: one token per byte and a BOS token, sufficient for any text.
enum RandomTokenizer {
  static let beginOfText = 256

  static let json: String = {
    // GPT-2's printable substitutes for bytes: printable Latin-1 for itself, the rest from U+0100 on.
    var next: UInt32 = 256
    let vocabulary = (0..<UInt32(256)).map { byte in
      let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      let code = isPrintable ? byte : next
      if !isPrintable { next += 1 }
      let text = byte == 34 ? "\\\"" : byte == 92 ? "\\\\" : Unicode.Scalar(code).map { String(Character($0)) } ?? ""
      return "      \"\(text)\": \(byte)"
    }
    let begin = "<|begin_of_text|>"
    return """
      {
        "version": "1.0",
        "added_tokens": [
          {"id": \(beginOfText), "content": "\(begin)", "single_word": false, "lstrip": false, "rstrip": false,
           "normalized": false, "special": true}
        ],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": {
          "type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "\(begin)", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
          "special_tokens": {"\(begin)": {"id": "\(begin)", "ids": [\(beginOfText)], "tokens": ["\(begin)"]}}
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {
          "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
          "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
          "vocab": {
      \(vocabulary.joined(separator: ",\n"))
          },
          "merges": []
        }
      }

      """
  }()
}
