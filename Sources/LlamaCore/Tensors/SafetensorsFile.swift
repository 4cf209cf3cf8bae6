import Foundation
import Foundations

/// A safetensors file: names, types and shapes of its tensors, and their mapped bytes.
public struct SafetensorsFile: Sendable {
  /// All tensors, in byte order.
  public let tensors: [TensorInfo]
  /// Entries of the header's `__metadata__` in file order; empty if there is none. All keys differ in their bytes.
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

  /// Returns the byte range of a tensor in the file. The header's checks guarantee that it lies inside.
  func fileRange(of tensor: TensorInfo) -> Range<Int> {
    dataStart + tensor.byteRange.lowerBound..<dataStart + tensor.byteRange.upperBound
  }
}
