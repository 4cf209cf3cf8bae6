public import LlamaCore

extension Corpus {
  /// True if at least one text must be tokenized; a corpus of token ids needs no tokenizer.
  public var hasStrings: Bool {
    domains.contains { domain in
      domain.texts.contains { if case .string = $0 { true } else { false } }
    }
  }

  /// Returns the corpus with every string replaced by its token ids; lists of ids and empty texts are unchanged.
  ///
  /// - Throws: `CorpusError.cannotTokenize`, naming the first text for which `encode` throws.
  public func tokenized(_ encode: (String) throws -> [TokenID]) throws(CorpusError) -> Corpus {
    var tokenized: [Domain] = []
    for domain in domains {
      var texts: [CorpusText] = []
      for (index, text) in domain.texts.enumerated() {
        guard case .string(let string) = text else {
          texts.append(text)
          continue
        }
        do {
          texts.append(.tokens(string.isEmpty ? [] : try encode(string)))
        } catch {
          throw .cannotTokenize(domain: domain.name, index: index, reason: String(describing: error))
        }
      }
      tokenized.append(Domain(name: domain.name, texts: texts))
    }
    return Corpus(unchecked: tokenized)
  }
}
