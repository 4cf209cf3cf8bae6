package import Foundation

/// Checkpoints of which one block's weights are larger by a factor.
package enum ScaledBlock {
  package enum Failure: Error { case malformed(String) }

  /// Copies a checkpoint of bfloat16 weights, multiplying every tensor whose name begins with `prefix`.
  ///
  /// - Returns: number of tensors that were multiplied.
  package static func copy(_ model: URL, to folder: URL, prefix: String, factor: Float) throws -> Int {
    var scaled = 0
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: model.path) {
      var bytes = [UInt8](try Data(contentsOf: model.appending(path: name)))
      if name.hasSuffix(".safetensors") { scaled += try scale(&bytes, prefix: prefix, factor: factor, name) }
      try Data(bytes).write(to: folder.appending(path: name))
    }
    return scaled
  }

  private static func scale(_ bytes: inout [UInt8], prefix: String, factor: Float, _ file: String) throws -> Int {
    guard bytes.count > 8 else { throw Failure.malformed(file) }
    let size = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + size])) as? [String: Any] ?? [:]
    var scaled = 0
    for (name, value) in header where name.hasPrefix(prefix) {
      guard let entry = value as? [String: Any], entry["dtype"] as? String == "BF16",
        let offsets = entry["data_offsets"] as? [Int], offsets.count == 2
      else { throw Failure.malformed("\(file): \(name)") }
      for place in stride(from: 8 + size + offsets[0], to: 8 + size + offsets[1], by: 2) {
        let old = Float(bitPattern: UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 24)
        // Rounded to the nearest; ties do not matter here.
        let bits = (old * factor).bitPattern &+ 0x8000
        bytes[place] = UInt8(truncatingIfNeeded: bits >> 16)
        bytes[place + 1] = UInt8(truncatingIfNeeded: bits >> 24)
      }
      scaled += 1
    }
    return scaled
  }
}
