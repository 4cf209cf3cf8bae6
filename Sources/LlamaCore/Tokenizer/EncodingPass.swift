/// One call of `encode`: its output and its buffers. The tokenizer itself is never changed.
struct EncodingPass {
  private let tokenizer: Tokenizer
  private let flags = ScalarClasses.flags
  private(set) var output: EncodingBuffer
  private var workspace = MergeWorkspace()

  /// Minimum length of an open text to process, so that no lookahead of a few scalars reaches its end.
  private static let openMargin = 16

  init(_ tokenizer: Tokenizer, output: EncodingBuffer = EncodingBuffer()) {
    self.tokenizer = tokenizer
    self.output = output
  }

  mutating func append(_ ids: [TokenID]) { output.append(ids) }

  /// Appends the tokens of a text, which is valid UTF-8, without those of the template.
  ///
  /// If the text is open, the beginning of a longer one, only those tokens of the longer text are appended that do not
  /// depend on its continuation. Every step below maintains this.
  mutating func encode(_ text: Span<UInt8>, isOpen: Bool = false) {
    var splitter = AddedTokenSplitter()
    while !output.isFull, let piece = splitter.next(in: text, by: tokenizer.added.asGiven, isOpen: isOpen) {
      switch piece {
      case .token(let id): output.append(id)
      case .text(let range, let isOpen):
        normalize(text.extracting(range), isFirst: range.lowerBound == 0, isOpen: isOpen)
      }
    }
  }

  private mutating func normalize(_ text: Span<UInt8>, isFirst: Bool, isOpen: Bool) {
    var originBytes = isFirst ? text.scalar(at: 0).length : 0
    guard !tokenizer.normalizer.steps.isEmpty else {
      return splitNormalized(text, originBytes: originBytes, isOpen: isOpen)
    }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(text.count)
    for index in text.indices { buffer.append(text[index]) }
    var certainBytes = buffer.count
    tokenizer.normalizer.apply(to: &buffer, originBytes: &originBytes, certainBytes: &certainBytes)
    let end = isOpen ? buffer.span.scalarStart(atOrBefore: certainBytes) : buffer.count
    splitNormalized(buffer.span.extracting(0..<end), originBytes: originBytes, isOpen: isOpen)
  }

  private mutating func splitNormalized(_ text: Span<UInt8>, originBytes: Int, isOpen: Bool) {
    var splitter = AddedTokenSplitter()
    while !output.isFull, let piece = splitter.next(in: text, by: tokenizer.added.normalized, isOpen: isOpen) {
      switch piece {
      case .token(let id): output.append(id)
      case .text(let range, let isOpen):
        split(text, in: range, originBytes: originBytes, from: 0, isOpen: isOpen)
      }
    }
  }

  /// Runs the piece `range` through the pre-tokenizer's steps from `index` on, and the results through the model.
  private mutating func split(
    _ text: Span<UInt8>, in range: Range<Int>, originBytes: Int, from index: Int, isOpen: Bool
  ) {
    if isOpen, range.count <= Self.openMargin { return }
    guard index < tokenizer.preTokenizer.steps.count else {
      return tokenizer.model.encode(text, in: range, isOpen: isOpen, to: &output, using: &workspace)
    }
    let step = tokenizer.preTokenizer.steps[index]
    switch step {
    case .prefixSpace:
      if text[range.lowerBound] == UInt8(ascii: " ") {
        split(text, in: range, originBytes: originBytes, from: index + 1, isOpen: isOpen)
      } else {
        let isFirst = range.lowerBound < originBytes
        let origin = isFirst ? min(originBytes, range.upperBound) - range.lowerBound + 1 : 0
        let buffer = [UInt8(ascii: " ")] + text.bytes(in: range)
        split(buffer.span, in: buffer.indices, originBytes: origin, from: index + 1, isOpen: isOpen)
      }
    case .metaspace(let replacement, let prepends, let splits):
      let isFirst = range.lowerBound < originBytes
      let mark = Array(replacement.utf8)
      let starts = text.starts(with: mark, in: range) || text[range.lowerBound] == UInt8(ascii: " ")
      var buffer = text.bytes(in: range)
      var origin = isFirst ? min(originBytes, range.upperBound) - range.lowerBound : 0
      var steps: [TextNormalizer.Step] = [.replace(pattern: [UInt8(ascii: " ")], content: mark)]
      if !starts, prepends == .always || prepends == .first && isFirst { steps.append(.prepend(mark)) }
      TextNormalizer(steps: steps).apply(to: &buffer, originBytes: &origin)
      if splits {
        splitAtMarks(buffer.span, mark: mark, originBytes: origin, from: index + 1, isOpen: isOpen)
      } else {
        split(buffer.span, in: buffer.indices, originBytes: origin, from: index + 1, isOpen: isOpen)
      }
    case .words, .digits, .numbers:
      let flags = flags
      let decidable = isOpen ? Self.decidableEnd(text, in: range, flags: flags.span) : range.upperBound
      var start = range.lowerBound
      while start < range.upperBound, !output.isFull {
        let end = Self.pieceEnd(step, text, from: start, to: range.upperBound, flags: flags.span)
        if end > decidable {
          // Whatever the continuation, the piece ends at most one scalar before the end of the known text.
          let known = text.scalarStart(atOrBefore: max(start, min(end, range.upperBound - Self.openMargin)))
          return split(text, in: start..<max(start, known), originBytes: originBytes, from: index + 1, isOpen: true)
        }
        split(text, in: start..<end, originBytes: originBytes, from: index + 1, isOpen: false)
        start = end
      }
    }
  }

  /// Returns an offset such that a piece of the open `range` that ends at or before it ends there whatever the
  /// continuation: a scalar that is not white space ends every run of white space before it, and no other step looks
  /// ahead further than the length of a contraction.
  private static func decidableEnd(_ text: Span<UInt8>, in range: Range<Int>, flags: Span<UInt8>) -> Int {
    var end = text.scalarStart(atOrBefore: range.upperBound - openMargin)
    while end > range.lowerBound, flags[text.scalar(at: end).value] & ScalarClasses.space != 0 {
      end -= text.scalar(before: end).length
    }
    return end
  }

  @inline(__always)
  private static func pieceEnd(
    _ step: PreTokenizer.Step, _ text: Span<UInt8>, from start: Int, to end: Int, flags: Span<UInt8>
  ) -> Int {
    switch step {
    case .words(let pattern): pattern.pieceEnd(text, from: start, to: end, flags: flags)
    case .digits(let individually):
      digitsEnd(text, from: start, to: end, of: ScalarClasses.numeric, limit: individually ? 1 : .max, flags: flags)
    case .numbers(let limit):
      digitsEnd(text, from: start, to: end, of: ScalarClasses.number, limit: limit, flags: flags)
    case .prefixSpace, .metaspace: end
    }
  }

  /// Returns the end of a run of at most `limit` digits, or of non-digits.
  private static func digitsEnd(
    _ text: Span<UInt8>, from start: Int, to end: Int, of kind: UInt8, limit: Int, flags: Span<UInt8>
  ) -> Int {
    let first = text.scalar(at: start)
    let isDigit = flags[first.value] & kind != 0
    var index = start + first.length
    var count = 1
    while index < end, !isDigit || count < limit {
      let scalar = text.scalar(at: index)
      if (flags[scalar.value] & kind != 0) != isDigit { break }
      index += scalar.length
      count += 1
    }
    return index
  }

  /// Starts a piece at every mark. Of consecutive marks, each becomes a piece.
  private mutating func splitAtMarks(
    _ text: Span<UInt8>, mark: [UInt8], originBytes: Int, from index: Int, isOpen: Bool
  ) {
    var start = 0
    while start < text.count, !output.isFull {
      var end = start + text.scalar(at: start).length
      while end < text.count, !text.starts(with: mark, in: end..<text.count) { end += text.scalar(at: end).length }
      split(text, in: start..<end, originBytes: originBytes, from: index, isOpen: isOpen && end == text.count)
      start = end
    }
  }
}

extension Span<UInt8> {
  fileprivate func bytes(in range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for index in range { bytes.append(self[index]) }
    return bytes
  }

  fileprivate func starts(with prefix: [UInt8], in range: Range<Int>) -> Bool {
    range.count >= prefix.count && prefix.indices.allSatisfy { self[range.lowerBound + $0] == prefix[$0] }
  }
}
