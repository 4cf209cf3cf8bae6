import LlamaCore
public import Profiler
public import Statistics

extension LoadedRun {
  /// Rows of a text in a scope: a value for each of the run's metrics and blocks.
  public struct Rows {
    fileprivate let cells: [Double]
    fileprivate let start: Int
    /// Offset from the values of one metric to those of the next.
    fileprivate let stride: Int
    /// Number of the run's standard metrics.
    fileprivate let standard: Int

    /// Value of the run's `metric`-th metric at its `block`-th block, both counted from 0.
    public subscript(metric: Int, block: Int) -> Double { cells[start + metric * stride + block] }

    /// True if the values of the run's standard metrics, which come first, are finite at a block: such rows enter the
    /// statistics, as in `summary.csv`.
    func isCounted(block: Int) -> Bool { (0..<standard).allSatisfy { self[$0, block].isFinite } }
  }

  /// Passes every text that has rows in a scope to `body`, one at a time, in the order of the corpus.
  ///
  /// - Parameter body: receives the index of the text's domain, the text and its rows.
  /// - Throws: `FileError` if the rows cannot be read back; rethrows the errors of `body`.
  public func forEachText(
    _ scope: Scope, _ body: (_ domain: Int, _ text: Text, _ rows: Rows) throws -> Void
  ) throws {
    let columns = columns(of: scope)
    let stride = spool.chunkRows * spool.width
    let standard = metrics.count { $0.group == .standard }
    try forEachChunk(columns) { domain, text, cells, row in
      guard text.hasRows(scope) else { return }
      try body(domain, text, Rows(cells: cells, start: row * spool.width, stride: stride, standard: standard))
    }
  }

  /// Returns one metric of the distinct texts of every domain, with their groups. A text with a non-finite value at any
  /// block, or without rows in the scope, is left out. A metric of the text has no scope.
  ///
  /// - Throws: `FileError` if the rows cannot be read back.
  public func samples(_ metric: Metric, _ scope: Scope?) throws -> [DomainSample] {
    try samples(metric, scope) { _, _ in true }
  }

  /// As above, for the texts that `counts` selects; it receives the index of the domain.
  func samples(
    _ metric: Metric, _ scope: Scope?, counts: (_ domain: Int, _ text: Text) -> Bool
  ) throws -> [DomainSample] {
    var values = domains.map { _ in [[Double]]() }
    var groups = domains.map { _ in [Int]() }
    var lengths = groups
    try forEachValue(metric, scope) { domain, text, row in
      guard counts(domain, text) else { return }
      values[domain].append(row)
      if self.groups.areShared { groups[domain].append(text.group) }
      lengths[domain].append(text.tokens)
    }
    return domains.indices.map {
      DomainSample(name: domains[$0].name, values: values[$0], groups: groups[$0], lengths: lengths[$0])
    }
  }

  /// Passes the values of a metric by block to `body`, for every distinct text whose values are all finite.
  func forEachValue(
    _ metric: Metric, _ scope: Scope?, _ body: (_ domain: Int, _ text: Text, _ values: [Double]) throws -> Void
  ) throws {
    let list = metric.isOfText ? textMetrics : metrics
    guard let place = list.firstIndex(of: metric) else { return }
    let first = metric.isOfText ? Scope.allCases.count * metrics.count : scope.map { columns(of: $0).lowerBound }
    guard let first else { return }
    let width = metric.isOfText ? min(1, spool.width) : spool.width
    try forEachChunk(first + place..<first + place + 1) { domain, text, cells, row in
      guard !text.isCopy, scope.map(text.hasRows) ?? true else { return }
      let values = cells[row * spool.width..<row * spool.width + width]
      if values.allSatisfy(\.isFinite) { try body(domain, text, Array(values)) }
    }
  }

  private func columns(of scope: Scope) -> Range<Int> {
    let place = Scope.allCases.firstIndex(of: scope) ?? 0
    return place * metrics.count..<(place + 1) * metrics.count
  }

  /// Iterates over the texts with some columns of the chunk that contains each, and its row there.
  private func forEachChunk(
    _ columns: Range<Int>, _ body: (_ domain: Int, _ text: Text, _ cells: [Double], _ row: Int) throws -> Void
  ) throws {
    var cells: [Double] = []
    var row = 0
    // A pool has the texts of several domains, in the order of the corpus, like the rows.
    var next = domains.map { _ in 0 }
    for (count, place) in zip(textCounts, places) {
      for _ in 0..<count {
        if row % spool.chunkRows == 0 { cells = try spool.read(columns, chunk: row / spool.chunkRows) }
        if let place {
          try body(place, domains[place].texts[next[place]], cells, row % spool.chunkRows)
          next[place] += 1
        }
        row += 1
      }
    }
  }
}
