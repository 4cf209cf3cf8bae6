import LlamaCore
import Profiler

/// Benchmark of profiling and decoding a model, in speed and memory, together with the speed of the machine as a
/// reference, in one process.
package struct Bench {
  let model: LlamaModel
  private let corpus: TokenizedCorpus
  let plan: BenchPlan
  private let openSeconds: Double
  let clock = ContinuousClock()

  /// - Parameters:
  ///   - corpus: texts to profile; see ``BenchTexts``.
  ///   - openSeconds: seconds it took to open the model, which are part of a user's waiting time.
  package init(model: LlamaModel, corpus: TokenizedCorpus, plan: BenchPlan, openSeconds: Double) {
    self.model = model
    self.corpus = corpus
    self.plan = plan
    self.openSeconds = openSeconds
  }

  /// Measures everything.
  /// - Parameter progress: called with the completed fraction and the current task.
  /// - Throws: `RunError` and ``ProfileError``.
  package func run(progress: @escaping (_ fraction: Double, _ work: String) -> Void) throws -> BenchReport {
    var report = BenchReport()
    let points = plan.points(model.spec)
    let profiles = try plan.precisions.map { precision in
      ProfileFigures(
        precision: precision, library: .fastest(for: precision),
        plan: try model.plan(corpus.lengths, options: plan.options(precision)))
    }
    let tracker = Tracker(total: try total(profiles, points), progress: progress)
    progress(0, "matrix products")
    report.products = measureProducts()
    for figures in profiles {
      var figures = try measure(figures, tracker)
      if let best = report.fastest(figures.library, figures.precision) {
        figures.peakAfterwards = measureProducts(best.library, best.precision, best.columns, best.inputs)
          .map(\.gigaflops).max()
      }
      report.profiles.append(figures)
    }
    tracker.show(0, "decoding")
    report.decoding = try measureDecoding()
    for point in points { report.points.append(try measure(point, tracker)) }
    return report
  }

  /// Measures CBLAS and oneDNN at the shapes of the model's MLP, in the precisions of the bench; CBLAS in every
  /// precision, as the common reference.
  private func measureProducts() -> [MatmulPeak.Measurement] {
    let (hidden, inner) = (model.spec.hiddenSize, model.spec.blocks.first?.mlp.intermediateSize ?? 0)
    return MatrixLibrary.allCases.flatMap { library in
      Precision.allCases.filter { plan.precisions.contains($0) || library == .cblas }.flatMap { precision in
        [(inner, hidden), (hidden, inner)].flatMap { measureProducts(library, precision, $0, $1) }
      }
    }
  }

  private func measureProducts(
    _ library: MatrixLibrary, _ precision: Precision, _ columns: Int, _ inputs: Int
  ) -> [MatmulPeak.Measurement] {
    MatmulPeak.measure(
      library, precision, columns: columns, inputs: inputs, threads: plan.threads, runs: plan.isShort ? 3 : 7)
  }

  private func measure(_ figures: ProfileFigures, _ tracker: Tracker) throws -> ProfileFigures {
    var figures = figures
    let options = plan.options(figures.precision)
    let all = model.spec.layerCount
    let step = Tracker.weight(figures.plan, figures.precision)
    // Warm-up: compiling kernels and loading the weights into the cache would otherwise be charged to the first run.
    // The first blocks use the same kernels as all blocks.
    tracker.show(0, "\(figures.precision.rawValue), first run")
    _ = try runBare(corpus, blocks: plan.isShort ? min(all, BenchPlan.curveBlocks) : all, options)
    tracker.advance(step)
    PeakMemory.reset()
    for run in 0..<plan.runs {
      let name = "\(figures.precision.rawValue), run \(run + 1) of \(plan.runs)"
      // Alternates the order, so that a machine that slows down favours neither.
      for isObserved in run % 2 == 0 ? [false, true] : [true, false] {
        tracker.show(0, name)
        if isObserved {
          let result = try runObserved(corpus, blocks: all, options) { tracker.show(step * $0, name) }
          figures.runs.append(result.timing)
          figures.firstResultSeconds.append(openSeconds + result.firstResult)
        } else {
          figures.bareSeconds.append(try runBare(corpus, blocks: all, options).wall)
        }
        tracker.advance(step)
      }
    }
    figures.peakBytes = PeakMemory.bytes
    return figures
  }

  private func measure(_ point: CurvePoint, _ tracker: Tracker) throws -> CurvePoint {
    var point = point
    let options = plan.options(point.precision)
    let texts = BenchTexts.equal(point.textLength, count: point.texts, model.spec)
    let step = Tracker.weight(try model.plan(texts.lengths, blocks: point.blocks, options), point.precision)
    let name = "\(point.precision.rawValue), \(point.texts) × \(point.textLength) tokens, blocks: \(point.blocks)"
    tracker.show(0, name)
    let start = clock.now
    PeakMemory.reset()
    // Slow points are measured once: disturbances of a run are short.
    while point.runSeconds.count < plan.runs, point.runSeconds.isEmpty || clock.now - start < .seconds(1) {
      if point.curve == .textLength {
        point.bareRunSeconds.append(try runBare(texts, blocks: point.blocks, options).wall)
      }
      let result = try runObserved(texts, blocks: point.blocks, options) { tracker.show(step * $0, name) }
      point.runSeconds.append(result.timing.wall)
    }
    point.peakBytes = PeakMemory.bytes
    tracker.advance(step)
    return point
  }

  private func runObserved(
    _ texts: TokenizedCorpus, blocks: Int, _ options: RunOptions, progress: @escaping (Double) -> Void
  ) throws -> (timing: RunTiming, firstResult: Double) {
    let start = clock.now
    var first: Duration?
    var timing: RunTiming?
    let profiler = CorpusProfiler(corpus: texts, layerCount: blocks)
    _ = try profiler.profile(
      sink: { _ in first = first ?? clock.now - start }, progress: { progress($0.fraction) },
      pass: { timing = try model.run($0, blocks: blocks, options: options, observer: &$1) })
    // A corpus without texts is rejected earlier.
    guard let timing, let first else { throw ProfileError.unfinished(texts: texts.textCount, finished: 0) }
    return (timing, first / .seconds(1))
  }

  private func runBare(_ texts: TokenizedCorpus, blocks: Int, _ options: RunOptions) throws -> RunTiming {
    var nobody = Nobody()
    return try model.run(
      texts.domains.flatMap { $0.texts.map(\.tokens) }, blocks: blocks, options: options, observer: &nobody)
  }

  private func total(_ profiles: [ProfileFigures], _ points: [CurvePoint]) throws -> Double {
    let runs = profiles.reduce(0) { $0 + Double(2 * plan.runs + 1) * Tracker.weight($1.plan, $1.precision) }
    return try points.reduce(runs) { sum, point in
      let lengths = [Int](repeating: point.textLength, count: point.texts)
      let run = try model.plan(lengths, blocks: point.blocks, plan.options(point.precision))
      return sum + Tracker.weight(run, point.precision)
    }
  }
}

/// Progress of the bench, in operations.
private final class Tracker {
  private let total: Double
  private let progress: (Double, String) -> Void
  private var done = 0.0

  init(total: Double, progress: @escaping (Double, String) -> Void) {
    self.total = total
    self.progress = progress
  }

  /// Returns the operations of a run; those in bfloat16 count half, as they take half the time.
  static func weight(_ plan: RunPlan, _ precision: Precision) -> Double {
    plan.operations * (precision == .bfloat16 ? 0.5 : 1)
  }

  /// Reports the current task, with `started` of its operations completed.
  func show(_ started: Double, _ work: String) { progress(min(1, (done + started) / total), work) }

  func advance(_ step: Double) { done += step }
}

/// Counterpart of ``NoObserver`` for a run through some of the blocks.
private struct Nobody: ConcurrentLayerObserver {
  func sites(at layer: Int) -> LayerSites { [] }
  var measure: @Sendable (_ block: borrowing BlockTrace) throws -> Void { { _ in } }
  mutating func collect(_ measurement: Void, layer: Int, text: Int, positions: Range<Int>) {}
}

extension TokenizedCorpus {
  /// Number of tokens of each text.
  fileprivate var lengths: [Int] { domains.flatMap { $0.texts.map(\.tokens.count) } }
}
