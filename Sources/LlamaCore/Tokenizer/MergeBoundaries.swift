/// Places in a text that no merge can cross, known from the scalars on both sides.
///
/// A SentencePiece-style model has no pre-tokenizer: a book is one piece. But a merge joins a left token's last
/// scalar with a right token's first, and few such pairs occur: in Llama 2 nothing but `▁` ever precedes `▁`
/// inside a token. So the text falls apart into words that are merged one by one, with the same result.
struct MergeBoundaries: Sendable {
  /// For each scalar below `SymbolTable.directLimit`: 0 where a merge may join it to (nearly) any scalar before
  /// it, else 1 + the index of its list in `joined`.
  private var codes: [UInt8] = []
  /// Scalars that some merge joins to the scalar after them.
  private var joined: [[Int]] = []

  /// A longer list would cost more than it saves.
  private static let listLimit = 8

  /// No boundaries: what every byte-level model and every model that merges stand-ins for scalars has.
  init() {}

  /// Boundaries before scalars that have a token of their own, by the texts of all merges; and before scalars that byte
  /// tokens stand for, such as a line feed in Llama 2, which no merge touches.
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

  /// The first boundary after the scalar at `start`, or `end`.
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
