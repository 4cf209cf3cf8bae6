import LlamaCore
import Profiler
import Statistics

/// Speed of token-by-token decoding, and of reading memory, which bounds it.
package struct DecodingFigures: Sendable {
  /// Steps with a given number of concurrent sequences.
  package struct Point: Sendable {
    package let sequences: Int
    /// Seconds of each step.
    package internal(set) var stepSeconds: [Double] = []
    /// Peak resident memory of the process, in bytes.
    package internal(set) var peakBytes = 0

    /// Median seconds of a step.
    package var seconds: Double { Quantile.median(stepSeconds) }
    package var tokensPerSecond: Double { Double(sequences) / seconds }
  }

  /// Bytes of weights that every step reads, whatever the number of sequences.
  package let weightBytes: Int
  /// Memory read bandwidth of all threads, in 10⁹ bytes per second: the larger of two medians, before and after the
  /// steps.
  package internal(set) var readBandwidth = 0.0
  package internal(set) var points: [Point] = []

  /// Returns 10⁹ bytes of weights read per second.
  package func gigabytesPerSecond(_ point: Point) -> Double { Double(weightBytes) / point.seconds * 1e-9 }
}

extension Bench {
  /// Tokens of every prompt.
  package static let promptLength = 16
  /// Numbers of concurrent sequences.
  private static let sequences = [1, 4]
  /// Minimum and maximum number of steps after the first, which maps the weights.
  private static let steps = 3...64
  /// Seconds after which the steps of a point end early.
  private static let longest = 2.0

  /// Measures decoding with arbitrary tokens, which do not affect the speed. Nil if the model has too few positions to
  /// measure.
  func measureDecoding() throws -> DecodingFigures? {
    let positions = model.spec.maximumPositions
    guard positions > 2 else { return nil }
    var figures = DecodingFigures(weightBytes: model.decodingBytes)
    func measureBandwidth() {
      let speeds = ReadBandwidth.measure(threads: plan.threads, runs: 5)
      figures.readBandwidth = max(figures.readBandwidth, Quantile.median(speeds))
    }
    measureBandwidth()
    for sequences in Self.sequences {
      PeakMemory.reset()
      var point = DecodingFigures.Point(sequences: sequences)
      let session = try DecodingSession(model, options: plan.options(.float32))
      let length = max(1, min(Self.promptLength, positions - Self.steps.upperBound - 1))
      let texts = BenchTexts.equal(length, count: sequences, model.spec)
      try session.prefill(texts.domains.flatMap { $0.texts.map(\.tokens) })
      let tokens = (0..<sequences).map { TokenID($0 % model.spec.vocabularySize) }
      let most = min(Self.steps.upperBound, positions - length - 1)
      try session.decode(tokens)
      while point.stepSeconds.count < most,
        point.stepSeconds.count < Self.steps.lowerBound || point.stepSeconds.reduce(0, +) < Self.longest
      {
        point.stepSeconds.append(try clock.measure { try session.decode(tokens) } / .seconds(1))
      }
      point.peakBytes = PeakMemory.bytes
      figures.points.append(point)
    }
    model.releaseWeights()
    measureBandwidth()
    return figures
  }
}
