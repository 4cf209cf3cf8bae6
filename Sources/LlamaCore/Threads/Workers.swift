import Foundation
import Synchronization

/// Splits loops over a fixed number of threads. What a task computes never depends on which worker runs it.
package struct Workers: Sendable {
  /// How many threads work at once, the caller's among them.
  let count: Int
  private let team: WorkerTeam?

  /// - Parameter isStanding: the threads wait for short loops that follow each other, see ``WorkerTeam``.
  package init(_ count: Int, isStanding: Bool = false) {
    self.count = max(1, count)
    team = isStanding && count > 1 ? WorkerTeam(helpers: count - 1) : nil
  }

  /// Runs `body` once for every task, in no particular order. `worker` in `0..<count` names scratch space that
  /// no other task uses at the same time. After a task has failed no other begins, and its error is thrown.
  package func forEach<Failure: Error>(
    _ tasks: Int, _ body: (_ task: Int, _ worker: Int) throws(Failure) -> Void
  ) throws(Failure) {
    if count == 1 || tasks < 2 {
      for task in 0..<max(0, tasks) { try body(task, 0) }
      return
    }
    let failure = Mutex<Failure?>(nil)
    let hasFailed = Atomic(false)
    func attempt(_ task: Int, _ worker: Int) {
      if hasFailed.load(ordering: .relaxed) { return }
      do throws(Failure) {
        try body(task, worker)
      } catch {
        failure.withLock { $0 = $0 ?? error }
        hasFailed.store(true, ordering: .relaxed)
      }
    }
    if let team {
      team.forEach(tasks, attempt)
    } else {
      let next = Atomic(0)
      withoutActuallyEscaping(attempt) { attempt in
        nonisolated(unsafe) let attempt = attempt
        DispatchQueue.concurrentPerform(iterations: min(count, tasks)) { worker in
          while true {
            let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if task >= tasks { return }
            attempt(task, worker)
          }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// What `body` makes of every task, in the order of the tasks.
  package func map<Result>(_ tasks: Int, _ body: (_ task: Int) -> Result) -> [Result] {
    // An empty array is the same object everywhere, and this initializer writes to it: a race, if one of equal values.
    guard tasks > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: tasks) { buffer, count in
      let results = buffer
      forEach(tasks) { task, _ in results.initializeElement(at: task, to: body(task)) }
      count = tasks
    }
  }

  /// Runs `body` over bands of at most `height` rows that together are `0..<rows`.
  func forEachBand(of rows: Int, height: Int = 32, _ body: (_ rows: Range<Int>, _ worker: Int) -> Void) {
    forEach((rows + height - 1) / height) { band, worker in
      body(band * height..<min(rows, (band + 1) * height), worker)
    }
  }
}
