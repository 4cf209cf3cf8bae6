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

  /// Hands over every text that has rows in a scope, one at a time, domain by domain in the order of the corpus.
  ///
  /// - Parameter body: takes the place of the text's domain, the text and its rows.
  /// - Throws: `FileError` where the rows cannot be read back, and what `body` throws.
  public func forEachText(
    _ scope: Scope, _ body: (_ domain: Int, _ text: Text, _ rows: Rows) throws -> Void
  ) throws {
    let columns = columns(of: scope)
    let stride = spool.chunkRows * spool.width
    var cells: [Double] = []
    var held: Int?
    for (domain, texts) in domains.map(\.texts).enumerated() {
      for text in texts where text.hasRows(scope) {
        let chunk = text.row / spool.chunkRows
        if held != chunk {
          cells = try spool.read(columns, chunk: chunk)
          held = chunk
        }
        let rows = Rows(cells: cells, start: text.row % spool.chunkRows * spool.width, stride: stride)
        try body(domain, text, rows)
      }
    }
  }

  /// One metric of every text in a scope.
  struct Column {
    /// `[text][block]`, every text of the corpus.
    fileprivate var values: [Double] = []
    fileprivate let width: Int
    fileprivate let scope: Scope

    /// The values of a text, block by block; nil where it has no rows in the scope, or one is not finite.
    func finite(_ text: Text) -> [Double]? {
      guard text.hasRows(scope), (text.row + 1) * width <= values.count else { return nil }
      let values = values[text.row * width..<(text.row + 1) * width]
      return values.allSatisfy(\.isFinite) ? Array(values) : nil
    }
  }

  /// Reads one metric of every text: eight bytes for each text and block.
  ///
  /// - Throws: `FileError` where the rows cannot be read back.
  func column(_ metric: Metric, _ scope: Scope) throws -> Column {
    var column = Column(width: spool.width, scope: scope)
    guard let place = metrics.firstIndex(of: metric) else { return column }
    let first = columns(of: scope).lowerBound + place
    column.values.reserveCapacity(spool.rows * spool.width)
    for chunk in 0..<spool.chunks {
      column.values += try spool.read(first..<first + 1, chunk: chunk).prefix(spool.rows(of: chunk).count * spool.width)
    }
    return column
  }

  /// One metric of the texts of every domain. A text whose value is not finite at a block, or that has no rows in the
  /// scope, is left out, and so is one of fewer than `minimumTokens` tokens.
  ///
  /// - Throws: `FileError` where the rows cannot be read back.
  public func samples(_ metric: Metric, _ scope: Scope, minimumTokens: Int = 0) throws -> [DomainSample] {
    let column = try column(metric, scope)
    return domains.map { domain in
      let values = domain.texts.compactMap { $0.tokens >= minimumTokens ? column.finite($0) : nil }
      return DomainSample(name: domain.name, values: values)
    }
  }

  private func columns(of scope: Scope) -> Range<Int> {
    let place = Scope.allCases.firstIndex(of: scope) ?? 0
    return place * metrics.count..<(place + 1) * metrics.count
  }
}
