import Foundation

/// How a run uses the machine. No number of a run depends on it.
public struct RunOptions: Sendable, Equatable {
  /// Threads that compute, the caller's among them.
  public var threads: Int
  /// Most tokens in a wave. Memory grows with it; a matmul is at its best from about 1,000.
  public var waveTokens: Int

  /// Options with every value below 1 raised to 1. By default a thread per active processor.
  public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount, waveTokens: Int = 2048) {
    self.threads = max(1, threads)
    self.waveTokens = max(1, waveTokens)
  }
}

/// Why texts were refused before anything was computed.
public enum RunError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text at this 0-based index has no token.
  case emptyText(Int)
  /// The text at this 0-based index has more tokens than the model's `max_position_embeddings`.
  case textTooLong(Int, tokens: Int, limit: Int)
  /// A token id that the embedding has no row for. Indices are 0-based.
  case unknownToken(text: Int, position: Int, token: TokenID, vocabularySize: Int)

  /// One line naming the text, what was expected and what was found.
  public var description: String {
    switch self {
    case .emptyText(let text):
      "text \(text): expected at least one token, found none"
    case .textTooLong(let text, let tokens, let limit):
      "text \(text): expected at most \(limit) tokens (max_position_embeddings), found \(tokens)"
    case .unknownToken(let text, let position, let token, let size):
      "text \(text), token \(position): expected an id from 0 to \(size - 1), found \(token)"
    }
  }
}
