public import LlamaCore

extension TokenizedCorpus {
  /// Tokenizes a corpus for a run.
  ///
  /// A text without characters or ids is left out and counted; a text with more than `maximumTokens` tokens is cut to
  /// its first ones and counted. Texts keep their indices.
  ///
  /// - Parameters:
  ///   - corpus: the texts, as strings or ids.
  ///   - maximumTokens: the model's `max_position_embeddings` or a smaller limit; at least 1.
  ///   - vocabularySize: number of the model's embeddings, against which every id is checked.
  ///   - encode: turns characters into ids, a BOS token included where the model wants one. Texts that are lists of
  ///     ids are taken as they are.
  /// - Throws: ``ProfileError/tokenOutOfRange(text:position:token:vocabularySize:)`` and what `encode` throws.
  public init(
    _ corpus: Corpus, maximumTokens: Int, vocabularySize: Int, encode: (String) throws -> [TokenID]
  ) throws {
    domains = try corpus.domains.map { domain in
      var texts: [Text] = []
      var empty = 0
      var truncated = 0
      for (index, text) in domain.texts.enumerated() {
        var tokens: [TokenID] =
          switch text {
          case .string(let characters): characters.isEmpty ? [] : try encode(characters)
          case .tokens(let ids): ids
          }
        if tokens.isEmpty {
          empty += 1
          continue
        }
        if tokens.count > max(1, maximumTokens) {
          tokens.removeSubrange(max(1, maximumTokens)...)
          truncated += 1
        }
        if let position = tokens.firstIndex(where: { !(0..<vocabularySize).contains(Int($0)) }) {
          throw ProfileError.tokenOutOfRange(
            text: TextIdentity(domain: domain.name, index: index), position: position, token: Int(tokens[position]),
            vocabularySize: vocabularySize)
        }
        texts.append(Text(index: index, tokens: tokens))
      }
      return Domain(name: domain.name, texts: texts, emptyTexts: empty, truncatedTexts: truncated)
    }
  }
}
