/// Why a safetensors file was refused. The cases are named after those of the reference implementation.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, with what was expected and what was found.
  public enum Reason: Equatable, Sendable {
    case headerTooSmall(fileBytes: Int)
    case headerTooLarge(bytes: UInt64, limit: Int)
    case invalidHeaderLength(bytes: UInt64, available: Int)
    case invalidHeader
    case invalidHeaderDeserialization(String)
    case tensorInvalidInfo(tensor: String, bytes: Int, expected: Int, summary: String)
    case invalidOffset(tensor: String, String)
    case validationOverflow(tensor: String, shape: [Int])
    case misalignedSlice(tensor: String, summary: String)
    case metadataIncompleteBuffer(describedBytes: Int, foundBytes: Int)
  }

  /// The file's path as it was given.
  public let file: String
  /// What is wrong with it.
  public let reason: Reason

  /// One line naming the file, the tensor where there is one, what was expected and what was found.
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
      "tensor \(tensor): \(summary) needs \(expected) bytes, its offsets span \(bytes)"
    case .invalidOffset(let tensor, let reason):
      "tensor \(tensor): \(reason)"
    case .validationOverflow(let tensor, let shape):
      "tensor \(tensor): size of shape \(shape) overflows"
    case .misalignedSlice(let tensor, let summary):
      "tensor \(tensor): \(summary) is not a whole number of bytes"
    case .metadataIncompleteBuffer(let described, let found):
      "header describes \(described) bytes of tensors, the file holds \(found)"
    }
  }
}
