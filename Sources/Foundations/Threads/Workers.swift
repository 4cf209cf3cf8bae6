import Foundation
import Synchronization

/// Splits loops over a fixed number of threads. The result of a task never depends on the worker that runs it.
package struct Workers: Sendable {
  /// Number of concurrent threads, including the caller's.
  package let count: Int
  private let team: WorkerTeam?

  /// - Parameter keepsThreadsSpinning: true if threads stay ready for a series of short loops, see ``WorkerTeam``.
  package init(_ count: Int, keepsThreadsSpinning: Bool = false) {
    self.count = max(1, count)
    team = keepsThreadsSpinning && count > 1 ? WorkerTeam(helpers: count - 1) : nil
  }

  /// Runs `body` once for every task, in no particular order. `worker` in `0..<count` identifies scratch space that no
  /// other task uses at the same time.
  ///
  /// `body` is not `@Sendable`, because its use is to write to disjoint parts of shared buffers, which the compiler cannot
  /// check: every class of a forward pass would have to be `@unchecked Sendable`, also where it is checked now.
  package func forEach(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    if count == 1 || tasks < 2 {
      for task in 0..<max(0, tasks) { body(task, 0) }
    } else if let team {
      team.forEach(tasks, body)
    } else {
      let next = Atomic(0)
      withoutActuallyEscaping(body) { body in
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: min(count, tasks)) { worker in
          while true {
            let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if task >= tasks { return }
            body(task, worker)
          }
        }
      }
    }
  }

  /// As above. After a task has failed no other task starts, and its error is thrown.
  @inlinable package func forEach<Failure: Error>(
    _ tasks: Int, _ body: (_ task: Int, _ worker: Int) throws(Failure) -> Void
  ) throws(Failure) {
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
    forEach(tasks, attempt)
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Returns the results of `body` for every task, in the order of the tasks.
  @inlinable package func map<Result>(_ tasks: Int, _ body: @Sendable (_ task: Int) -> Result) -> [Result] {
    // All empty arrays share one object, to which this initializer writes: a data race, although of equal values.
    guard tasks > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: tasks) { buffer, count in
      let results = buffer
      forEach(tasks) { task, _ in results.initializeElement(at: task, to: body(task)) }
      count = tasks
    }
  }

  /// Runs `body` over bands of at most `height` rows that cover `0..<rows`.
  package func forEachBand(of rows: Int, height: Int = 32, _ body: (_ rows: Range<Int>, _ worker: Int) -> Void) {
    forEach((rows + height - 1) / height) { band, worker in
      body(band * height..<min(rows, (band + 1) * height), worker)
    }
  }
}
