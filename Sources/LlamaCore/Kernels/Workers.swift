import Foundation
import Synchronization

/// Splits loops over a fixed number of threads. What a task computes never depends on which worker runs it.
package struct Workers: Sendable {
  /// How many threads work at once, the caller's among them.
  let count: Int

  package init(_ count: Int) { self.count = max(1, count) }

  /// Runs `body` once for every task, in no particular order. `worker` in `0..<count` names scratch space that
  /// no other task uses at the same time.
  package func forEach(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    if count == 1 || tasks < 2 {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
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
