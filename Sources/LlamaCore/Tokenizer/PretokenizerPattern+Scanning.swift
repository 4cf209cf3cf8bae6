extension PretokenizerPattern {
  /// Returns the end of the piece that starts at `start`: the match of the expression there, with its alternatives in
  /// order.
  ///
  /// Every scalar is read at most three times over all pieces of a text, including white space.
  func pieceEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int, flags: Span<UInt8>) -> Int {
    let first = bytes[start]
    if first == UInt8(ascii: "'"), let end = contractionEnd(bytes, from: start, to: end) { return end }
    let scalar = bytes.scalar(at: start)
    let next = start + scalar.length
    let kind = flags[scalar.value]
    if kind & ScalarClasses.letter != 0 { return runEnd(bytes, from: next, to: end, of: ScalarClasses.letter, flags) }
    if kind & ScalarClasses.number != 0 { return digitsEnd(bytes, from: next, to: end, count: 1, flags) }

    let isSpace = first == UInt8(ascii: " ")
    if next < end, isSpace || lettersTakeAnyPrefix && first != 0x0A && first != 0x0D {
      let second = bytes.scalar(at: next)
      let kind = flags[second.value]
      let afterSecond = next + second.length
      if kind & ScalarClasses.letter != 0 {
        return runEnd(bytes, from: afterSecond, to: end, of: ScalarClasses.letter, flags)
      }
      if isSpace, kind & ScalarClasses.number != 0, digitsTakeSpace {
        return digitsEnd(bytes, from: afterSecond, to: end, count: 1, flags)
      }
      if isSpace, kind & Self.notSymbol == 0 { return symbolsEnd(bytes, from: afterSecond, to: end, flags) }
    }
    if kind & ScalarClasses.space == 0 { return symbolsEnd(bytes, from: next, to: end, flags) }
    return whiteSpaceEnd(bytes, from: start, to: end, flags)
  }

  private static var notSymbol: UInt8 { ScalarClasses.letter | ScalarClasses.number | ScalarClasses.space }

  @inline(__always)
  private func runEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int, of kind: UInt8, _ flags: Span<UInt8>) -> Int {
    var index = start
    while index < end {
      let scalar = bytes.scalar(at: index)
      if flags[scalar.value] & kind == 0 { break }
      index += scalar.length
    }
    return index
  }

  private func digitsEnd(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, count: Int, _ flags: Span<UInt8>
  ) -> Int {
    var index = start
    var count = count
    while index < end, count < digitLimit {
      let scalar = bytes.scalar(at: index)
      if flags[scalar.value] & ScalarClasses.number == 0 { break }
      index += scalar.length
      count += 1
    }
    return index
  }

  private func symbolsEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int, _ flags: Span<UInt8>) -> Int {
    var index = start
    while index < end {
      let scalar = bytes.scalar(at: index)
      if flags[scalar.value] & Self.notSymbol != 0 { break }
      index += scalar.length
    }
    if symbolsTakeLineEnds {
      while index < end, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 }
    }
    return index
  }

  /// Matches `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line end of the run; else up to the scalar before the next
  /// word, which that word may include; else all of it.
  private func whiteSpaceEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int, _ flags: Span<UInt8>) -> Int {
    var index = start
    var lastScalar = start
    var afterLineEnd = start
    while index < end {
      let scalar = bytes.scalar(at: index)
      if flags[scalar.value] & ScalarClasses.space == 0 { break }
      lastScalar = index
      index += scalar.length
      if scalar.value == 0x0A || scalar.value == 0x0D { afterLineEnd = index }
    }
    if splitsAtLineEnds, afterLineEnd > start { return afterLineEnd }
    return index == end || lastScalar == start ? index : lastScalar
  }

  /// Returns the end of `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` at the apostrophe at `start`.
  private func contractionEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    guard start + 1 < end else { return nil }
    let fold: UInt8 = contractions == .caseInsensitive ? 0x20 : 0
    switch bytes[start + 1] | fold {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      guard start + 2 < end, bytes[start + 2] | fold == UInt8(ascii: "e") else { return nil }
      return start + 3
    case UInt8(ascii: "l"):
      guard start + 2 < end, bytes[start + 2] | fold == UInt8(ascii: "l") else { return nil }
      return start + 3
    // U+017F, the long s, folds to s; no other scalar outside ASCII folds to one of these letters.
    case 0xC5 | fold where contractions == .caseInsensitive:
      guard start + 2 < end, bytes[start + 1] == 0xC5, bytes[start + 2] == 0xBF else { return nil }
      return start + 3
    default: return nil
    }
  }
}
