/// Positions in a text that no merge can cross, determined by the scalars on both sides.
///
/// A SentencePiece-style model has no pre-tokenizer: a book is one piece. But a merge joins a left token's last scalar
/// with a right token's first, and few such pairs occur: in Llama 2 only `▁` ever precedes `▁` inside a token. So the
/// text separates into words that are merged independently, with the same result.
struct MergeBoundaries: Sendable {
  /// For each scalar below `SymbolTable.directLimit`: 0 if a merge may join it to (nearly) any scalar before it, else 1
  /// + the index of its list in `joined`.
  private var codes: [UInt8] = []
  /// Scalars that some merge joins to the scalar after them.
  private var joined: [[Int]] = []

  /// Maximum length of a list; longer ones cost more than they save.
  private static let listLimit = 8

  /// Creates an empty set of boundaries, for byte-level models and models that merge substitutes for scalars.
  init() {}

  /// Finds boundaries before scalars with their own token, from the texts of all merges, and before scalars represented
  /// by byte tokens, such as a line feed in Llama 2, which no merge contains.
  init(merges: MergeList, symbols: SymbolTable) {
    var before: [Int: Set<Int>] = [:]
    for index in 0..<merges.count {
      let (left, right) = merges.texts(at: index)
      let scalar = merges.bytes.scalar(at: right.lowerBound).value
      guard scalar < symbols.scalars.count, (before[scalar]?.count ?? 0) <= Self.listLimit else { continue }
      before[scalar, default: []].insert(merges.bytes.scalar(before: left.upperBound).value)
    }
    codes = Array(repeating: 0, count: symbols.scalars.count)
    joined = [[]]
    for scalar in codes.indices where symbols.scalars[scalar] >= 0 || symbols.coversEverything {
      let list = before[scalar] ?? []
      if list.isEmpty {
        codes[scalar] = 1
      } else if list.count <= Self.listLimit, joined.count < 255 {
        joined.append(list.sorted())
        codes[scalar] = UInt8(joined.count)
      }
    }
  }

  /// Returns the first boundary after the scalar at `start`, or `end`.
  func nextBoundary(in bytes: Span<UInt8>, after start: Int, to end: Int) -> Int {
    guard !codes.isEmpty else { return end }
    let codes = codes.span
    var previous = bytes.scalar(at: start)
    var index = start + previous.length
    while index < end {
      let scalar = bytes.scalar(at: index)
      if scalar.value < codes.count {
        let code = codes[scalar.value]
        if code > 0, !joined[Int(code) - 1].contains(previous.value) { return index }
      }
      previous = scalar
      index += scalar.length
    }
    return end
  }
}
