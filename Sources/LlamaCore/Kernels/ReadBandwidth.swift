/// How fast this machine reads memory: what the speed of decoding is held against.
package enum ReadBandwidth {
  /// Bytes that are read: more than caches hold.
  private static let byteCount = 512 << 20
  /// Bytes of a task, as long as what a step of decoding reads at once.
  private static let taskBytes = 1 << 20

  /// 10⁹ bytes a second that `threads` threads read together from memory of the process, in each of some runs.
  package static func measure(threads: Int, runs: Int) -> [Double] {
    let memory = PageMemory(byteCount: byteCount)
    // A page that was never written to is not there.
    memory.address.initializeMemory(as: UInt8.self, repeating: 1, count: byteCount)
    let workers = Workers(threads, isStanding: true)
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

  /// Sums the floats of a task.
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
