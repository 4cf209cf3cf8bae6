import LlamaCore
public import Profiler

extension RunRecord {
  /// The rows of a text in a scope: a value for each of the run's metrics and blocks.
  public struct Rows {
    fileprivate let cells: [Double]
    fileprivate let start: Int
    /// From a metric's values to those of the next.
    fileprivate let stride: Int

    /// The value of the run's `metric`-th metric at its `block`-th block, both from 0.
    public subscript(metric: Int, block: Int) -> Double { cells[start + metric * stride + block] }

    /// Whether the values of every standard metric, which come first, are finite at a block: such rows enter the
    /// statistics, as in `summary.csv`.
    func isCounted(block: Int) -> Bool { Metric.standard.indices.allSatisfy { self[$0, block].isFinite } }
  }

  /// Hands over every text that has rows in a scope, one at a time, in the order of the corpus.
  ///
  /// - Parameter body: takes the place of the text's domain, the text and its rows.
  /// - Throws: `FileError` where the rows cannot be read back, and what `body` throws.
  public func forEachText(
    _ scope: Scope, _ body: (_ domain: Int, _ text: Text, _ rows: Rows) throws -> Void
  ) throws {
    let columns = columns(of: scope)
    let stride = spool.chunkRows * spool.width
    try forEachChunk(columns) { domain, text, cells, row in
      guard text.hasRows(scope) else { return }
      try body(domain, text, Rows(cells: cells, start: row * spool.width, stride: stride))
    }
  }

  /// One metric of the texts of every domain. A text whose value is not finite at a block, or that has no rows in the
  /// scope, is left out, and so is one of fewer than `minimumTokens` tokens.
  ///
  /// - Throws: `FileError` where the rows cannot be read back.
  public func samples(_ metric: Metric, _ scope: Scope, minimumTokens: Int = 0) throws -> [DomainSample] {
    var values = domains.map { _ in [[Double]]() }
    if let column = metrics.firstIndex(of: metric) {
      let first = columns(of: scope).lowerBound + column
      try forEachChunk(first..<first + 1) { domain, text, cells, row in
        guard text.tokens >= minimumTokens, text.hasRows(scope) else { return }
        let cells = cells[row * spool.width..<(row + 1) * spool.width]
        if cells.allSatisfy(\.isFinite) { values[domain].append(Array(cells)) }
      }
    }
    return zip(domains, values).map { DomainSample(name: $0.name, values: $1) }
  }

  private func columns(of scope: Scope) -> Range<Int> {
    let place = Scope.allCases.firstIndex(of: scope) ?? 0
    return place * metrics.count..<(place + 1) * metrics.count
  }

  /// Goes through the texts with some columns of the chunk that each is in, and its row there.
  private func forEachChunk(
    _ columns: Range<Int>, _ body: (_ domain: Int, _ text: Text, _ cells: [Double], _ row: Int) throws -> Void
  ) throws {
    var cells: [Double] = []
    var row = 0
    for (domain, texts) in domains.map(\.texts).enumerated() {
      for text in texts {
        if row % spool.chunkRows == 0 { cells = try spool.read(columns, chunk: row / spool.chunkRows) }
        try body(domain, text, cells, row % spool.chunkRows)
        row += 1
      }
    }
  }
}
