public import LlamaCore

/// Takes a tokenized corpus through a model and measures every block of every text.
///
/// The rows of a text go to a sink as soon as its last block is done; what stays is one wave's rows and the domains'
/// statistics, whatever the size of the corpus.
public struct CorpusProfiler: Sendable {
  public let corpus: TokenizedCorpus
  /// Number of the model's blocks.
  public let layerCount: Int
  /// Leaves block 0 out, for comparison with measurements that have no row for it.
  public let skipsFirstBlock: Bool
  /// Measures ``Metric/spectral`` too, which takes longer, see <doc:TheSpectrumOfABlock>.
  public let measuresSpectrum: Bool

  public init(
    corpus: TokenizedCorpus, layerCount: Int, skipsFirstBlock: Bool = false, measuresSpectrum: Bool = false
  ) {
    self.corpus = corpus
    self.layerCount = layerCount
    self.skipsFirstBlock = skipsFirstBlock
    self.measuresSpectrum = measuresSpectrum
  }

  /// 0-based indices of the measured blocks.
  public var layers: Range<Int> { min(skipsFirstBlock ? 1 : 0, layerCount)..<layerCount }

  /// What is measured, in the order of the columns.
  public var metrics: [Metric] { Metric.standard + (measuresSpectrum ? Metric.spectral : []) }

  /// How far a run is.
  public struct Progress: Sendable, Equatable {
    /// Texts that have been through every block.
    public let finishedTexts: Int
    /// Texts of the run.
    public let texts: Int
    /// Tokens of the run.
    public let tokens: Int
    /// The share of the work that is done, tokens × blocks, from 0 to 1.
    public let fraction: Double
  }

  /// Runs `pass` over all texts and gathers what it shows.
  ///
  /// - Parameters:
  ///   - sink: takes the rows of each text, in the order of the corpus; an error it throws stops the run.
  ///   - progress: called after every block of every text.
  ///   - wave: called when every text of a wave has gone to the sink, which is when to store them; an error it throws
  ///     stops the run.
  ///   - pass: brings the texts through the model with the observer; see the overload that takes a model.
  /// - Throws: ``ProfileError``, and what `sink`, `wave` and `pass` throw.
  public func profile(
    sink: @escaping ProfileObserver.Sink = { _ in }, progress: @escaping (Progress) -> Void = { _ in },
    wave: @escaping () throws -> Void = {},
    pass: (_ texts: [[TokenID]], _ observer: inout ProfileObserver) throws -> Void
  ) throws -> CorpusProfile {
    let layers = try ProfileObserver.layers(of: layerCount, skippingFirst: skipsFirstBlock)
    let identities = corpus.domains.flatMap { domain in
      domain.texts.map { TextIdentity(domain: domain.name, index: $0.index) }
    }
    let domainOfText = corpus.domains.enumerated().flatMap { number, domain in domain.texts.map { _ in number } }
    var result = CorpusProfile(
      metrics: metrics,
      domains: corpus.domains.map {
        DomainProfile(
          name: $0.name, layers: layers, metrics: metrics, emptyTexts: $0.emptyTexts,
          truncatedTexts: $0.truncatedTexts)
      })
    var finished = 0
    var observer = try ProfileObserver(
      texts: identities, layerCount: layerCount, skipsFirstBlock: skipsFirstBlock, measuresSpectrum: measuresSpectrum
    ) {
      result.add($0, domain: domainOfText[finished])
      finished += 1
      try sink($0)
    }
    observer.onWave = wave
    let tokens = corpus.tokenCount
    let work = Double(tokens) * Double(layers.count)
    observer.onBlock = { finishedTexts, measuredTokens in
      progress(
        Progress(
          finishedTexts: finishedTexts, texts: identities.count, tokens: tokens,
          fraction: Double(measuredTokens) / work))
    }
    if !identities.isEmpty { try pass(corpus.domains.flatMap { $0.texts.map(\.tokens) }, &observer) }
    try observer.finish()
    return result
  }
}
