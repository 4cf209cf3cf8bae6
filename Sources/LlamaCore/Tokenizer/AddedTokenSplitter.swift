/// Splits a text into added tokens and the text between them, from left to right.
struct AddedTokenSplitter {
  enum Piece {
    case token(TokenID)
    /// Text between tokens; open if its continuation is not known yet.
    case text(Range<Int>, isOpen: Bool)
  }

  private var cursor = TokenMatchCursor()
  /// End of the returned pieces.
  private var end = 0
  /// Token after the last returned text.
  private var pending: TokenID?
  private var isFinished = false
  /// White space stripped by a token, remembered so that it is not scanned again for every token inside it.
  private var stripped = 0..<0

  /// Returns the next piece of `bytes`, which must be the same at every call, or nil at its end. No text piece is
  /// empty.
  ///
  /// If `bytes` is open, the beginning of a text, the pieces are those of the whole text: the last one, an open one,
  /// ends before any bytes that the rest of the text could turn into a token.
  mutating func next(in bytes: Span<UInt8>, by group: AddedVocabulary.Group?, isOpen: Bool) -> Piece? {
    if let id = pending {
      pending = nil
      return .token(id)
    }
    // The last position at which a token may start whose end and following scalar are known.
    let decidable = bytes.count - (isOpen && group != nil ? (group?.matcher.longest ?? 0) + 4 : 0)
    if let group {
      while let match = cursor.next(in: bytes, by: group.matcher, lengths: group.lengths) {
        if match.range.lowerBound >= decidable { break }
        let token = group.tokens[match.text]
        if token.isSingleWord, Self.touchesWord(match.range, in: bytes) { continue }
        var (start, stop) = (match.range.lowerBound, match.range.upperBound)
        if token.stripsLeft { start = whiteSpaceStart(in: bytes, before: start) }
        if token.stripsRight { stop = whiteSpaceEnd(in: bytes, after: stop) }
        // A token that strips to its left vanishes if the previous token has stripped all of it. One that does not
        // strip to its left remains, and the text after it is text again.
        if token.stripsLeft, start >= stop { continue }
        let text = end..<max(start, end)
        end = stop
        if text.isEmpty { return .token(token.id) }
        pending = token.id
        return .text(text, isOpen: false)
      }
    }
    if isFinished { return nil }
    isFinished = true
    var last = bytes.count
    if isOpen, let group {
      last = bytes.scalarStart(atOrBefore: max(decidable, 0))
      if group.tokens.contains(where: \.stripsLeft) { last = whiteSpaceStart(in: bytes, before: last) }
    }
    return end < last ? .text(end..<last, isOpen: isOpen) : nil
  }

  private static func touchesWord(_ range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
    let flags = ScalarClasses.flags
    func isWord(_ scalar: DecodedScalar) -> Bool { flags[scalar.value] & ScalarClasses.word != 0 }
    return range.lowerBound > 0 && isWord(bytes.scalar(before: range.lowerBound))
      || range.upperBound < bytes.count && isWord(bytes.scalar(at: range.upperBound))
  }

  /// Returns the start of the white space before `index`, excluding white space of an earlier piece; after `index` if
  /// an earlier piece has stripped that.
  private func whiteSpaceStart(in bytes: Span<UInt8>, before index: Int) -> Int {
    let flags = ScalarClasses.flags
    var start = index
    while start > end {
      let scalar = bytes.scalar(before: start)
      if flags[scalar.value] & ScalarClasses.space == 0 { break }
      start -= scalar.length
    }
    return max(start, end)
  }

  private mutating func whiteSpaceEnd(in bytes: Span<UInt8>, after index: Int) -> Int {
    if stripped.contains(index) { return stripped.upperBound }
    let flags = ScalarClasses.flags
    var end = index
    while end < bytes.count {
      let scalar = bytes.scalar(at: end)
      if flags[scalar.value] & ScalarClasses.space == 0 { break }
      end += scalar.length
    }
    stripped = index..<end
    return end
  }
}
