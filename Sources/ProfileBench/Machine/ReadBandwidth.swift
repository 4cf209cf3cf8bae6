import Foundations
import LlamaCore

/// Memory read bandwidth of this machine, the reference for the speed of decoding.
package enum ReadBandwidth {
  /// Number of bytes read, larger than any cache.
  private static let byteCount = 512 << 20
  /// Bytes per task, equal to what a decoding step reads at once.
  private static let taskBytes = 1 << 20

  /// Returns the speed in 10⁹ bytes per second at which `threads` threads together read the process's memory, for each
  /// of some runs.
  package static func measure(threads: Int, runs: Int) -> [Double] {
    let memory = PageMemory(byteCount: byteCount)
    // A page that was never written has no physical memory.
    memory.address.initializeMemory(as: UInt8.self, repeating: 1, count: byteCount)
    let workers = Workers(threads, keepsThreadsSpinning: true)
    let sums = FloatBuffer(workers.count * 64)
    let clock = ContinuousClock()
    return (0..<max(1, runs)).map { _ in
      let elapsed = clock.measure {
        workers.forEach(byteCount / taskBytes) { task, worker in
          sums.pointer[64 * worker] += sum(UnsafeRawPointer(memory.address) + task * taskBytes)
        }
      }
      return Double(byteCount) / (elapsed / .seconds(1)) * 1e-9
    }
  }

  /// Returns the sum of a task's floats.
  private static func sum(_ start: UnsafeRawPointer) -> Float {
    typealias Lanes = SIMD8<Float>
    var (a, b) = (Lanes.zero, Lanes.zero)
    for offset in stride(from: 0, to: taskBytes, by: 64) {
      a += (start + offset).loadUnaligned(as: Lanes.self)
      b += (start + offset + 32).loadUnaligned(as: Lanes.self)
    }
    return (a + b).sum()
  }
}
