public import LlamaCore

extension Corpus {
  /// True where a text has to be tokenized; a corpus of token ids needs no tokenizer.
  public var hasStrings: Bool {
    domains.contains { domain in
      domain.texts.contains { if case .string = $0 { true } else { false } }
    }
  }

  /// The same corpus with every string replaced by its token ids; lists of ids and empty texts stay as they are.
  ///
  /// - Throws: what `encode` throws.
  public func tokenized(_ encode: (String) throws -> [TokenID]) rethrows -> Corpus {
    Corpus(
      unchecked: try domains.map { domain in
        Domain(
          name: domain.name,
          texts: try domain.texts.map { text in
            guard case .string(let string) = text else { return text }
            return .tokens(string.isEmpty ? [] : try encode(string))
          })
      })
  }
}
