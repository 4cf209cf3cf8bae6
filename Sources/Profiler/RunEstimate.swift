import Foundations
public import LlamaCore
import Statistics

/// Time and disk reads that a profile will take on this machine, from a calibration of some seconds.
public struct RunEstimate: Sendable {
  public let plan: RunPlan
  /// Seconds of computation.
  public let computeSeconds: Double
  /// Bytes that the run will read from the disk: those not cached, or, if the model is larger than the cache,
  /// everything for every wave.
  public let diskBytes: Int
  /// Seconds of disk reads, which overlap with the computation.
  public let diskSeconds: Double
  /// Bytes of the sums over positions in the file of the run, for texts without sinks.
  public let positionBytes: Int

  /// Seconds of the run.
  public var seconds: Double { max(computeSeconds, diskSeconds) }
}

extension CorpusProfiler {
  /// Runs a few blocks on a sample of the texts, all metrics on, and extrapolates.
  ///
  /// Each kind of work scales differently: products with tokens, attention with the squares of the texts, singular
  /// values with their squares or cubes, widening with waves.
  /// - Throws: `RunError`, ``ProfileError``.
  public func estimate(with model: LlamaModel, options: RunOptions = RunOptions()) throws -> RunEstimate {
    let texts = corpus.domains.flatMap { $0.texts.map(\.tokens) }
    var options = runOptions(options, model)
    let plan = try model.plan(texts.map(\.count), options: options)
    // The calibration runs blocks only; the vocabulary's products are estimated from theirs.
    options.isLikelihoodWanted = false
    let sampled = options
    let uncached = model.uncachedWeightBytes
    let sample = Self.sample(texts, tokens: min(plan.waveTokens, 2048))
    func calibrate(_ blocks: Int) throws -> RunTiming {
      let identities = sample.indices.map { TextIdentity(domain: "", index: $0) }
      var observer = try ProfileObserver(
        texts: identities, layerCount: blocks, metrics: metrics
      ) { _ in }
      return try model.run(sample, blocks: blocks, options: sampled, observer: &observer)
    }
    // The first run compiles kernels and reads the blocks; the difference of the others is free of constant costs.
    let most = min(3, layerCount)
    _ = try calibrate(most)
    var (few, many): ([RunTiming], [RunTiming]) = ([], [])
    // The runs of a small model are as short as disturbances, so a median is needed.
    while many.reduce(0, { $0 + $1.wall }) < Self.calibrationSeconds {
      few.append(try calibrate(1))
      many.append(try calibrate(most))
      if many.count == Self.mostCalibrations { break }
    }
    let blocks = Double(max(1, most - 1))
    func perBlock(_ value: (RunTiming) -> Double) -> Double {
      let once = Quantile.median(few.map(value))
      return most == 1 ? once : max(0, Quantile.median(many.map(value)) - once) / blocks
    }
    let one = try model.plan(sample.map(\.count), blocks: 1, options)
    let rows = Double(plan.tokens) * Double(layerCount) / Double(one.tokens)
    let waves = Double(plan.waves) * Double(layerCount) / Double(one.waves)
    func spectrum(_ texts: [[TokenID]]) -> Double {
      texts.reduce(0) { $0 + SingularValues.operations(rows: $1.count, columns: model.spec.hiddenSize) }
    }
    let observing =
      measures(.spectrum) ? spectrum(texts) / spectrum(sample) * Double(layerCount) : rows
    let growth: [RunTiming.Phase: Double] = [
      .matmul: plan.matmulOperations / one.matmulOperations,
      .attention: plan.attentionOperations / one.attentionOperations,
      .vectorLoops: rows, .observer: observing, .pageIn: waves, .widen: waves,
    ]
    let booked = RunTiming.Phase.allCases.map { phase in perBlock { $0[phase] } }
    let total = zip(RunTiming.Phase.allCases, booked).reduce(0) { $0 + $1.1 * (growth[$1.0] ?? rows) }
    // Waiting adds a proportional share.
    let threads = Double(options.threads)
    let waiting = max(1, perBlock(\.wall) * threads / max(1e-9, booked.reduce(0, +)))
    let once = max(0, Quantile.median(few.map(\.wall)) - perBlock(\.wall))

    let isCacheable = plan.weightBytes + plan.peakBytes <= SystemMemory.available
    let diskBytes = isCacheable ? uncached : plan.weightBytes * plan.waves
    var diskSeconds = 0.0
    if diskBytes > 0 {
      let read = try model.readBlock(layerCount - 1)
      if read.bytes > 0 { diskSeconds = Double(diskBytes) * read.seconds / Double(read.bytes) }
    }
    return RunEstimate(
      plan: plan, computeSeconds: once + total * waiting / threads, diskBytes: diskBytes, diskSeconds: diskSeconds,
      positionBytes: texts.reduce(0) {
        $0 + MemoryLayout<Double>.stride
          * PositionSums.count(tokens: $1.count, blocks: layers.count, metrics: metrics)
      })
  }

  private static let mostCalibrations = 25
  /// Calibration ends after this many seconds.
  private static let calibrationSeconds = 0.5

  /// Returns texts of all lengths, in their original proportion, of about the given number of tokens.
  private static func sample(_ texts: [[TokenID]], tokens: Int) -> [[TokenID]] {
    let sorted = texts.indices.sorted { texts[$0].count < texts[$1].count }
    let mean = Double(texts.reduce(0) { $0 + $1.count }) / Double(max(1, texts.count))
    let count = max(1, min(texts.count, Int(Double(tokens) / max(1, mean))))
    return (0..<count).map { texts[sorted[(2 * $0 + 1) * texts.count / (2 * count)]] }
  }
}
