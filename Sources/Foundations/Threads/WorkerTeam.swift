import Foundation
import Synchronization

/// Persistent threads for loops so short that waking a thread would take longer: a step of decoding runs some eighty of
/// them in the time it takes to read the weights, and 30 µs each, as measured with `concurrentPerform`, would be a
/// twentieth of it.
///
/// Idle threads spin, yielding, then sleep. The caller finishes the remaining tasks and closes the loop rather than
/// wait for a late helper.
final class WorkerTeam: Sendable {
  private let shared = SharedState()

  /// - Parameter helpers: number of threads besides the caller's.
  init(helpers: Int) {
    for worker in 1..<max(1, helpers + 1) {
      Thread.detachNewThread { [shared] in
        Thread.current.name = "llama worker \(worker)"
        shared.help(worker)
      }
    }
  }

  deinit { shared.stop() }

  /// Runs `body` once for every task, like ``Workers/forEach(_:_:)``. Not thread-safe.
  func forEach(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) { shared.run(tasks, body) }

  /// State shared by caller and helpers; helpers do not retain the team.
  private final class SharedState: @unchecked Sendable {
    /// Loop number, odd while a loop is open, above ``bits`` lower bits that count the helpers inside.
    private let state = Atomic(0)
    private let nextTask = Atomic(0)
    private let isStopped = Atomic(false)
    private let sleepers = Atomic(0)
    private let condition = NSCondition()
    /// Number of tasks of the open loop. Written before it opens, and only after all helpers have left the previous
    /// one.
    private var tasks = 0
    private var body: ((_ task: Int, _ worker: Int) -> Void)?

    private static let bits = 16
    /// Number of spins between yields.
    private static let spinsPerYield = 256
    /// Nanoseconds of spinning before a helper sleeps: longer than the work of a step between two loops.
    private static let spinNanoseconds: UInt64 = 200_000

    func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
      withoutActuallyEscaping(body) { body in
        self.tasks = tasks
        self.body = body
        nextTask.store(0, ordering: .relaxed)
        state.wrappingAdd(1 << Self.bits, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
        work(0, body)
        state.wrappingAdd(1 << Self.bits, ordering: .acquiringAndReleasing)
        while !haveHelpersLeft() { sched_yield() }
        self.body = nil
      }
    }

    func help(_ worker: Int) {
      var last = 0
      while !isStopped.load(ordering: .relaxed) {
        guard let loop = openLoop(after: last) else { continue }
        last = loop
        guard join(loop) else { continue }
        if let body { work(worker, body) }
        state.wrappingSubtract(1, ordering: .releasing)
      }
    }

    func stop() {
      isStopped.store(true, ordering: .sequentiallyConsistent)
      wake()
    }

    /// Returns true if no helper remains in the closed loop.
    private func haveHelpersLeft() -> Bool {
      for _ in 0..<Self.spinsPerYield where state.load(ordering: .acquiring) & (1 << Self.bits - 1) == 0 { return true }
      return false
    }

    private func work(_ worker: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
      let tasks = tasks
      while true {
        let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
        if task >= tasks { return }
        body(task, worker)
      }
    }

    /// Returns an open loop other than `last`; nil after a sleep.
    private func openLoop(after last: Int) -> Int? {
      let deadline = DispatchTime.now().uptimeNanoseconds + Self.spinNanoseconds
      repeat {
        for _ in 0..<Self.spinsPerYield {
          let loop = state.load(ordering: .relaxed) >> Self.bits
          if loop != last, loop & 1 == 1 { return loop }
        }
        sched_yield()
      } while DispatchTime.now().uptimeNanoseconds < deadline
      sleep(after: last)
      return nil
    }

    /// Enters the loop; returns false if it is already closed.
    private func join(_ loop: Int) -> Bool {
      var found = state.load(ordering: .relaxed)
      while found >> Self.bits == loop {
        let (isExchanged, original) = state.compareExchange(
          expected: found, desired: found + 1, ordering: .acquiring)
        if isExchanged { return true }
        found = original
      }
      return false
    }

    private func sleep(after last: Int) {
      condition.lock()
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      // From here on a thread that opens a loop sees a sleeper, and signals once the lock is free.
      let loop = state.load(ordering: .sequentiallyConsistent) >> Self.bits
      if loop == last || loop & 1 == 0, !isStopped.load(ordering: .sequentiallyConsistent) { condition.wait() }
      sleepers.wrappingSubtract(1, ordering: .relaxed)
      condition.unlock()
    }

    private func wake() {
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }
  }
}
