import Foundation
public import Foundations

/// The weights of a model directory: `model.safetensors`, or `model.safetensors.index.json` with its shards.
///
/// The layout is that of the Hugging Face hub and its cache, whose snapshot folders hold symbolic links.
public struct Checkpoint: Sendable {
  /// The model directory.
  public let directory: URL
  /// The safetensors files: one, or the shards in the order of their names.
  public let files: [SafetensorsFile]
  private let locations: [ByteString: Location]

  private struct Location: Sendable {
    let file: Int
    let tensor: Int
  }

  /// Maps the files of `directory` and validates their headers and the index; no tensor is read.
  /// - Throws: ``FileError``, ``SafetensorsError`` or ``CheckpointError``.
  public init(directory: URL) throws {
    self.directory = directory
    let single = directory.appendingPathComponent("model.safetensors")
    let index = directory.appendingPathComponent("model.safetensors.index.json")
    var shards: ShardIndex?
    if FileManager.default.fileExists(atPath: single.path) {
      files = [try SafetensorsFile(contentsOf: single)]
    } else if FileManager.default.fileExists(atPath: index.path) {
      let names = try ShardIndex(contentsOf: index)
      shards = names
      let missing = names.files.filter {
        !FileManager.default.fileExists(atPath: directory.appendingPathComponent($0).path)
      }
      guard missing.isEmpty else {
        throw CheckpointError(path: index.relativePath, reason: .missingShards(missing, total: names.files.count))
      }
      // Files that the index does not name are ignored, as in transformers.
      files = try names.files.map { try SafetensorsFile(contentsOf: directory.appendingPathComponent($0)) }
    } else {
      throw CheckpointError(path: directory.relativePath, reason: .noWeights)
    }

    var locations: [ByteString: Location] = [:]
    locations.reserveCapacity(files.reduce(0) { $0 + $1.tensors.count })
    for (file, contents) in files.enumerated() {
      for (tensor, info) in contents.tensors.enumerated() {
        let place = Location(file: file, tensor: tensor)
        if let other = locations.updateValue(place, forKey: ByteString(info.name)) {
          throw CheckpointError(
            path: directory.relativePath,
            reason: .tensorTwice(
              name: info.name, first: shards?.files[other.file] ?? "", second: shards?.files[file] ?? ""))
        }
      }
    }
    if let shards, let name = shards.firstStray(where: { locations[$0]?.file != $1 }) {
      let shard = shards.file[name].map { shards.files[$0] } ?? ""
      throw CheckpointError(path: index.relativePath, reason: .tensorNotInShard(name.text, shard))
    }
    self.locations = locations
  }

  /// All tensors, file by file in byte order.
  public var tensors: [TensorInfo] { files.flatMap(\.tensors) }

  /// Returns the tensor with this name, or nil.
  public func tensor(_ name: String) -> TensorInfo? {
    locations[ByteString(name)].map { files[$0.file].tensors[$0.tensor] }
  }

  /// Calls `body` with some bytes of the tensor `name`, as stored: `range` counts from its first byte and is clamped to
  /// it. `body` is not called if there is no such tensor.
  ///
  /// - Throws: ``FileError`` if the file has become shorter.
  package func withBytes(of name: String, _ range: Range<Int>, _ body: (Span<UInt8>) -> Void) throws {
    guard let (file, tensor) = location(of: name) else { return }
    let whole = file.fileRange(of: tensor)
    let range = range.clamped(to: 0..<whole.count)
    try file.file.reading(whole.lowerBound + range.lowerBound..<whole.lowerBound + range.upperBound, body)
  }

  /// - Throws: ``FileError`` if one of the files has become shorter: data read from it may be zeros.
  func check() throws(FileError) {
    for file in files { try file.file.check() }
  }

  /// Returns the tensor with this name and its file, or nil.
  func location(of name: String) -> (file: SafetensorsFile, tensor: TensorInfo)? {
    locations[ByteString(name)].map { (files[$0.file], files[$0.file].tensors[$0.tensor]) }
  }
}

/// The reason why a model directory's files do not form a checkpoint.
public struct CheckpointError: DescribedError, Equatable, Sendable {
  /// The kind of problem.
  public enum Reason: Equatable, Sendable {
    /// Neither `model.safetensors` nor `model.safetensors.index.json` exists.
    case noWeights
    /// Files that the index names and the directory lacks, and the total number of named files.
    case missingShards([String], total: Int)
    /// A tensor, and two files that both contain it.
    case tensorTwice(name: String, first: String, second: String)
    /// A tensor, and the file that should contain it according to the index.
    case tensorNotInShard(String, String)
    /// The tensors do not fit the configuration; one entry each.
    case mismatch([String])
  }

  /// Path of the directory or index.
  public let path: String
  /// The kind of problem.
  public let reason: Reason

  /// One line naming the path, what was expected and what was found.
  public var description: String { message.onOneLine }

  private var message: String {
    switch reason {
    case .noWeights:
      "\(path): expected model.safetensors or model.safetensors.index.json, found neither"
    case .missingShards(let shards, let total):
      "\(path): \(shards.count) of \(total) shards are missing: \(Self.list(shards))"
    case .tensorTwice(let tensor, let first, let second):
      "\(path): tensor \(tensor.clipped) is in two shards, \(first) and \(second)"
    case .tensorNotInShard(let tensor, let shard):
      "\(path): tensor \(tensor.clipped) is not in \(shard), where weight_map places it"
    case .mismatch(let faults):
      "\(path): tensors do not fit config.json: \(Self.list(faults))"
    }
  }

  private static func list(_ items: [String]) -> String {
    let shown = items.prefix(12).map(\.clipped).joined(separator: "; ")
    return items.count > 12 ? shown + "; and \(items.count - 12) more" : shown
  }
}
