public import LlamaCore

extension TokenizedCorpus {
  /// Tokenizes texts by domain, in the order of the domains' names, with the model's own tokenizer.
  ///
  /// Texts are truncated to the model's positions; see ``init(_:maximumTokens:vocabularySize:encode:)`` for those that
  /// cannot be run.
  /// - Throws: ``CorpusError`` for no domain or a name that cannot be one, `FileError` or `TokenizerError`.
  public init(_ texts: [String: [String]], for model: LlamaModel) throws {
    try self.init(
      Corpus(
        domains: texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, texts in
          Corpus.Domain(name: name, texts: texts.map(CorpusText.string))
        }), for: model)
  }

  /// Tokenizes a corpus with the model's own tokenizer, which is not read if every text is a list of ids.
  ///
  /// - Throws: `FileError` or `TokenizerError`.
  public init(_ corpus: Corpus, for model: LlamaModel) throws {
    let tokenizer = corpus.hasStrings ? try model.tokenizer() : nil
    let limit = model.spec.maximumPositions
    self.init(corpus, maximumTokens: limit, vocabularySize: model.spec.vocabularySize) {
      try tokenizer?.encode($0, maximumTokens: limit + 1).tokens ?? []
    }
  }
}
