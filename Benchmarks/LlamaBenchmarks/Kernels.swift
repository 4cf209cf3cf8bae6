import Benchmark
@_spi(Benchmarks) import ProfileBench

/// The loops of a block and one tile of a matrix product, on one thread.
func addKernels() {
  for kernel in KernelBenchmarks.vectorKernels() { add(kernel, rounds: .kilo) }
  for kernel in KernelBenchmarks.products() { add(kernel, rounds: .one) }
}

private func add(_ kernel: KernelBenchmarks.Kernel, rounds: BenchmarkScalingFactor) {
  let (rate, amount): (Rate, Int) =
    switch kernel.work {
    case .elements(let count): (.elements, count)
    case .operations(let count): (.floatingPointOperations, count)
    }
  rate.add(kernel.name, rounds: rounds) {
    (kernel, amount)
  } body: {
    $0.run()
  }
}
