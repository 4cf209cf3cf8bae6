import Foundation
import Foundations

/// Writes a safetensors file: the header from the tensors' shapes, then the bytes in the same order.
package struct SafetensorsWriter: ~Copyable {
  private var file: AtomicFile

  /// Begins a file of these tensors, whose sizes in bytes must fit an `Int`.
  package init(
    at url: URL, _ tensors: [(name: String, type: TensorType, shape: [Int])],
    metadata: [(key: String, value: String)] = [("format", "pt")]
  ) throws(FileError) {
    func json(_ text: String) -> String { JSONValue.string(text).text() }
    var offset = 0
    var entries: [String] = []
    if !metadata.isEmpty {
      let members = metadata.map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
      entries.append("\"__metadata__\":{\(members)}")
    }
    for tensor in tensors {
      let size = tensor.shape.reduce(tensor.type.bits, *) / 8
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(json(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + size)]}")
      offset += size
    }
    var header = "{" + entries.joined(separator: ",") + "}"
    // As in the reference implementation: data begin at a multiple of eight.
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var file = try AtomicFile(at: url)
    let length = UInt64(header.utf8.count)
    try file.write((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
    try file.write(header)
    self.file = file
  }

  /// Appends bytes of the next tensors.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }

  /// Completes the file.
  package consuming func commit() throws(FileError) { try file.commit() }
}
