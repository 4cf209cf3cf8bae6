package import LlamaCore

extension CorpusProfiler {
  /// The texts of each domain whose means removed parts add: those that choose, see ``TextSplit``, and of a domain with one
  /// text, from which nothing can be held out, that text. Empty without means.
  var textsOfMeans: [[[TokenID]]] {
    guard let means = ablation?.means else { return [] }
    return zip(corpus.domains, TextSplit(corpus, count: means.count, seed: means.seed).domains).map { domain, split in
      (split.chosen.isEmpty ? split.heldOut : split.chosen).map { domain.texts[$0].tokens }
    }
  }

  /// Bytes of the means, and of what is kept to compute them.
  func meansByteCount(_ spec: ModelSpec) -> Int {
    guard ablation?.means != nil else { return 0 }
    // Sums and means of A and M in double precision.
    let doubles = 4 * spec.layerCount * spec.hiddenSize * MemoryLayout<Double>.stride
    return corpus.domains.count * (MeanOutputs.byteCount(spec) + doubles)
  }

  /// Returns the resources of the run through the texts of the means; nil without means.
  func meansPlan(with model: LlamaModel, options: RunOptions) throws(RunError) -> RunPlan? {
    guard ablation?.means != nil else { return nil }
    return try model.plan(textsOfMeans.joined().map(\.count), options: meansOptions(options, model))
  }

  private func meansOptions(_ options: RunOptions, _ model: LlamaModel) -> RunOptions {
    var options = runOptions(options, model)
    options.isLikelihoodWanted = false
    options.observerTokenBytes = 0
    return options
  }

  /// Runs the texts that choose through the unchanged model, and returns the means of what is added. The corpus must be the
  /// whole one, of which a resumed run's is a part.
  ///
  /// - Parameters:
  ///   - model: the model for which the profiler was created.
  ///   - options: how the run uses the machine.
  ///   - progress: called after every block of a wave, with the share of all work that is done.
  /// - Throws: `RunError`.
  package func means(
    with model: LlamaModel, options: RunOptions, progress: @escaping (Progress) -> Void = { _ in }
  ) throws -> AblationMeans {
    let texts = textsOfMeans
    var observer = MeanObserver(
      domains: texts.enumerated().flatMap { domain, texts in texts.map { _ in domain } }, of: texts.count,
      layers: model.spec.layerCount, width: model.spec.hiddenSize)
    let own = try meansPlan(with: model, options: options)?.matmulOperations ?? 0
    let all = own + (try ablationPlan(with: model, options: options)?.matmulOperations ?? 0)
    let share = all > 0 ? own / all : 0
    let timing = try model.run(
      Array(texts.joined()), options: meansOptions(options, model), observer: &observer,
      progress: {
        progress(
          Progress(
            finishedTexts: 0, texts: corpus.textCount, tokens: corpus.tokenCount, fraction: share * $0.fraction))
      })
    return AblationMeans(
      texts.indices.map { texts[$0].isEmpty ? nil : observer.means(ofDomain: $0) }, workShare: share, timing: timing)
  }

  /// Returns what removed parts add in each text of the corpus; empty without means.
  ///
  /// - Precondition: every domain with texts has means.
  package func outputs(_ means: AblationMeans?) -> [MeanOutputs] {
    guard let means else { return [] }
    precondition(means.domains.count == corpus.domains.count, "means of another corpus")
    return zip(corpus.domains, means.domains).flatMap { domain, means in
      precondition(domain.texts.isEmpty || means != nil, "a domain without means")
      return means.map { Array(repeating: $0.outputs, count: domain.texts.count) } ?? []
    }
  }
}
