import Foundations

extension NegativeControl {
  /// Shares of one split.
  private struct Shares {
    var comparisons: Int, raw: Int, different: Int
  }

  /// Counts of a negative control. Each split is a family of its own: q-values over the columns of all parts, which are
  /// domains or pairs; a column of small q is different if its interval excludes 0.
  struct Counts {
    private let metrics: [Range<Int>]
    /// `[metric][split]`, without intervals.
    private var shares: [[Shares]] = []
    /// `[part][split]`: the columns of small q, whose intervals are still to be computed.
    private var open: [[[Int]]]

    /// - Parameters:
    ///   - metrics: columns of each metric.
    ///   - p: `[part][split][column]`.
    init(_ metrics: [Range<Int>], p: [[[Double]]], alpha: Double) {
      self.metrics = metrics
      open = p.map { _ in Array(repeating: [], count: SplitHalves.splits) }
      for columns in metrics {
        shares.append(
          (0..<SplitHalves.splits).map { split in
            let p = p.flatMap { part in columns.map { part[split][$0] } }
            let q = BenjaminiHochberg.adjust(p)
            for part in open.indices {
              let first = part * columns.count - columns.lowerBound
              open[part][split] += columns.filter { q[first + $0] < alpha }
            }
            return Shares(comparisons: p.count { !$0.isNaN }, raw: p.count { $0 < alpha }, different: 0)
          })
      }
    }

    /// Returns the control of each metric.
    ///
    /// - Parameter excluding: returns for each split those of the open columns of a part whose interval excludes 0.
    func controls(
      _ excluding: (_ part: Int, _ open: [[Int]]) throws(FileError) -> [[Int]]
    ) throws(FileError) -> [NegativeControl] {
      var shares = shares
      for (part, open) in open.enumerated() where open.contains(where: { !$0.isEmpty }) {
        for (split, columns) in try excluding(part, open).enumerated() {
          for (metric, range) in metrics.enumerated() {
            shares[metric][split].different += columns.count { range.contains($0) }
          }
        }
      }
      return shares.map(NegativeControl.init)
    }
  }

  private init(_ splits: [Shares]) {
    let comparisons = splits.reduce(0) { $0 + $1.comparisons }
    let total = Double(comparisons)
    self.init(
      comparisons: comparisons, rawShare: Double(splits.reduce(0) { $0 + $1.raw }) / total,
      differentShare: Double(splits.reduce(0) { $0 + $1.different }) / total)
  }
}
