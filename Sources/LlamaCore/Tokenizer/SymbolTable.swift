/// The symbols of a piece before any merge: one token per byte or scalar, or its substitute.
struct SymbolTable: Sendable {
  /// Scalars below this limit are looked up by index; the others in the hash table.
  static let directLimit = 0x3000

  /// The token of each byte in a byte-level model, or -1.
  var bytes: [TokenID] = []
  /// The token of each scalar below `directLimit` in other models, or -1.
  var scalars: [TokenID] = []
  /// The tokens `<0x00>` … `<0xFF>`, or -1 each; empty without byte fallback.
  var fallback: [TokenID] = []
  var unknown: TokenID?
  /// True if adjacent unknown scalars become one unknown token.
  var fusesUnknown = false

  /// True if every byte and scalar has a token other than the unknown one.
  var coversEverything: Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 >= 0 } || !fallback.isEmpty && fallback.allSatisfy { $0 >= 0 }
  }

  func appendBytes(of text: Span<UInt8>, in range: Range<Int>, to ids: inout [TokenID]) {
    var isPending = false
    let bytes = bytes.span
    for index in range {
      let id = bytes[Int(text[index])]
      if id >= 0 {
        flush(&isPending, to: &ids)
        ids.append(id)
      } else {
        let spelling = Array(String(Unicode.Scalar(ByteAlphabet.scalars[Int(text[index])]) ?? "\u{FFFD}").utf8)
        appendUncovered(spelling.span, in: spelling.indices, pending: &isPending, to: &ids)
      }
    }
    flush(&isPending, to: &ids)
  }

  func appendScalars(of text: Span<UInt8>, in range: Range<Int>, from table: TokenTable, to ids: inout [TokenID]) {
    var isPending = false
    let scalars = scalars.span
    var index = range.lowerBound
    while index < range.upperBound {
      let scalar = text.scalar(at: index)
      let next = index + scalar.length
      let id =
        scalar.value < scalars.count
        ? scalars[scalar.value] : table.index(of: text, in: index..<next).map { table.ids[$0] } ?? -1
      if id >= 0 {
        flush(&isPending, to: &ids)
        ids.append(id)
      } else {
        appendUncovered(text, in: index..<next, pending: &isPending, to: &ids)
      }
      index = next
    }
    flush(&isPending, to: &ids)
  }

  /// Appends the bytes of a scalar without a token: their byte tokens if all exist, else the unknown token, else
  /// nothing.
  ///
  /// An unknown token is delayed until the next scalar that has a token, after any byte tokens in between: unusual, but
  /// the behaviour of the Hugging Face library.
  private func appendUncovered(
    _ text: Span<UInt8>, in range: Range<Int>, pending isPending: inout Bool, to ids: inout [TokenID]
  ) {
    if !fallback.isEmpty {
      let count = ids.count
      for index in range where fallback[Int(text[index])] >= 0 { ids.append(fallback[Int(text[index])]) }
      if ids.count - count == range.count { return }
      ids.removeSubrange(count...)
    }
    guard unknown != nil else { return }
    if !fusesUnknown { flush(&isPending, to: &ids) }
    isPending = true
  }

  @inline(__always)
  private func flush(_ isPending: inout Bool, to ids: inout [TokenID]) {
    guard isPending, let unknown else { return }
    ids.append(unknown)
    isPending = false
  }
}
