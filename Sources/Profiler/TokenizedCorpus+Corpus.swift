public import LlamaCore

extension TokenizedCorpus {
  /// Tokenizes a corpus for a run.
  ///
  /// A text without characters or ids is left out and counted; a text with more than `maximumTokens` tokens is cut to
  /// its first ones and counted. A text that `encode` throws for, or with an id that the model has no embedding for, is
  /// left out and stands in ``Domain/failures`` with the reason. Texts keep their indices.
  ///
  /// - Parameters:
  ///   - corpus: the texts, as strings or ids.
  ///   - maximumTokens: the model's `max_position_embeddings` or a smaller limit; at least 1.
  ///   - vocabularySize: number of the model's embeddings, against which every id is checked.
  ///   - encode: turns characters into ids, a BOS token included where the model wants one. Texts that are lists of
  ///     ids are taken as they are. Nothing after `maximumTokens + 1` ids matters, so that a tokenizer may stop there.
  public init(
    _ corpus: Corpus, maximumTokens: Int, vocabularySize: Int, encode: (String) throws -> [TokenID]
  ) {
    domains = corpus.domains.map { domain in
      var texts: [Text] = []
      var failures: [Failure] = []
      var empty = 0
      var truncated = 0
      for (index, text) in domain.texts.enumerated() {
        var tokens: [TokenID]
        switch text {
        case .string(let characters):
          do {
            tokens = characters.isEmpty ? [] : try encode(characters)
          } catch {
            failures.append(Failure(index: index, reason: String(describing: error).onOneLine))
            continue
          }
        case .tokens(let ids): tokens = ids
        }
        if tokens.isEmpty {
          empty += 1
          continue
        }
        let isTruncated = tokens.count > max(1, maximumTokens)
        if isTruncated { tokens.removeSubrange(max(1, maximumTokens)...) }
        if let position = tokens.firstIndex(where: { !(0..<vocabularySize).contains(Int($0)) }) {
          let reason =
            "position \(position): expected a token id from 0 to \(vocabularySize - 1), found \(tokens[position])"
          failures.append(Failure(index: index, reason: reason))
          continue
        }
        if isTruncated { truncated += 1 }
        texts.append(Text(index: index, tokens: tokens))
      }
      return Domain(
        name: domain.name, texts: texts, emptyTexts: empty, truncatedTexts: truncated, failures: failures)
    }
  }
}
