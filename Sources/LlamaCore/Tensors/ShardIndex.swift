import Foundation
import Foundations

/// The index of a sharded checkpoint: `model.safetensors.index.json`, of which only `weight_map` is read.
///
/// Read as a stream, so that memory depends on the listed tensors and not on other content.
struct ShardIndex {
  /// Names of the files, sorted.
  let files: [String]
  /// For each tensor the index of its file in ``files``.
  let file: [ByteString: Int]

  /// Maximum size of an index in bytes, five times that of the largest published checkpoints.
  static let byteLimit = 1 << 26
  /// Maximum number of files.
  static let fileLimit = 10_000
  /// Maximum number of tensors, also five times the largest.
  static let tensorLimit = 1 << 20

  /// - Throws: ``FileError``. Only plain files of the same directory are allowed.
  init(contentsOf url: URL) throws(FileError) {
    let bytes = try RegularFile.bytes(of: url, limit: Self.byteLimit)
    do throws(JSONError) {
      self = try Self.parse(bytes.span)
    } catch {
      throw FileError(path: url.relativePath, reason: .malformed(error.description))
    }
  }

  private init(_ found: [ByteString: Int], _ names: [String]) {
    let order = names.indices.sorted { ByteString(names[$0]) < ByteString(names[$1]) }
    files = order.map { names[$0] }
    var places = [Int](repeating: 0, count: names.count)
    for (place, number) in order.enumerated() { places[number] = place }
    file = found.mapValues { places[$0] }
  }

  private static func parse(_ bytes: Span<UInt8>) throws(JSONError) -> ShardIndex {
    var reader = JSONReader(bytes)
    var index: ShardIndex?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      guard key.hasSameBytes(as: "weight_map") else {
        try reader.skipValue()
        continue
      }
      guard index == nil else { throw reader.duplicate(key) }
      index = try weightMap(&reader)
    }
    try reader.end()
    guard let index else { throw reader.error("weight_map: expected an object, found nothing") }
    return index
  }

  private static func weightMap(_ reader: inout JSONReader) throws(JSONError) -> ShardIndex {
    let kind = try reader.peek()
    guard kind == .object else { throw reader.error("weight_map: expected an object, found \(kind.rawValue)") }
    var found: [ByteString: Int] = [:]
    // A dictionary that grows is filled several times over; no entry has fewer bytes.
    found.reserveCapacity(min(tensorLimit, reader.byteCount / 32))
    var names: [String] = []
    var numbers: [ByteString: Int] = [:]
    try reader.beginObject()
    while let tensor = try reader.nextKey() {
      func fault(_ expected: String, _ found: String) -> String {
        "weight_map: \(tensor.clipped): expected \(expected), found \(found)"
      }
      let kind = try reader.peek()
      guard kind == .string else { throw reader.error(fault("a file name", kind.rawValue)) }
      let name = try reader.string()
      let isPlain = !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0x2F || $0 == 0 }
      guard isPlain else { throw reader.error(fault("a plain file name", name.quoted)) }
      let key = ByteString(name)
      if numbers[key] == nil {
        guard names.count < fileLimit else {
          throw reader.error("weight_map: expected at most \(fileLimit) files, found more")
        }
        numbers[key] = names.count
        names.append(name)
      }
      guard found.updateValue(numbers[key] ?? 0, forKey: ByteString(tensor)) == nil else {
        throw reader.duplicate(tensor)
      }
      guard found.count <= tensorLimit else {
        throw reader.error("weight_map: expected at most \(tensorLimit) tensors, found more")
      }
    }
    guard !found.isEmpty else { throw reader.error("weight_map: expected at least one tensor, found none") }
    return ShardIndex(found, names)
  }

  /// Returns the first tensor, in the order of names, that is in another file.
  func firstStray(where liesElsewhere: (_ tensor: ByteString, _ file: Int) -> Bool) -> ByteString? {
    file.filter { liesElsewhere($0.key, $0.value) }.keys.min()
  }
}
