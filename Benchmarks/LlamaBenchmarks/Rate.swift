import Benchmark

/// What a benchmark does in a second, as a metric beside its time.
enum Rate: String {
  case floatingPointOperations = "GFLOP/s"
  case elements = "Melements/s"
  case bytes = "kB/s"
  case tensors = "Tensors/s"
  case tokens = "Tokens/s"

  /// How many of what is counted make one of the unit.
  private var unit: Double {
    switch self {
    case .floatingPointOperations: 1e9
    case .elements: 1e6
    case .bytes: 1e3
    case .tensors, .tokens: 1
    }
  }

  private var metric: BenchmarkMetric { .custom(rawValue, polarity: .prefersLarger, useScalingFactor: false) }

  /// Adds a benchmark of `body`.
  ///
  /// - Parameters:
  ///   - rounds: calls that are timed together, where one is too short for the clock.
  ///   - setup: makes what `body` needs, untimed, and says how much of what is counted one call does.
  ///   - teardown: clears up.
  ///   - body: what is measured. An error here or in `setup` is printed in place of figures.
  func add<Input>(
    _ name: String, rounds: BenchmarkScalingFactor = .one, setup: @escaping () throws -> (input: Input, amount: Int),
    teardown: @escaping () throws -> Void = {}, body: @escaping (Input) throws -> Void
  ) {
    // Fixed units, so that the figures of two runs stand in the same ones.
    let configuration = Benchmark.Configuration(
      metrics: Benchmark.defaultConfiguration.metrics + [metric],
      timeUnits: rounds == .one ? .microseconds : .nanoseconds, units: [metric: .count], scalingFactor: rounds)
    Benchmark(name, configuration: configuration) { (benchmark, prepared: (input: Input, amount: Int)) throws in
      let duration = try ContinuousClock().measure {
        for _ in benchmark.scaledIterations { try body(prepared.input) }
      }
      let amount = Double(prepared.amount * rounds.rawValue) / unit
      benchmark.measurement(metric, Int((amount / (duration / .seconds(1))).rounded()))
    } setup: {
      try setup()
    } teardown: {
      try teardown()
    }
  }
}
