import LlamaCore
import Profiler

/// One text of a run, as the table `text` has it.
struct StoredText: Equatable {
  /// Where a text stands.
  enum State: String {
    /// Still to be run.
    case pending
    /// All its rows are there.
    case done
    /// It cannot be run, and has no rows.
    case failed
  }

  /// The 0-based index in the domain's list.
  let number: Int
  let tokens: Int
  /// Of the token ids as 32-bit little-endian integers: whatever changes them, corpus, tokenizer or limit, is seen.
  let hash: String
  let state: State
  /// Why a text failed.
  let reason: String?

  /// The texts of a domain, those that failed in their places among the others.
  static func list(of domain: TokenizedCorpus.Domain) -> [StoredText] {
    let texts = domain.texts.map {
      StoredText(number: $0.index, tokens: $0.tokens.count, hash: hash($0.tokens), state: .pending, reason: nil)
    }
    let failures = domain.failures.map {
      StoredText(number: $0.index, tokens: 0, hash: hash([]), state: .failed, reason: $0.reason.onOneLine)
    }
    return failures.isEmpty ? texts : (texts + failures).sorted { $0.number < $1.number }
  }

  private static func hash(_ tokens: [TokenID]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * tokens.count)
    for token in tokens {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: token >> shift)) }
    }
    return Fingerprint(of: bytes.span).hexadecimal
  }
}
