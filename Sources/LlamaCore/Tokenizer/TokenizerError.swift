public import Foundations

/// The reason why a tokenizer file, or a text, was refused. Its description is one line: the file, the place in it,
/// what was expected and what was found.
public enum TokenizerError: DescribedError, Equatable, Sendable {
  /// The file cannot be read.
  case unreadable(file: String, reason: String)
  /// The file is not JSON.
  case notJSON(file: String, error: JSONError)
  /// A value is missing, has the wrong kind or contradicts another one. `key` is a path such as `model.merges[3]`.
  case invalid(file: String, key: String, expected: String, found: String)
  /// A setting that this library does not implement.
  case unsupported(file: String, key: String, setting: String)
  /// A text has a stretch of more than `limit` bytes without a place to split, which would have to be merged at once.
  /// `start` is its beginning.
  case noPlaceToSplit(start: String, limit: Int)

  public var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .notJSON(let file, let error): "\(file): \(error)"
    case .invalid(let file, let key, let expected, let found): "\(file): \(key): expected \(expected), found \(found)"
    case .unsupported(let file, let key, let setting): "\(file): \(key): \(setting) is not supported"
    case .noPlaceToSplit(let start, let limit):
      "expected a place to split every \(limit) bytes, found none after \(start.quoted)"
    }
  }
}
