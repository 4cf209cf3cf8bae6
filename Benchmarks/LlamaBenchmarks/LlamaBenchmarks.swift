import Benchmark

/// What the runner calls to learn of the benchmarks.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock], warmupIterations: 2, maxDuration: .seconds(1), maxIterations: 1000)
  addKernels()
  addTokenizer()
  addFiles()
  addForwardPass()
}
