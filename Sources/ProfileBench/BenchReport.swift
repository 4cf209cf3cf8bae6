import LlamaCore
import Profiler

/// What a bench measured.
package struct BenchReport: Sendable {
  /// Speeds of matrix products, the shapes of a library and precision one after the other.
  package internal(set) var products: [MatmulPeak.Measurement] = []
  /// The profile in each precision.
  package internal(set) var profiles: [ProfileFigures] = []
  /// Decoding, token by token.
  package internal(set) var decoding: DecodingFigures?
  /// The points of the cost curve.
  package internal(set) var points: [CurvePoint] = []

  /// The largest speed of a library in a precision, in GFLOP/s; nil where it does not compute in it here.
  package func peak(_ library: MatrixLibrary, _ precision: Precision) -> Double? {
    fastest(library, precision)?.gigaflops
  }

  func fastest(_ library: MatrixLibrary, _ precision: Precision) -> MatmulPeak.Measurement? {
    products.filter { $0.library == library && $0.precision == precision }.max { $0.gigaflops < $1.gigaflops }
  }

  /// The largest speed of the library that computes in a precision.
  package func peak(_ precision: Precision) -> Double? { peak(.fastest(for: precision), precision) }

  /// The same of plain calls, one a thread, the weight as it is stored: what the library does for anyone who calls it.
  package func plainPeak(_ precision: Precision) -> Double? {
    let library = MatrixLibrary.fastest(for: precision)
    return products.filter { $0.library == library && $0.precision == precision && $0.calls == .whole }
      .map(\.gigaflops).max()
  }
}

/// The profile of the texts, with all metrics, in one precision.
package struct ProfileFigures: Sendable {
  package let precision: Precision
  package let library: MatrixLibrary
  package let plan: RunPlan
  /// What each run spent its time on.
  package internal(set) var runs: [RunTiming] = []
  /// Seconds of runs that nobody observes, which alternate with the others.
  package internal(set) var bareSeconds: [Double] = []
  /// Seconds to the first text's results in each run, opening the model included.
  package internal(set) var firstResultSeconds: [Double] = []
  /// Largest resident memory of the process.
  package internal(set) var peakBytes = 0
  /// The library's fastest product measured again after the runs, in GFLOP/s: far from the first, somebody else uses the
  /// machine, or it has grown warm, and no share of a peak means much.
  package internal(set) var peakAfterwards: Double?

  /// Seconds of a run, median.
  package var seconds: Double { Quantile.median(runs.map(\.wall)) }
  package var tokensPerSecond: Double { Double(plan.tokens) / seconds }
  package var gigaflops: Double { plan.operations / seconds * 1e-9 }
  /// What observing adds to a run that nobody observes, as a share of it. Below zero where it is lost in the noise.
  package var observingCost: Double { seconds / Quantile.median(bareSeconds) - 1 }
  /// Seconds to the first text's results, median.
  package var firstResult: Double { Quantile.median(firstResultSeconds) }

  /// The share of the threads' time that one kind of work takes, over all runs.
  package func share(_ phase: RunTiming.Phase) -> Double {
    runs.reduce(0) { $0 + $1[phase] } / threadSeconds
  }

  /// The share of the threads' time that they wait for each other.
  package var idleShare: Double { runs.reduce(0) { $0 + $1.idle } / threadSeconds }

  private var threadSeconds: Double { runs.reduce(0) { $0 + $1.wall * Double($1.threads) } }
}

/// A point of the cost curve: texts of one length through some of the blocks.
package struct CurvePoint: Sendable {
  /// What the curve is a function of.
  package enum Curve: String, Sendable, CaseIterable { case tokens, textLength, blocks }

  package let curve: Curve
  package let precision: Precision
  package let texts, textLength, blocks: Int
  /// Seconds of observed runs.
  package internal(set) var runSeconds: [Double] = []
  /// Seconds of runs that nobody observes; of the curve of text lengths only.
  package internal(set) var bareRunSeconds: [Double] = []
  /// Largest resident memory of the process.
  package internal(set) var peakBytes = 0

  package var tokens: Int { texts * textLength }
  /// Seconds of an observed run, median.
  package var seconds: Double { Quantile.median(runSeconds) }
  /// Seconds of a run that nobody observes, median.
  package var bareSeconds: Double? { bareRunSeconds.isEmpty ? nil : Quantile.median(bareRunSeconds) }
  /// Tokens a second through one block.
  package var blockTokensPerSecond: Double { Double(tokens * blocks) / seconds }
  /// Nanoseconds that a block takes for a token.
  package var nanoseconds: Double { seconds / Double(tokens * blocks) * 1e9 }
  /// The same where nobody observes.
  package var bareNanoseconds: Double? { bareSeconds.map { $0 / Double(tokens * blocks) * 1e9 } }
}
