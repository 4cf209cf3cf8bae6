import LlamaCore
import Profiler
import Statistics

/// Results of a bench.
package struct BenchReport: Sendable {
  /// Speeds of matrix products, grouped by library and precision.
  package internal(set) var products: [MatmulPeak.Measurement] = []
  /// Figures of the profile in each precision.
  package internal(set) var profiles: [ProfileFigures] = []
  /// Figures of token-by-token decoding.
  package internal(set) var decoding: DecodingFigures?
  /// Points of the cost curve.
  package internal(set) var points: [CurvePoint] = []

  /// Returns the highest speed of a library in a precision, in GFLOP/s; nil if it does not compute in it on this
  /// machine.
  package func peak(_ library: MatrixLibrary, _ precision: Precision) -> Double? {
    fastest(library, precision)?.gigaflops
  }

  func fastest(_ library: MatrixLibrary, _ precision: Precision) -> MatmulPeak.Measurement? {
    products.filter { $0.library == library && $0.precision == precision }.max { $0.gigaflops < $1.gigaflops }
  }

  /// Returns the highest speed of the library used for a precision.
  package func peak(_ precision: Precision) -> Double? { peak(.fastest(for: precision), precision) }

  /// Returns the same for plain calls, one per thread, with the weight in its stored layout: the speed available to any
  /// caller of the library.
  package func plainPeak(_ precision: Precision) -> Double? {
    let library = MatrixLibrary.fastest(for: precision)
    return products.filter { $0.library == library && $0.precision == precision && $0.calls == .whole }
      .map(\.gigaflops).max()
  }
}

/// Figures of profiling the texts, with all metrics, in one precision.
package struct ProfileFigures: Sendable {
  package let precision: Precision
  package let library: MatrixLibrary
  package let plan: RunPlan
  /// Timing of each run.
  package internal(set) var runs: [RunTiming] = []
  /// Seconds of runs without an observer, which alternate with the others.
  package internal(set) var bareSeconds: [Double] = []
  /// Seconds to the first text's results in each run, including opening the model.
  package internal(set) var firstResultSeconds: [Double] = []
  /// Peak resident memory of the process, in bytes.
  package internal(set) var peakBytes = 0
  /// Speed of the library's fastest product measured again after the runs, in GFLOP/s. If it is far from the first
  /// measurement, another process uses the machine, or the machine has grown warm, and shares of the peak are
  /// unreliable.
  package internal(set) var peakAfterwards: Double?

  /// Median seconds of a run.
  package var seconds: Double { Quantile.median(runs.map(\.wall)) }
  package var tokensPerSecond: Double { Double(plan.tokens) / seconds }
  package var gigaflops: Double { plan.operations / seconds * 1e-9 }
  /// Cost of observing, as a share of a run without an observer. Negative if it is below the noise.
  package var observingCost: Double { seconds / Quantile.median(bareSeconds) - 1 }
  /// Median seconds to the first text's results.
  package var firstResult: Double { Quantile.median(firstResultSeconds) }

  /// Returns the share of the threads' time that one kind of work takes, over all runs.
  package func share(_ phase: RunTiming.Phase) -> Double {
    runs.reduce(0) { $0 + $1[phase] } / threadSeconds
  }

  /// Share of the threads' time spent waiting for each other.
  package var idleShare: Double { runs.reduce(0) { $0 + $1.idle } / threadSeconds }

  private var threadSeconds: Double { runs.reduce(0) { $0 + $1.wall * Double($1.threads) } }
}

/// Point of the cost curve: texts of one length through some of the blocks.
package struct CurvePoint: Sendable {
  /// Independent variable of a curve.
  package enum Curve: String, Sendable, CaseIterable { case tokens, textLength, blocks }

  package let curve: Curve
  package let precision: Precision
  package let texts, textLength, blocks: Int
  /// Seconds of observed runs.
  package internal(set) var runSeconds: [Double] = []
  /// Seconds of runs without an observer; only for the curve of text lengths.
  package internal(set) var bareRunSeconds: [Double] = []
  /// Peak resident memory of the process, in bytes.
  package internal(set) var peakBytes = 0

  package var tokens: Int { texts * textLength }
  /// Median seconds of an observed run.
  package var seconds: Double { Quantile.median(runSeconds) }
  /// Median seconds of a run without an observer.
  package var bareSeconds: Double? { bareRunSeconds.isEmpty ? nil : Quantile.median(bareRunSeconds) }
  /// Tokens per second through one block.
  package var blockTokensPerSecond: Double { Double(tokens * blocks) / seconds }
  /// Nanoseconds per token and block.
  package var nanoseconds: Double { seconds / Double(tokens * blocks) * 1e9 }
  /// Nanoseconds per token and block without an observer.
  package var bareNanoseconds: Double? { bareSeconds.map { $0 / Double(tokens * blocks) * 1e9 } }
}
