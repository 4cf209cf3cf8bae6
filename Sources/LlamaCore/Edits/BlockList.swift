/// Lists of block indices as text: `0-11,16-29`.
package enum BlockList {
  /// Maximum number of indices in a list, above that of the blocks of any model.
  private static let limit = 100_000

  /// Returns the indices in the order of the text; nil if it is not a list of numbers and ascending ranges.
  package static func indices(_ text: some StringProtocol) -> [Int]? {
    var indices: [Int] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = piece.split(separator: "-", omittingEmptySubsequences: false).map { index($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
        last - first < limit - indices.count
      else { return nil }
      indices += first...last
    }
    return indices
  }

  /// Returns a number of at most six decimal digits.
  static func index(_ text: some StringProtocol) -> Int? {
    let digits = text.utf8
    guard (1...6).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Returns the shortest text of the indices: runs of two and more as ranges.
  package static func text(_ indices: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for index in indices {
      if let last = runs.last, last.upperBound + 1 == index {
        runs[runs.count - 1] = last.lowerBound...index
      } else {
        runs.append(index...index)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
