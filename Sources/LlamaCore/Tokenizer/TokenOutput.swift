/// The ids that one call of `encode` has so far, and what ends it early.
struct TokenOutput {
  private(set) var ids: [TokenID] = []
  /// Nothing is encoded any more once there are more ids than this.
  let limit: Int
  /// The most bytes that may have to be merged at once.
  let stretchLimit: Int
  /// Why the text has no ids.
  private(set) var refusal: TokenizerError?

  init(limit: Int = .max, stretchLimit: Int = .max) {
    self.limit = limit
    self.stretchLimit = stretchLimit
  }

  /// True where more text would change nothing.
  var isFull: Bool { ids.count > limit || refusal != nil }

  mutating func append(_ id: TokenID) { ids.append(id) }
  mutating func append(_ ids: [TokenID]) { self.ids.append(contentsOf: ids) }

  /// Whether the stretch `range` of `bytes` may be merged. Where it may not, that is the end.
  mutating func accepts(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard range.count > stretchLimit else { return true }
    let head = bytes.extracting(range.lowerBound..<range.lowerBound + min(range.count, 256))
    refusal = .noPlaceToSplit(start: String(utf8: head), limit: stretchLimit)
    return false
  }
}
