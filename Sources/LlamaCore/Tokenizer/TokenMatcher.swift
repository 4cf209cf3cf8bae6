/// Finds the longest of a set of patterns at every position of a text, in linear time for any patterns.
///
/// An Aho–Corasick automaton of the reversed patterns reads backwards: in the state after reading the byte at `i`, the
/// longest reversed pattern that ends there is the longest pattern that starts at `i`.
struct TokenMatcher: Sendable {
  /// Length of the longest pattern in bytes.
  private(set) var longest = 0
  /// `state << 8 | byte` → next state, for the edges of the trie; state 0 is the root.
  private var edges = IntegerHashMap()
  /// Next state from the root, 0 for the root itself.
  private var first = [Int32](repeating: 0, count: 256)
  /// State of the longest proper suffix of the bytes read.
  private var failure: [Int32] = [0]
  /// Longest pattern that starts where a state is reached, or -1.
  private var longestText: [Int32] = [-1]

  /// Creates a matcher of `texts`, which are distinct and not empty; results give their indices.
  init(_ texts: [[UInt8]]) {
    /// Parent and byte of each state, in the order of depth below.
    var parents: [(state: Int, byte: UInt8)] = [(0, 0)]
    var depths = [0]
    for (index, text) in texts.enumerated() {
      longest = max(longest, text.count)
      var state = 0
      for byte in text.reversed() {
        if let next = step(state, byte) {
          state = next
        } else {
          let next = parents.count
          edges.set(UInt64(next), for: UInt64(state) << 8 | UInt64(byte))
          if state == 0 { first[Int(byte)] = Int32(truncatingIfNeeded: next) }
          parents.append((state, byte))
          depths.append(depths[state] + 1)
          longestText.append(-1)
          state = next
        }
      }
      longestText[state] = Int32(truncatingIfNeeded: index)
    }
    failure = Array(repeating: 0, count: parents.count)
    for state in parents.indices.dropFirst().sorted(by: { depths[$0] < depths[$1] }) {
      let (parent, byte) = parents[state]
      if parent != 0 { failure[state] = Int32(truncatingIfNeeded: next(Int(failure[parent]), byte)) }
      if longestText[state] < 0 { longestText[state] = longestText[Int(failure[state])] }
    }
  }

  private func step(_ state: Int, _ byte: UInt8) -> Int? {
    edges.value(for: UInt64(truncatingIfNeeded: state) << 8 | UInt64(byte)).map { Int(truncatingIfNeeded: $0) }
  }

  private func next(_ state: Int, _ byte: UInt8) -> Int {
    var state = state
    while state != 0 {
      if let next = step(state, byte) { return next }
      state = Int(failure[state])
    }
    return Int(first[Int(byte)])
  }

  /// Appends, from right to left, every position in `range` where a pattern starts, with the longest such pattern.
  func appendMatches(
    in bytes: Span<UInt8>, startingIn range: Range<Int>, to matches: inout [(start: Int, text: Int)]
  ) {
    let first = first.span
    var state = 0
    var index = min(range.upperBound + longest, bytes.count)
    while index > range.lowerBound {
      index -= 1
      let byte = bytes[index]
      if state == 0 {
        state = Int(first[Int(byte)])
        if state == 0 { continue }
      } else {
        state = next(state, byte)
      }
      let text = Int(longestText[state])
      if text >= 0, index < range.upperBound { matches.append((index, text)) }
    }
  }
}

/// Iterates over the matches in a text: each the leftmost after the previous one, and the longest there.
struct TokenMatchCursor {
  /// Number of bytes searched at once; matches in them are kept until used.
  private static let windowSize = 1 << 16

  private var windowEnd = 0
  private var position = 0
  private var found: [(start: Int, text: Int)] = []

  /// Returns the next match in `bytes`, which must be the same at every call. `lengths` are those of the matcher's
  /// patterns.
  mutating func next(
    in bytes: Span<UInt8>, by matcher: TokenMatcher, lengths: [Int]
  ) -> (range: Range<Int>, text: Int)? {
    while true {
      while let (start, text) = found.popLast() {
        if start >= position {
          position = start + lengths[text]
          return (start..<position, text)
        }
      }
      let start = max(windowEnd, position)
      if start >= bytes.count { return nil }
      windowEnd = min(start + max(Self.windowSize, 4 * matcher.longest), bytes.count)
      matcher.appendMatches(in: bytes, startingIn: start..<windowEnd, to: &found)
    }
  }
}
