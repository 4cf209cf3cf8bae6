extension LlamaModel {
  /// Logits of one text.
  public struct Logits: Sendable {
    /// Token positions of the rows.
    public let positions: Range<Int>
    /// Width of a row.
    public let vocabularySize: Int
    /// Row-major `[positions.count, vocabularySize]`.
    public let values: [Float]

    package init(positions: Range<Int>, vocabularySize: Int, values: [Float]) {
      self.positions = positions
      self.vocabularySize = vocabularySize
      self.values = values
    }

    /// Returns the row of `position`, which must be one of ``positions``: `vocabularySize` logits.
    public subscript(position: Int) -> ArraySlice<Float> { row(position - positions.lowerBound) }

    /// Returns the row at 0-based `index`, which must be below `positions.count`; its position is
    /// `positions.lowerBound + index`.
    public func row(_ index: Int) -> ArraySlice<Float> {
      values[index * vocabularySize..<(index + 1) * vocabularySize]
    }

    /// The token with the largest logit after the last position, the most likely next token. The lowest id among
    /// equals; NaN counts as the largest, as in PyTorch.
    public var argmax: TokenID { argmax(at: positions.upperBound - 1) }

    /// As above for `position`, which must be one of ``positions``.
    public func argmax(at position: Int) -> TokenID { top(1, at: position).first?.token ?? 0 }

    /// Returns the tokens with the largest logits after a position in descending order, the lowest id first among
    /// equals; NaN counts as the largest.
    /// - Parameters:
    ///   - count: number of tokens, at most the vocabulary.
    ///   - position: one of ``positions``; the last by default.
    public func top(_ count: Int, at position: Int? = nil) -> [(token: TokenID, logit: Float)] {
      var best: [(token: TokenID, logit: Float)] = []
      for (token, logit) in self[position ?? positions.upperBound - 1].enumerated() {
        // The common case: not among the largest.
        if let last = best.last, best.count >= count, !Self.isLarger(logit, last.logit) { continue }
        guard count > 0 else { break }
        if best.count == count { best.removeLast() }
        let place = best.lastIndex { !Self.isLarger(logit, $0.logit) }.map { $0 + 1 } ?? 0
        best.insert((TokenID(truncatingIfNeeded: token), logit), at: place)
      }
      return best
    }

    private static func isLarger(_ a: Float, _ b: Float) -> Bool { a > b || a.isNaN && !b.isNaN }
  }
}
