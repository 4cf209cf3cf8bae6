public import LlamaCore

/// Runs a tokenized corpus through a model and measures every block of every text.
///
/// The rows of a text are passed to a sink as soon as its last block is done; memory is bounded by one wave's rows and
/// the domains' statistics, whatever the size of the corpus.
public struct CorpusProfiler: Sendable {
  public let corpus: TokenizedCorpus
  /// Number of blocks of the model.
  public let layerCount: Int
  /// Skips block 0, for comparison with measurements that have no row for it.
  public let skipsFirstBlock: Bool
  /// Metrics to measure, in the order of the columns.
  public let metrics: [Metric]
  /// Removals to try on every text, see `RemovalCost`; nil for none. They need ``Metric/Group/likelihood``.
  public let ablation: Ablation?
  /// Means that removed parts add, if they are known; otherwise a run takes those of its corpus first.
  package var means: AblationMeans?

  /// - Parameters:
  ///   - corpus: texts of the run.
  ///   - layerCount: number of blocks of the model.
  ///   - skipsFirstBlock: skips block 0.
  ///   - groups: groups of metrics to measure besides those of every run.
  ///   - ablation: removals to try on every text, which measures the likelihood too.
  public init(
    corpus: TokenizedCorpus, layerCount: Int, skipsFirstBlock: Bool = false, measuring groups: Set<Metric.Group> = [],
    ablation: Ablation? = nil
  ) {
    self.corpus = corpus
    self.layerCount = layerCount
    self.skipsFirstBlock = skipsFirstBlock
    self.ablation = ablation
    let groups = ablation == nil ? groups : groups.union([.likelihood])
    metrics = Metric.allCases.filter { $0.group == .standard || groups.contains($0.group) }
  }

  /// Returns a profiler with the same settings for another corpus.
  package func replacingCorpus(_ corpus: TokenizedCorpus) -> CorpusProfiler {
    CorpusProfiler(
      corpus: corpus, layerCount: layerCount, skipsFirstBlock: skipsFirstBlock, measuring: Set(metrics.map(\.group)),
      ablation: ablation)
  }

  /// 0-based indices of the measured blocks.
  public var layers: Range<Int> { min(skipsFirstBlock ? 1 : 0, layerCount)..<layerCount }

  /// True if a group of metrics is measured.
  func measures(_ group: Metric.Group) -> Bool { metrics.contains { $0.group == group } }

  /// Progress of a run.
  public struct Progress: Sendable, Equatable {
    /// Number of texts that have passed through every block.
    public let finishedTexts: Int
    /// Number of texts in the run.
    public let texts: Int
    /// Number of tokens in the run.
    public let tokens: Int
    /// Completed fraction of the work, tokens × blocks, from 0 to 1.
    public let fraction: Double
  }

  /// Runs `pass` over all texts and gathers the measurements.
  ///
  /// - Parameters:
  ///   - sink: called with the rows of each text, in the order of the corpus; an error it throws stops the run.
  ///   - progress: called after every block of every text.
  ///   - wave: called after all texts of a wave have been passed to the sink, which is the time to store them; an error
  ///     it throws stops the run.
  ///   - pass: runs the texts through the model with the observer; see the overload that takes a model, which is also
  ///     the one for ``Metric/Group/likelihood``.
  /// - Throws: ``ProfileError``, and any error of `sink`, `wave` and `pass`.
  public func profile(
    sink: @escaping ProfileObserver.Sink = { _ in }, progress: @escaping (Progress) -> Void = { _ in },
    wave: @escaping () throws -> Void = {},
    pass: (_ texts: [[TokenID]], _ observer: inout ProfileObserver) throws -> Void
  ) throws -> CorpusProfile {
    try measure(sink: sink, progress: progress, wave: wave) { texts, observer, _ in try pass(texts, &observer) }
  }

  /// As above; if the likelihood is measured, `pass` must also report each text's likelihood, and what the removals of
  /// the ablation cost on it, in text order, after the last block of its wave.
  func measure(
    sink: @escaping ProfileObserver.Sink, progress: @escaping (Progress) -> Void, wave: @escaping () throws -> Void,
    pass: (
      _ texts: [[TokenID]], _ observer: inout ProfileObserver,
      _ likelihood: @escaping (_ text: Int, _ likelihood: TextLikelihood, _ removals: [RemovalCost]) throws -> Void
    ) throws -> Void
  ) throws -> CorpusProfile {
    let identities = corpus.domains.flatMap { domain in
      domain.texts.map { TextIdentity(domain: domain.name, index: $0.index) }
    }
    let domainOfText = corpus.domains.enumerated().flatMap { number, domain in domain.texts.map { _ in number } }
    let layers = try ProfileObserver.layers(of: layerCount, skippingFirst: skipsFirstBlock)
    var result = CorpusProfile(
      metrics: metrics,
      domains: corpus.domains.map {
        DomainProfile(
          name: $0.name, layers: layers, metrics: metrics, emptyTexts: $0.emptyTexts,
          truncatedTexts: $0.truncatedTexts)
      })
    let measuresLikelihood = measures(.likelihood)
    var finished = 0
    let tokens = corpus.domains.flatMap { $0.texts.map(\.tokens) }
    func handOver(_ text: TextProfile) throws {
      var text = text
      text.nameSinks(tokens[finished])
      result.add(text, domain: domainOfText[finished])
      finished += 1
      try sink(text)
    }
    // Texts of a wave that wait for their likelihood, which is reported after their last block.
    var waiting: ArraySlice<TextProfile> = []
    var observer = try ProfileObserver(
      texts: identities, layerCount: layerCount, skipsFirstBlock: skipsFirstBlock, metrics: metrics
    ) { text in
      if measuresLikelihood { waiting.append(text) } else { try handOver(text) }
    }
    observer.onWave = { if !measuresLikelihood { try wave() } }
    let tokenCount = corpus.tokenCount
    let work = Double(tokenCount) * Double(layers.count)
    // An ablation's later blocks have more streams: it tells its own progress.
    let tellsProgress = ablation == nil
    observer.onBlock = { finishedTexts, measuredTokens in
      guard tellsProgress else { return }
      progress(
        Progress(
          finishedTexts: finishedTexts, texts: identities.count, tokens: tokenCount,
          fraction: Double(measuredTokens) / work))
    }
    if !identities.isEmpty {
      try pass(tokens, &observer) { number, likelihood, removals in
        guard number == finished, var text = waiting.popFirst() else {
          throw ProfileError.unexpectedBlock(
            expected: "the likelihood of text \(finished)", found: "that of text \(number)")
        }
        text.nll = likelihood.mean
        text.removals = removals
        try handOver(text)
        if waiting.isEmpty { try wave() }
      }
    }
    try observer.finish()
    guard finished == identities.count else {
      throw ProfileError.unfinished(texts: identities.count, finished: finished)
    }
    return result
  }
}
