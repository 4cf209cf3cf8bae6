/// The ids of one call of `encode` so far, and its conditions for stopping early.
struct EncodingBuffer {
  private(set) var ids: [TokenID] = []
  /// Number of ids above which encoding stops.
  let limit: Int
  /// Maximum number of bytes that may have to be merged at once.
  let maximumSegmentBytes: Int
  /// The reason why the text has no ids.
  private(set) var refusal: TokenizerError?

  init(limit: Int = .max, maximumSegmentBytes: Int = .max) {
    self.limit = limit
    self.maximumSegmentBytes = maximumSegmentBytes
  }

  /// True if more text would not change the result.
  var isFull: Bool { ids.count > limit || refusal != nil }

  mutating func append(_ id: TokenID) { ids.append(id) }
  mutating func append(_ ids: [TokenID]) { self.ids.append(contentsOf: ids) }

  /// Returns true if the stretch `range` of `bytes` may be merged; otherwise records the refusal, which ends the
  /// encoding.
  mutating func accepts(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard range.count > maximumSegmentBytes else { return true }
    let head = bytes.extracting(range.lowerBound..<range.lowerBound + min(range.count, 256))
    refusal = .noPlaceToSplit(start: String(utf8: head), limit: maximumSegmentBytes)
    return false
  }
}
