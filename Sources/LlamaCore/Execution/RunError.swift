public import Foundations

/// The reason why texts were refused before any computation.
public enum RunError: DescribedError, Equatable, Sendable, SizedError {
  /// The text at this 0-based index has no token.
  case emptyText(Int)
  /// The text at this 0-based index has more tokens than the model's `max_position_embeddings`.
  case textTooLong(Int, tokens: Int, limit: Int)
  /// A property of ``RunOptions`` has an invalid value; identified by name.
  case option(String, expected: String, found: Int)
  /// This build or processor does not support the requested precision.
  case precisionUnavailable(Precision, reason: String)
  /// The longest text alone needs more bytes than the memory limit.
  case memoryLimit(needed: Int, limit: Int)
  /// The longest text alone needs more bytes than the machine, or the container of this process, has.
  case memory(needed: Int, machine: Int)
  /// The embedding has no row for a token id. Indices are 0-based.
  case unknownToken(text: Int, position: Int, token: TokenID, vocabularySize: Int)
  /// The session has no active sequence of this index.
  case unknownSequence(Int)
  /// A step of decoding takes one token for each active sequence.
  case stepTokens(expected: Int, found: Int)

  /// One line naming the text, what was expected and what was found.
  public var description: String {
    switch self {
    case .memoryLimit(_, let size), .memory(_, let size): description(in: ByteUnit(fitting: size))
    default: description(in: .byte)
    }
  }

  package func description(in unit: ByteUnit) -> String {
    switch self {
    case .option(let name, let expected, let found):
      "RunOptions.\(name): expected \(expected), found \(found)"
    case .precisionUnavailable(let precision, let reason):
      "precision \(precision.rawValue) is not available: \(reason)"
    case .memoryLimit(let needed, let limit):
      "expected a memory limit of at least \(unit.text(needed)), which the longest text takes, found \(unit.text(limit))"
    case .memory(let needed, let machine):
      "expected at least \(unit.text(needed)) of memory in this machine or container, which the longest text takes, found "
        + unit.text(machine)
    case .emptyText(let text):
      "text \(text): expected at least one token, found none"
    case .textTooLong(let text, let tokens, let limit):
      "text \(text): expected at most \(limit) tokens (max_position_embeddings), found \(tokens)"
    case .unknownToken(let text, let position, let token, let size):
      "text \(text), token \(position): expected an id from 0 to \(size - 1), found \(token)"
    case .unknownSequence(let sequence):
      "sequence \(sequence): expected one of the session's that is not finished, found none"
    case .stepTokens(let expected, let found):
      "step of decoding: expected \(expected) tokens, one for each sequence that is not finished, found \(found)"
    }
  }
}
