import Foundations
import LlamaCore
import Profiler

/// Text of a run, as a row of the table `text`.
struct StoredText: Equatable {
  /// Progress of a text.
  enum State: String {
    /// Yet to be run.
    case pending
    /// All its rows are stored.
    case done
    /// It cannot be run, and has no rows.
    case failed
  }

  /// 0-based index in the domain's list.
  let number: Int
  let tokens: Int
  /// Hash of the token ids as 32-bit little-endian integers: it reveals any change of them by corpus, tokenizer or
  /// limit.
  let hash: String
  let state: State
  /// Reason why a text failed.
  let reason: String?

  /// Returns the texts of a domain, with failed texts in their places among the others.
  static func list(of domain: TokenizedCorpus.Domain) -> [StoredText] {
    let texts = domain.texts.map {
      StoredText(number: $0.index, tokens: $0.tokens.count, hash: hash($0.tokens), state: .pending, reason: nil)
    }
    let failures = domain.failures.map {
      StoredText(number: $0.index, tokens: 0, hash: hash([TokenID]()), state: .failed, reason: $0.reason.onOneLine)
    }
    return failures.isEmpty ? texts : (texts + failures).sorted { $0.number < $1.number }
  }

  /// Returns the hash of token ids.
  static func hash(_ tokens: some Collection<TokenID>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * tokens.count)
    for token in tokens {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: token >> shift)) }
    }
    return Fingerprint(of: bytes.span).hexadecimal
  }
}
