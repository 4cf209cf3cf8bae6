public import Foundations

/// The reason why a safetensors file was refused. The cases have the names of the reference implementation.
public struct SafetensorsError: DescribedError, Equatable, Sendable {
  /// The kind of problem, with what was expected and what was found.
  public enum Reason: Equatable, Sendable {
    /// The file is too short for the eight bytes of the header length.
    case headerTooSmall(fileBytes: Int)
    /// The header length exceeds the maximum of the format.
    case headerTooLarge(bytes: UInt64, limit: Int)
    /// The header length exceeds the size of the file.
    case invalidHeaderLength(bytes: UInt64, available: Int)
    /// The header is not UTF-8.
    case invalidHeader
    /// The header is not valid JSON of the expected form; the reason as one line.
    case invalidHeaderDeserialization(String)
    /// A tensor's offsets span a number of bytes that differs from its type and shape.
    case tensorInvalidInfo(tensor: String, bytes: Int, expected: Int, summary: String)
    /// A tensor overlaps the one before it in the file, or leaves a hole; the reason as one line.
    case invalidOffset(tensor: String, String)
    /// The size of a tensor does not fit an integer.
    case validationOverflow(tensor: String, shape: [Int])
    /// A tensor of a packed type does not end on a whole byte.
    case misalignedSlice(tensor: String, summary: String)
    /// The file size differs from the bytes that the tensors need.
    case metadataIncompleteBuffer(describedBytes: Int, foundBytes: Int)
  }

  /// The file's path as it was given.
  public let file: String
  /// The kind of problem.
  public let reason: Reason

  /// One line naming the file, the tensor if any, what was expected and what was found.
  public var description: String { "\(file): \(detail)".onOneLine }

  private var detail: String {
    switch reason {
    case .headerTooSmall(let bytes):
      "expected at least 8 bytes for the header length, found \(bytes)"
    case .headerTooLarge(let bytes, let limit):
      "expected a header of at most \(limit) bytes, found a length of \(bytes)"
    case .invalidHeaderLength(let bytes, let available):
      "header length is \(bytes), but only \(available) bytes follow it"
    case .invalidHeader:
      "header is not valid UTF-8"
    case .invalidHeaderDeserialization(let reason):
      "header: \(reason)"
    case .tensorInvalidInfo(let tensor, let bytes, let expected, let summary):
      "tensor \(tensor.clipped): \(summary) needs \(expected) bytes, its offsets span \(bytes)"
    case .invalidOffset(let tensor, let reason):
      "tensor \(tensor.clipped): \(reason)"
    case .validationOverflow(let tensor, let shape):
      "tensor \(tensor.clipped): size of shape \(shape.shapeText) overflows"
    case .misalignedSlice(let tensor, let summary):
      "tensor \(tensor.clipped): \(summary) is not a whole number of bytes"
    case .metadataIncompleteBuffer(let described, let found):
      "header describes \(described) bytes of tensors, the file holds \(found)"
    }
  }
}
