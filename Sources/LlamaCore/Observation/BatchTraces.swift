import Foundations

/// Results of a block for the texts of a batch, for an observer. The values are valid only during the call.
public struct BatchTraces {
  struct Text {
    /// Index of the text, as reported to observers.
    let text: Int
    let positions: Range<Int>
  }

  private let layer: Int
  private let texts: [Text]
  private let workers: Workers
  private let clock: PhaseClock
  /// Calls `body` with the results of the block for one of the texts.
  private let withTrace: (_ index: Int, _ body: (borrowing BlockTrace) throws -> Void) throws -> Void

  init(
    layer: Int, texts: [Text], _ workers: Workers, _ clock: PhaseClock,
    withTrace: @escaping (_ index: Int, _ body: (borrowing BlockTrace) throws -> Void) throws -> Void
  ) {
    self.layer = layer
    self.texts = texts
    self.workers = workers
    self.clock = clock
    self.withTrace = withTrace
  }

  /// Passes one text after the other to the observer, on this thread.
  func show(_ observer: inout some LayerObserver) throws {
    for index in texts.indices {
      try clock.time(.observer, 0) { try withTrace(index) { try observer.observe($0) } }
    }
  }

  /// Measures texts on all workers, then passes the measurements to the observer on this thread in the order of the texts.
  func showConcurrently<Observer: ConcurrentLayerObserver>(_ observer: inout Observer) throws {
    let results = Results<Result<Observer.Measurement, any Error>>(count: texts.count)
    let measure = observer.measure
    // The longest first, so that none of them is left to the end.
    let order = texts.indices.sorted { texts[$0].positions.count > texts[$1].positions.count }
    workers.forEach(order.count) { task, worker in
      let index = order[task]
      clock.time(.observer, worker) {
        do {
          try withTrace(index) { results[index] = .success(try measure($0)) }
        } catch {
          results[index] = .failure(error)
        }
      }
    }
    try clock.time(.observer, 0) {
      for (index, text) in texts.enumerated() {
        guard let measurement = results[index] else { continue }
        try observer.collect(measurement.get(), layer: layer, text: text.text, positions: text.positions)
      }
    }
  }
}

/// One slot per text, written by the task that measures it; no two tasks share a slot.
private final class Results<Value>: @unchecked Sendable {
  private let places: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: nil)
  }

  deinit {
    places.deinitialize()
    places.deallocate()
  }

  subscript(index: Int) -> Value? {
    get { places[index] }
    set { places[index] = newValue }
  }
}
