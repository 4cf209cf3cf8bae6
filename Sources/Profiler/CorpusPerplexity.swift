public import LlamaCore

/// Perplexity of a model on the texts of each domain, and on all texts together.
///
/// ```swift
/// let perplexity = try CorpusPerplexity(of: texts, model: model)
/// for (domain, summary) in perplexity.domains { print(domain, summary.perplexity ?? .nan) }
/// ```
public struct CorpusPerplexity: Sendable {
  /// Summaries of the domains, in the order of the corpus.
  public let domains: [(name: String, summary: PerplexitySummary)]
  /// Summary of all texts.
  public let all: PerplexitySummary

  /// Progress of a measurement.
  public struct Progress: Sendable {
    /// Number of measured texts.
    public let finishedTexts: Int
    /// Number of texts.
    public let texts: Int
    /// Measured fraction of the tokens, from 0 to 1.
    public let fraction: Double
  }

  /// Runs the texts through the model.
  ///
  /// - Parameters:
  ///   - corpus: texts.
  ///   - model: model that runs them.
  ///   - options: use of the machine; its bytes for an observer are set to those of the texts.
  ///   - seed: seed of the draws for the intervals.
  ///   - progress: called after every text.
  /// - Throws: `RunError`.
  public init(
    of corpus: TokenizedCorpus, model: LlamaModel, options: RunOptions = RunOptions(), seed: UInt64 = 0,
    progress: (Progress) -> Void = { _ in }
  ) throws {
    var options = options
    options.observerBytes = corpus.byteCount
    let texts = corpus.domains.flatMap { $0.texts.map(\.tokens) }
    let tokens = corpus.tokenCount
    var likelihoods: [TextLikelihood] = []
    var done = 0
    var nobody = NoObserver()
    try model.run(texts, options: options, observer: &nobody) { text, likelihood in
      likelihoods.append(likelihood)
      done += texts[text].count
      progress(
        Progress(finishedTexts: text + 1, texts: texts.count, fraction: Double(done) / Double(tokens)))
    }
    var rest = likelihoods[...]
    domains = corpus.domains.map { domain in
      defer { rest = rest.dropFirst(domain.texts.count) }
      return (domain.name, PerplexitySummary(Array(rest.prefix(domain.texts.count)), seed: seed))
    }
    all = PerplexitySummary(likelihoods, seed: seed)
  }
}
