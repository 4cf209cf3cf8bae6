import Foundation
import Synchronization

/// Threads that stay between loops, for loops so short that waking a thread would take longer than they do: a step of
/// decoding runs some eighty of them in the time it takes to read the weights, and 30 µs each, as measured with
/// `concurrentPerform`, would be a twentieth of it.
///
/// A thread that has nothing to do looks for work for a while, letting others have the processor, and then sleeps. Nobody
/// waits for a thread that has not come: the caller does what is left and closes the loop.
final class WorkerTeam: Sendable {
  private let desk = Desk()

  /// - Parameter helpers: threads beside the caller's.
  init(helpers: Int) {
    for worker in 1..<max(1, helpers + 1) {
      Thread.detachNewThread { [desk] in
        Thread.current.name = "llama worker \(worker)"
        desk.help(worker)
      }
    }
  }

  deinit { desk.stop() }

  /// Runs `body` once for every task, as ``Workers/forEach(_:_:)`` does. Not from two threads at once.
  func forEach(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) { desk.run(tasks, body) }

  /// What caller and helpers share; the helpers do not keep the team alive.
  private final class Desk: @unchecked Sendable {
    /// A number that is odd while a loop is open, and the count of helpers in it in the lower ``bits``.
    private let state = Atomic(0)
    private let nextTask = Atomic(0)
    private let isStopped = Atomic(false)
    private let sleepers = Atomic(0)
    private let bell = NSCondition()
    /// The open loop's: written before it opens, and not before all helpers have left the one before.
    private var tasks = 0
    private var body: ((_ task: Int, _ worker: Int) -> Void)?

    private static let bits = 16
    /// Looks at the state between two offers of the processor to others.
    private static let looks = 256
    /// Nanoseconds of looking before a helper sleeps: longer than what a step does between two loops.
    private static let patience: UInt64 = 200_000

    func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
      withoutActuallyEscaping(body) { body in
        self.tasks = tasks
        self.body = body
        nextTask.store(0, ordering: .relaxed)
        state.wrappingAdd(1 << Self.bits, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { ring() }
        work(0, body)
        state.wrappingAdd(1 << Self.bits, ordering: .acquiringAndReleasing)
        while !isLeft() { sched_yield() }
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
      ring()
    }

    /// No helper is in the loop that was closed.
    private func isLeft() -> Bool {
      for _ in 0..<Self.looks where state.load(ordering: .acquiring) & (1 << Self.bits - 1) == 0 { return true }
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

    /// An open loop other than `last`; nil after a sleep.
    private func openLoop(after last: Int) -> Int? {
      let deadline = DispatchTime.now().uptimeNanoseconds + Self.patience
      repeat {
        for _ in 0..<Self.looks {
          let loop = state.load(ordering: .relaxed) >> Self.bits
          if loop != last, loop & 1 == 1 { return loop }
        }
        sched_yield()
      } while DispatchTime.now().uptimeNanoseconds < deadline
      sleep(after: last)
      return nil
    }

    /// Enters the loop, unless it is closed by now.
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
      bell.lock()
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      // Whoever opens a loop from here on sees a sleeper, and rings once the lock is free.
      let loop = state.load(ordering: .sequentiallyConsistent) >> Self.bits
      if loop == last || loop & 1 == 0, !isStopped.load(ordering: .sequentiallyConsistent) { bell.wait() }
      sleepers.wrappingSubtract(1, ordering: .relaxed)
      bell.unlock()
    }

    private func ring() {
      bell.lock()
      bell.broadcast()
      bell.unlock()
    }
  }
}
