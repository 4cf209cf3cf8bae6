import LlamaCore

/// Measures every block of every text of a run and passes each text to a sink after its last block.
///
/// It uses the public interface only: pass it to a model's run like any other observer. It holds the rows of the texts
/// of the current wave, and some numbers of each of their tokens for every block, because the sinks are known only
/// after the last block; so its memory does not grow with the corpus.
///
/// ```swift
/// var observer = try ProfileObserver(texts: identities, layerCount: model.spec.layerCount) { profile in
///   print(profile.text, profile.rows(.all).map { $0[.blockInfluence] })
/// }
/// try model.run(texts, options: RunOptions(), observer: &observer)
/// try observer.finish()
/// ```
public struct ProfileObserver: ConcurrentLayerObserver {
  /// Function called for each text, in the order of the run; an error it throws stops the run.
  public typealias Sink = (TextProfile) throws -> Void

  /// The texts of the run, in order.
  private let texts: [TextIdentity]
  private let layers: Range<Int>
  private let metrics: [Metric]
  private let sink: Sink

  /// Number of texts passed to the sink so far.
  public private(set) var finishedTexts = 0
  /// Number of tokens measured so far, each counted once per measured block.
  public private(set) var measuredTokens = 0
  /// Function called after all texts of a wave have been passed to the sink; an error it throws stops the run.
  var onWave: (() throws -> Void)?
  /// Function called after every block of every text with the two counts.
  var onBlock: ((_ finishedTexts: Int, _ measuredTokens: Int) -> Void)?

  /// Texts of the current wave that are not finished, from `firstOpen` on; elements beyond `open` are storage to reuse.
  private var gathered: [PartialTextProfile] = []
  private var open = 0
  private var firstOpen = 0
  /// The last observed block and text.
  private var layer: Int
  private var text = -1

  /// - Parameters:
  ///   - texts: identities of the texts of the run, in the order passed to the model.
  ///   - layerCount: the number of the model's blocks.
  ///   - skipsFirstBlock: skips block 0, for comparison with measurements that have no row for it.
  ///   - metrics: metrics to measure; by default those of every run.
  ///   - sink: called with each finished text.
  /// - Throws: ``ProfileError/nothingToMeasure(layers:)`` if no block remains.
  public init(
    texts: [TextIdentity], layerCount: Int, skipsFirstBlock: Bool = false, metrics: [Metric] = Metric.standard,
    sink: @escaping Sink
  ) throws(ProfileError) {
    self.texts = texts
    self.metrics = metrics
    self.sink = sink
    layers = try Self.layers(of: layerCount, skippingFirst: skipsFirstBlock)
    layer = layers.lowerBound
  }

  /// Returns the blocks to measure.
  static func layers(of count: Int, skippingFirst: Bool) throws(ProfileError) -> Range<Int> {
    let first = skippingFirst ? 1 : 0
    guard count > first else { throw .nothingToMeasure(layers: count) }
    return first..<count
  }

  public func sites(at layer: Int) -> LayerSites {
    layers.contains(layer) ? metrics.reduce(ResidualCheck.sites) { $0.union($1.definition.measure.sites) } : []
  }

  /// Measures a block of a text.
  ///
  /// - Throws: ``ProfileError``.
  public var measure: @Sendable (_ block: borrowing BlockTrace) throws -> Measurement {
    let spectral = metrics.filter { $0.group == .spectrum }
    return { [texts, layers] block in
      // A text that does not belong to the run is refused by `collect`.
      guard layers.contains(block.layer), texts.indices.contains(block.text) else { return Measurement(result: nil) }
      return Measurement(
        result: Result { () throws(ProfileError) in
          try BlockMeasurement(block, text: texts[block.text], spectral: spectral)
        })
    }
  }

  /// Measurement of a block for one text.
  public struct Measurement: Sendable {
    /// Nil for a block that is not measured. A failure counts only in a text whose values were finite at all earlier
    /// blocks.
    let result: Result<BlockMeasurement, ProfileError>?
  }

  /// Adds the measurement of a block for one text.
  ///
  /// - Throws: ``ProfileError``, and any error of the sink.
  public mutating func collect(_ measurement: Measurement, layer: Int, text: Int, positions: Range<Int>) throws {
    guard layers.contains(layer) else { return }
    try advance(to: layer, text: text)
    guard let result = measurement.result else { return }
    if layer == layers.lowerBound { begin(positions) }
    let slot = text - firstOpen
    if gathered[slot].isBroken {
      gathered[slot].addUndefined()
    } else {
      gathered[slot].add(try result.get())
    }
    measuredTokens += positions.count
    if layer == layers.upperBound - 1 { try handOver(slot) }
    onBlock?(finishedTexts, measuredTokens)
  }

  /// Checks that the run passed every text through every block.
  ///
  /// - Throws: ``ProfileError/unfinished(texts:finished:)``.
  public func finish() throws(ProfileError) {
    guard finishedTexts == texts.count else { throw .unfinished(texts: texts.count, finished: finishedTexts) }
  }

  /// Accepts exactly one order: within a wave by block, within a block by text.
  private mutating func advance(to layer: Int, text: Int) throws(ProfileError) {
    let isFirst = layer == layers.lowerBound
    let inWave = firstOpen..<firstOpen + open
    let follows: Bool
    if layer == self.layer {
      follows = text == self.text + 1 && (isFirst ? text < texts.count : inWave.contains(text))
    } else if layer == self.layer + 1 {
      // The previous block must have covered the whole wave.
      follows = open > 0 && self.text == inWave.upperBound - 1 && text == firstOpen
    } else {
      follows = isFirst && open == 0 && text == finishedTexts && text < texts.count
    }
    guard follows else {
      throw .unexpectedBlock(
        expected: "what follows block \(self.layer) of text \(self.text)", found: "block \(layer) of text \(text)")
    }
    self.layer = layer
    self.text = text
  }

  private mutating func begin(_ positions: Range<Int>) {
    if open == gathered.count { gathered.append(PartialTextProfile()) }
    gathered[open].reset(positions: positions)
    open += 1
  }

  private mutating func handOver(_ slot: Int) throws {
    let profile = TextProfile(text: texts[text], layers: layers, gathered: gathered[slot], metrics: metrics)
    gathered[slot].release()
    try sink(profile)
    finishedTexts += 1
    if finishedTexts == firstOpen + open {
      firstOpen = finishedTexts
      open = 0
      try onWave?()
    }
  }
}
