import Foundations
public import LlamaCore

extension TokenizedCorpus {
  /// Tokenizes a corpus for a run.
  ///
  /// A text without characters or ids is omitted and counted; a text with more than `maximumTokens` tokens is truncated
  /// and counted. A text for which `encode` throws, or with an id without an embedding, is omitted and listed in
  /// ``Domain/failures`` with the reason. Texts keep their indices.
  ///
  /// - Parameters:
  ///   - corpus: the texts, as strings or ids.
  ///   - maximumTokens: the model's `max_position_embeddings` or a smaller limit; at least 1.
  ///   - vocabularySize: number of the model's embeddings, against which every id is checked.
  ///   - encode: turns characters into ids, including a BOS token if the model expects one. Texts that are lists of ids
  ///     are used unchanged. Ids after the first `maximumTokens + 1` are ignored, so a tokenizer may stop there.
  public init(
    _ corpus: Corpus, maximumTokens: Int, vocabularySize: Int, encode: (String) throws -> [TokenID]
  ) {
    var builder = Builder(maximumTokens: maximumTokens, vocabularySize: vocabularySize)
    for domain in corpus.domains {
      builder.begin(domain.name)
      for (index, text) in domain.texts.enumerated() { builder.add(text, index: index, encode: encode) }
    }
    self = builder.finish()
  }

  /// Tokenizes texts as they are read, so that their characters need not be in memory all at once.
  package struct Builder {
    private let maximumTokens: Int
    private let vocabularySize: Int
    private var domains: [Domain] = []
    private var texts: [Text] = []
    private var failures: [Failure] = []
    private var name: String?
    private var empty = 0
    private var truncated = 0

    /// - Parameters: see ``TokenizedCorpus/init(_:maximumTokens:vocabularySize:encode:)``.
    package init(maximumTokens: Int, vocabularySize: Int) {
      self.maximumTokens = max(1, maximumTokens)
      self.vocabularySize = vocabularySize
    }

    /// Begins a domain, to which texts are added until the next call.
    package mutating func begin(_ domain: String) {
      close()
      name = domain
    }

    /// Adds the text with this 0-based index in the domain's list.
    package mutating func add(_ text: CorpusText, index: Int, encode: (String) throws -> [TokenID]) {
      var tokens: [TokenID]
      switch text.content {
      case .string(let characters):
        do {
          tokens = characters.isEmpty ? [] : try encode(characters)
        } catch {
          failures.append(Failure(index: index, reason: String(describing: error).onOneLine))
          return
        }
      case .tokens(let ids): tokens = ids
      }
      if tokens.isEmpty {
        empty += 1
        return
      }
      let isTruncated = tokens.count > maximumTokens
      if isTruncated { tokens.removeSubrange(maximumTokens...) }
      if let position = tokens.firstIndex(where: { !(0..<vocabularySize).contains(Int($0)) }) {
        let reason =
          "position \(position): expected a token id from 0 to \(vocabularySize - 1), found \(tokens[position])"
        failures.append(Failure(index: index, reason: reason))
        return
      }
      if isTruncated { truncated += 1 }
      texts.append(Text(index: index, tokens: tokens, group: text.group))
    }

    package mutating func finish() -> TokenizedCorpus {
      close()
      return TokenizedCorpus(domains: domains)
    }

    private mutating func close() {
      if let name {
        domains.append(
          Domain(name: name, texts: texts, emptyTexts: empty, truncatedTexts: truncated, failures: failures))
      }
      (name, texts, failures, empty, truncated) = (nil, [], [], 0, 0)
    }
  }
}
