public import LlamaCore

extension CorpusProfiler {
  /// Creates a profiler of a corpus for `model`.
  public init(
    corpus: TokenizedCorpus, model: LlamaModel, skipsFirstBlock: Bool = false, measuring groups: Set<Metric.Group> = [],
    ablation: Ablation? = nil
  ) {
    self.init(
      corpus: corpus, layerCount: model.spec.layerCount, skipsFirstBlock: skipsFirstBlock, measuring: groups,
      ablation: ablation)
  }

  /// Returns the resources that a run of `model` over the corpus will use.
  ///
  /// - Throws: `RunError` if the memory limit is too small for the longest text.
  public func plan(with model: LlamaModel, options: RunOptions = RunOptions()) throws(RunError) -> RunPlan {
    try model.plan(lengths, options: runOptions(options, model))
  }

  /// Returns the resources that the ablation will use; nil without one.
  ///
  /// - Throws: `RunError` if the memory limit is too small for the longest text with one removal or swap; of a swap
  ///   `EditError` and the errors of a checkpoint, if the other one does not fit.
  public func ablationPlan(with model: LlamaModel, options: RunOptions = RunOptions()) throws -> RemovalPlan? {
    try ablation?.plan(lengths, with: model, runOptions(options, model))
  }

  /// Number of tokens of each text.
  private var lengths: [Int] { corpus.domains.flatMap { $0.texts.map(\.tokens.count) } }

  /// Bytes per domain while its files are written: its statistics, held twice by this process, and `<domain>.csv` and
  /// its part of `summary.csv` as text.
  private var domainBytes: Int { Scope.allCases.count * layerCount * metrics.count * 200 }

  /// Returns `options` with the memory of the measurement besides the blocks: the texts; the numbers of each token of a
  /// wave, block by block; for the spectrum, the workspace of the longest texts on all threads at once; for the
  /// likelihood, a product with the vocabulary.
  func runOptions(_ options: RunOptions, _ model: LlamaModel) -> RunOptions {
    var options = options
    options.isLikelihoodWanted = measures(.likelihood)
    options.observerBytes = corpus.byteCount + corpus.domains.count * domainBytes + meansByteCount(model.spec)
    options.observerTokenBytes = layers.count * TokenValues.bytesPerToken
    guard measures(.spectrum) else { return options }
    options.observerBytes += lengths.sorted(by: >).prefix(options.threads).reduce(0) {
      $0 + SingularValues.byteCount(rows: $1, columns: model.spec.hiddenSize)
    }
    return options
  }

  /// Runs `model` over all texts and measures its blocks.
  ///
  /// - Parameters:
  ///   - model: the model for which the profiler was created.
  ///   - options: how the run uses the machine.
  ///   - sink: called with the rows of each text, in the order of the corpus; an error it throws stops the run.
  ///   - progress: called after every block of every text.
  ///   - wave: called after all texts of a wave have been passed to the sink, which is the time to store them; an error
  ///     it throws stops the run.
  /// - Throws: ``ProfileError``, `RunError`, and any error of `sink` and `wave`.
  public func profile(
    with model: LlamaModel, options: RunOptions = RunOptions(), sink: @escaping ProfileObserver.Sink = { _ in },
    progress: @escaping (Progress) -> Void = { _ in }, wave: @escaping () throws -> Void = {}
  ) throws -> CorpusProfile {
    var timing: RunTiming?
    var profile = try measure(sink: sink, progress: progress, wave: wave) { texts, observer, likelihood in
      let options = runOptions(options, model)
      if let ablation {
        let means =
          ablation.means == nil ? nil : try self.means ?? self.means(with: model, options: options, progress: progress)
        let run = try ablate(texts, ablation, means, model, options, &observer, progress, likelihood)
        timing = means?.timing.map { $0 + run } ?? run
      } else if measures(.likelihood) {
        timing = try model.run(texts, options: options, observer: &observer) { try likelihood($0, $1, []) }
      } else {
        timing = try model.run(texts, options: options, observer: &observer)
      }
    }
    profile.timing = timing
    return profile
  }

  /// Runs the texts with all their changed copies. What the removals or swaps cost on a text is handed on once it is complete: a
  /// long text may take several readings of the weights.
  private func ablate(
    _ texts: [[TokenID]], _ ablation: Ablation, _ means: AblationMeans?, _ model: LlamaModel, _ options: RunOptions,
    _ observer: inout ProfileObserver, _ progress: @escaping (Progress) -> Void,
    _ receive: (_ text: Int, _ likelihood: TextLikelihood, _ removals: [RemovalCost]) throws -> Void
  ) throws -> RunTiming {
    var costs: [RemovalCost] = []
    var finished = 0
    let tokens = texts.reduce(0) { $0 + $1.count }
    let done = means?.workShare ?? 0
    return try ablation.run(
      texts, with: model, options, &observer, means: outputs(means),
      progress: {
        progress(
          Progress(
            finishedTexts: finished, texts: texts.count, tokens: tokens, fraction: done + (1 - done) * $0.fraction))
      }
    ) { text in
      costs += text.costs
      guard costs.count == ablation.units.count else { return }
      finished += 1
      try receive(text.text, text.likelihood, costs)
      costs.removeAll(keepingCapacity: true)
    }
  }
}
