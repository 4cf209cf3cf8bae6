import Foundation

/// Time of the workers of a run by phase, and the bytes of the weights they have read, accumulated per worker without
/// a lock.
final class PhaseClock: @unchecked Sendable {
  /// Slots per worker, two cache lines.
  private static let stride = 16
  /// The slot of the bytes, behind those of the phases.
  private static let bytes = stride - 1
  private let slots: UnsafeMutablePointer<UInt64>
  private let workers: Int
  private let start = monotonicNanoseconds()

  init(workers: Int) {
    self.workers = workers
    slots = .allocate(capacity: workers * Self.stride)
    slots.initialize(repeating: 0, count: workers * Self.stride)
  }

  deinit { slots.deallocate() }

  /// Runs `body` and records its time. Calls must not be nested.
  @inline(__always)
  func time<Result, Failure: Error>(
    _ phase: RunTiming.Phase, _ worker: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = monotonicNanoseconds()
    defer { slots[worker * Self.stride + phase.rawValue] &+= monotonicNanoseconds() &- before }
    return try body()
  }

  /// Counts bytes of a weight that a worker has read and converted for a product.
  func count(weightBytes: Int, _ worker: Int) {
    slots[worker * Self.stride + Self.bytes] &+= UInt64(truncatingIfNeeded: weightBytes)
  }

  /// The time recorded so far.
  var timing: RunTiming {
    let wall = Double(monotonicNanoseconds() &- start) * 1e-9
    let bytes = (0..<workers).reduce(0) { $0 &+ slots[$1 * Self.stride + Self.bytes] }
    let seconds = RunTiming.Phase.allCases.map { phase in
      (0..<workers).reduce(0.0) { $0 + Double(slots[$1 * Self.stride + phase.rawValue]) * 1e-9 }
    }
    return RunTiming(
      seconds: seconds, wall: wall, threads: workers, weightBytes: Int(truncatingIfNeeded: bytes))
  }
}

/// Returns monotonic time in nanoseconds; a call takes about 20.
private func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}
