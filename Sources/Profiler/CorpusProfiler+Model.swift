public import LlamaCore

extension CorpusProfiler {
  /// Takes a corpus through `model`.
  public init(
    corpus: TokenizedCorpus, model: LlamaModel, skipsFirstBlock: Bool = false, measuresSpectrum: Bool = false,
    measuresLikelihood: Bool = false
  ) {
    self.init(
      corpus: corpus, layerCount: model.spec.layerCount, skipsFirstBlock: skipsFirstBlock,
      measuresSpectrum: measuresSpectrum, measuresLikelihood: measuresLikelihood)
  }

  /// What a run of `model` over the corpus will take.
  ///
  /// - Throws: `RunError` where the memory limit is too small for the longest text.
  public func plan(with model: LlamaModel, options: RunOptions = RunOptions()) throws(RunError) -> RunPlan {
    try model.plan(lengths, options: runOptions(options, model))
  }

  /// Tokens of each text.
  private var lengths: [Int] { corpus.domains.flatMap { $0.texts.map(\.tokens.count) } }

  /// What a domain takes while its files are written: its statistics, in this process twice, and `<domain>.csv` and its part of
  /// `summary.csv` as text.
  private var domainBytes: Int { Scope.allCases.count * layerCount * metrics.count * 200 }

  /// `options` with what the measurement takes beside the blocks: the texts, for the spectrum memory for the longest texts on all
  /// threads at once, for the likelihood a product with the vocabulary.
  func runOptions(_ options: RunOptions, _ model: LlamaModel) -> RunOptions {
    var options = options
    options.isLikelihoodWanted = measuresLikelihood
    options.observerBytes = corpus.byteCount + corpus.domains.count * domainBytes
    guard measuresSpectrum else { return options }
    options.observerBytes += lengths.sorted(by: >).prefix(options.threads).reduce(0) {
      $0 + SingularValues.byteCount(rows: $1, columns: model.spec.hiddenSize)
    }
    return options
  }

  /// Runs `model` over all texts and gathers what its blocks do.
  ///
  /// - Parameters:
  ///   - model: the model that the profiler was made for.
  ///   - options: how the run uses the machine.
  ///   - sink: takes the rows of each text, in the order of the corpus; an error it throws stops the run.
  ///   - progress: called after every block of every text.
  ///   - wave: called when every text of a wave has gone to the sink, which is when to store them; an error it throws
  ///     stops the run.
  /// - Throws: ``ProfileError``, `RunError`, and what `sink` and `wave` throw.
  public func profile(
    with model: LlamaModel, options: RunOptions = RunOptions(), sink: @escaping ProfileObserver.Sink = { _ in },
    progress: @escaping (Progress) -> Void = { _ in }, wave: @escaping () throws -> Void = {}
  ) throws -> CorpusProfile {
    var timing: RunTiming?
    var profile = try measure(sink: sink, progress: progress, wave: wave) { texts, observer, likelihood in
      let options = runOptions(options, model)
      if measuresLikelihood {
        timing = try model.run(texts, options: options, observer: &observer, likelihood: likelihood)
      } else {
        timing = try model.run(texts, options: options, observer: &observer)
      }
    }
    profile.timing = timing
    return profile
  }
}
