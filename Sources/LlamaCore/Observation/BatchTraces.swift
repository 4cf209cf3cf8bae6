/// What a block did to the texts of a batch, to be shown to an observer. Its values end with the call that hands it over.
public struct BatchTraces {
  struct Text {
    /// What observers know the text by.
    let text: Int
    let positions: Range<Int>
  }

  private let layer: Int
  private let texts: [Text]
  private let workers: Workers
  private let clock: PhaseClock
  /// Calls `body` with what the block did to one of the texts.
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

  /// One text after the other, on this thread.
  func show(_ observer: inout some LayerObserver) throws {
    for index in texts.indices {
      try clock.time(.observer, 0) { try withTrace(index) { try observer.observe($0) } }
    }
  }

  /// Examined by all workers, then gathered in the order of the texts on this thread.
  func showConcurrently<Observer: ConcurrentLayerObserver>(_ observer: inout Observer) throws {
    let results = Results<Result<Observer.Finding, any Error>>(count: texts.count)
    let examine = observer.examine
    // The longest first, so that none of them is left to the end.
    let order = texts.indices.sorted { texts[$0].positions.count > texts[$1].positions.count }
    workers.forEach(order.count) { task, worker in
      let index = order[task]
      clock.time(.observer, worker) {
        do {
          try withTrace(index) { results[index] = .success(try examine($0)) }
        } catch {
          results[index] = .failure(error)
        }
      }
    }
    try clock.time(.observer, 0) {
      for (index, text) in texts.enumerated() {
        guard let finding = results[index] else { continue }
        try observer.gather(finding.get(), layer: layer, text: text.text, positions: text.positions)
      }
    }
  }
}

/// One place for each text, written by whoever examines it; no two tasks share a place.
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
