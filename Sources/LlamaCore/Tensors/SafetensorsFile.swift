import Foundation

/// A safetensors file: its tensors' names, types, shapes and, mapped, their bytes.
public struct SafetensorsFile: Sendable {
  /// Every tensor, in the order of the file's bytes.
  public let tensors: [TensorInfo]
  /// The entries of the header's `__metadata__` in the order of the file; empty where there is none. No two keys have the
  /// same bytes.
  public let metadata: [(key: String, value: String)]
  let file: MappedFile
  let dataStart: Int

  /// Maps the file and validates its header; no tensor is read.
  /// - Throws: ``FileError`` or ``SafetensorsError``.
  public init(contentsOf url: URL) throws {
    let file = try RegularFile(url)
    let header = try SafetensorsHeader(file)
    self.file = try MappedFile(file)
    tensors = header.tensors
    metadata = header.metadata
    dataStart = header.dataStart
  }

  /// The path as it was given.
  public var path: String { file.path }
  /// The file's size in bytes.
  public var byteCount: Int { file.count }

  /// Where a tensor's bytes lie in the file. The header's checks have shown the sum to be inside it.
  func fileRange(of tensor: TensorInfo) -> Range<Int> {
    dataStart + tensor.byteRange.lowerBound..<dataStart + tensor.byteRange.upperBound
  }
}
