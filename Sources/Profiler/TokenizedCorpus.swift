public import LlamaCore

/// The texts of a run as token ids, by domain: a corpus without empty texts and with long ones truncated.
public struct TokenizedCorpus: Sendable, Equatable {
  /// One text of at least one token.
  public struct Text: Sendable, Equatable {
    /// 0-based index in the domain's list, including empty texts.
    public let index: Int
    public let tokens: [TokenID]
    /// The text's group, see ``CorpusText/group``.
    public let group: String?

    public init(index: Int, tokens: [TokenID], group: String? = nil) {
      self.index = index
      self.tokens = tokens
      self.group = group
    }
  }

  /// A text without ids, or with ids unknown to the model. It is not run.
  public struct Failure: Sendable, Equatable {
    /// 0-based index in the domain's list, including empty texts.
    public let index: Int
    /// The reason, in one line that does not name the text: `position 1: expected …, found …`.
    public let reason: String

    public init(index: Int, reason: String) {
      self.index = index
      self.reason = reason
    }
  }

  /// The texts of one domain, with the counts of omitted and truncated ones.
  public struct Domain: Sendable, Equatable {
    public let name: String
    public let texts: [Text]
    /// Number of texts without characters or tokens, which are not run.
    public let emptyTexts: Int
    /// Number of texts truncated to the maximum length.
    public let truncatedTexts: Int
    /// Texts that could not be tokenized, which are not run, in ascending order of indices.
    public let failures: [Failure]

    public init(
      name: String, texts: [Text], emptyTexts: Int = 0, truncatedTexts: Int = 0, failures: [Failure] = []
    ) {
      self.name = name
      self.texts = texts
      self.emptyTexts = emptyTexts
      self.truncatedTexts = truncatedTexts
      self.failures = failures
    }
  }

  public let domains: [Domain]

  public init(domains: [Domain]) { self.domains = domains }

  /// Number of texts that are run.
  public var textCount: Int { domains.reduce(0) { $0 + $1.texts.count } }

  /// Bytes that a run over the texts holds: their ids and groups, and some numbers and a list for each text.
  package var byteCount: Int {
    let groups = domains.reduce(0) { sum, domain in
      domain.texts.reduce(sum) { $0 + ($1.group.map { 32 + $0.utf8.count } ?? 0) }
    }
    return MemoryLayout<TokenID>.stride * tokenCount + 200 * textCount + groups
  }

  /// Number of texts that could not be tokenized.
  public var failureCount: Int { domains.reduce(0) { $0 + $1.failures.count } }

  /// Number of tokens that are run.
  public var tokenCount: Int {
    domains.reduce(0) { total, domain in domain.texts.reduce(total) { $0 + $1.tokens.count } }
  }
}
