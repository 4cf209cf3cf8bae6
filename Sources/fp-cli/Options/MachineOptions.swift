import ArgumentParser
import Foundations
import LlamaCore

/// Number of threads.
struct ThreadOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of threads that compute; by default one per processor. Numerical results do not depend on it.",
      valueName: "n"))
  var threads: Int?

  func validate() throws {
    // Each thread has its own scratch memory.
    try checkCounts(["--threads": (threads, 1...1024)])
  }

  /// Number of threads, the default included.
  var count: Int { threads ?? RunOptions().threads }
}

/// Threads and memory.
struct MachineOptions: ParsableArguments {
  @OptionGroup var threading: ThreadOption

  @Option(
    help: ArgumentHelp(
      "Peak memory to stay within, such as 800MB or 2GiB; by default half of what is free. Numerical results do not depend on it.",
      valueName: "size"))
  var memoryLimit: ByteCount?

  var threads: Int { threading.count }
}

/// Precision of the matmuls.
struct PrecisionOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Precision of the matmuls: float32, or bfloat16 for more speed at about 1e-3 relative error.", valueName: "type"))
  var precision = Precision.float32

  func validate() throws { try Self.check(precision) }

  static func check(_ precision: Precision) throws {
    if let reason = precision.unavailableReason {
      throw ValidationError("--precision \(precision.rawValue): \(reason)")
    }
  }
}

extension RunOptions {
  init(_ precision: PrecisionOption, _ machine: MachineOptions) {
    self.init(precision: precision.precision, threads: machine.threads, memoryLimit: machine.memoryLimit?.bytes)
  }
}

extension Precision: ExpressibleByArgument {}
