/// What a block did to the passages of a wave, to be shown to an observer.
struct Traces {
  let layer: Int
  private let sites: LayerSites
  private let wave: Wave
  private let passages: [Passage]
  private let hidden: Int
  private let activations: Activations
  private let workers: Workers
  private let clock: PhaseClock

  init(
    layer: Int, sites: LayerSites, _ wave: Wave, _ passages: [Passage], _ hidden: Int, _ activations: Activations,
    _ workers: Workers, _ clock: PhaseClock
  ) {
    self.layer = layer
    self.sites = sites
    self.wave = wave
    self.passages = passages
    self.hidden = hidden
    self.activations = activations
    self.workers = workers
    self.clock = clock
  }

  /// One text after the other, on this thread.
  func show(_ observer: inout some LayerObserver) throws {
    for slot in wave.slots {
      try clock.time(.observer, 0) { try withTrace(of: slot) { try observer.observe($0) } }
    }
  }

  /// Examined by all workers, then gathered in the order of the texts on this thread.
  func show<Observer: ConcurrentLayerObserver>(_ observer: inout Observer) throws {
    let results = Results<Result<Observer.Finding, any Error>>(count: wave.slots.count)
    let examine = observer.examine
    // The longest first, so that none of them is left to the end.
    let order = wave.slots.indices.sorted { wave.slots[$0].rows.count > wave.slots[$1].rows.count }
    workers.forEach(order.count) { task, worker in
      let slot = wave.slots[order[task]]
      clock.time(.observer, worker) {
        results[order[task]] = Result { try withTrace(of: slot) { try examine($0) } }
      }
    }
    try clock.time(.observer, 0) {
      for (index, slot) in wave.slots.enumerated() {
        guard let finding = results[index] else { continue }
        let passage = passages[slot.passage]
        try observer.gather(finding.get(), layer: layer, text: passage.text, positions: passage.positions)
      }
    }
  }

  private func withTrace<Value>(of slot: Wave.Slot, _ body: (borrowing BlockTrace) throws -> Value) throws -> Value {
    let range = slot.rows.lowerBound * hidden..<slot.rows.upperBound * hidden
    func wanted(_ site: LayerSites) -> Range<Int> { sites.contains(site) ? range : 0..<0 }
    let passage = passages[slot.passage]
    let trace = BlockTrace(
      layer: layer, text: passage.text, positions: passage.positions, hiddenSize: hidden,
      residualBefore: activations.residual.span(wanted(.residualBefore)),
      attention: activations.attention.span(wanted(.attention)), mlp: activations.mlp.span(wanted(.mlp)),
      residualAfter: activations.next.span(wanted(.residualAfter)))
    return try body(trace)
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
