/// One step of a ``TokenDecoder``, with its state from earlier tokens.
///
/// Up to the step that joins all tokens into one text (`Fuse`, `ByteLevel`), elements are whole tokens; after it they
/// are pieces of that text, which never end inside a scalar.
enum DecoderStage: Sendable {
  /// A step that processes each token separately.
  case eachToken(TokenDecoder.Step)
  /// One step for the first token, another for the others.
  case firstToken(TokenDecoder.Step, others: TokenDecoder.Step, isFirst: Bool)
  /// Tokens joined with spaces.
  case spaces(isFirst: Bool)
  /// The tokens of the current run of byte tokens.
  case byteFallback(run: [[UInt8]])
  /// Bytes that do not form a complete scalar yet.
  case byteLevel(rest: [UInt8])
  /// Replacement in the text; `rest` is the end of the text that begins the pattern.
  case replaceInText(pattern: [UInt8], content: [UInt8], rest: [UInt8])
  /// Stripping of the text; `start` more scalars are removed from the beginning, `end` holds those to be removed at the
  /// end.
  case stripText(scalar: [UInt8], start: Int, stop: Int, end: [UInt8])
  /// Holds everything until the end is known. `isText`: pieces of one text.
  case hold([TokenDecoder.Step], tokens: [[UInt8]], isText: Bool)

  /// Returns the stages of a decoder.
  static func stages(for decoder: TokenDecoder) -> [DecoderStage] {
    guard let steps = decoder.steps else { return [.spaces(isFirst: true)] }
    var stages: [DecoderStage] = []
    var isText = false
    for (index, step) in steps.enumerated() {
      switch (step, isText) {
      case (.fuse, _): isText = true
      case (.byteLevel, false):
        stages.append(.byteLevel(rest: []))
        isText = true
      case (.byteFallback, false): stages.append(.byteFallback(run: []))
      case (.replace, false), (.strip, false): stages.append(.eachToken(step))
      case (.metaspace(let replacement, _), false):
        let others = TokenDecoder.Step.replace(pattern: Array(replacement.utf8), content: [0x20])
        stages.append(.firstToken(step, others: others, isFirst: true))
      case (.replace(let pattern, let content), true):
        stages.append(.replaceInText(pattern: pattern, content: content, rest: []))
      case (.strip(let scalar, let start, let stop), true):
        stages.append(.stripText(scalar: Array(scalar.utf8), start: start, stop: stop, end: []))
      case (.byteLevel, true), (.byteFallback, true), (.metaspace, true):
        return stages + [.hold(Array(steps[index...]), tokens: [], isText: isText)]
      }
    }
    return stages
  }

  /// Takes more tokens; returns those that are final.
  mutating func push(_ tokens: [[UInt8]]) -> [[UInt8]] {
    if tokens.isEmpty { return [] }
    switch self {
    case .eachToken(let step): return TokenDecoder.apply(step, to: tokens)
    case .firstToken(let step, let others, let isFirst):
      guard isFirst else { return TokenDecoder.apply(others, to: tokens) }
      self = .firstToken(step, others: others, isFirst: false)
      return TokenDecoder.apply(step, to: [tokens[0]]) + TokenDecoder.apply(others, to: Array(tokens.dropFirst()))
    case .spaces(let isFirst):
      self = .spaces(isFirst: false)
      let text = Array(tokens.joined(separator: [0x20]))
      return [isFirst ? text : [0x20] + text]
    case .byteFallback(var run):
      // Moved out of the stage, so that appending copies nothing.
      self = .byteFallback(run: [])
      var settled: [[UInt8]] = []
      for token in tokens {
        if TokenDecoder.byte(of: token) != nil {
          run.append(token)
        } else {
          settled += TokenDecoder.apply(.byteFallback, to: run) + [token]
          run = []
        }
      }
      self = .byteFallback(run: run)
      return settled
    case .byteLevel(var rest):
      for token in tokens where !ByteAlphabet.appendBytes(of: token.span, to: &rest) { rest += token }
      let end = rest.count - Self.unfinished(rest)
      self = .byteLevel(rest: Array(rest[end...]))
      return [Array(String(decoding: rest[..<end], as: UTF8.self).utf8)]
    case .replaceInText(let pattern, let content, let rest):
      let (text, unsettled) = Self.replace(pattern, content, in: rest + tokens.joined())
      self = .replaceInText(pattern: pattern, content: content, rest: unsettled)
      return [text]
    case .stripText(let scalar, var start, let stop, let end):
      var text = Array(tokens.joined())[...]
      while start > 0, text.starts(with: scalar) {
        text = text.dropFirst(scalar.count)
        start -= 1
      }
      if !text.isEmpty { start = 0 }
      text = (end + text)[...]
      var held: [UInt8] = []
      for _ in 0..<stop where text.suffix(scalar.count).elementsEqual(scalar) {
        text = text.dropLast(scalar.count)
        held += scalar
      }
      self = .stripText(scalar: scalar, start: start, stop: stop, end: held)
      return [Array(text)]
    case .hold(let steps, var held, let isText):
      self = .hold(steps, tokens: [], isText: isText)
      held += tokens
      self = .hold(steps, tokens: held, isText: isText)
      return []
    }
  }

  /// Returns the remaining tokens at the end of the input.
  func finish() -> [[UInt8]] {
    switch self {
    case .eachToken, .firstToken, .spaces, .stripText: []
    case .byteFallback(let run): TokenDecoder.apply(.byteFallback, to: run)
    case .byteLevel(let rest): [Array(String(decoding: rest, as: UTF8.self).utf8)]
    case .replaceInText(_, _, let rest): [rest]
    case .hold(let steps, let tokens, let isText):
      steps.reduce(isText ? [Array(tokens.joined())] : tokens) { TokenDecoder.apply($1, to: $0) }
    }
  }

  /// Replaces the patterns of a text; also returns the end that could begin one.
  private static func replace(
    _ pattern: [UInt8], _ content: [UInt8], in text: [UInt8]
  ) -> (text: [UInt8], rest: [UInt8]) {
    var output: [UInt8] = []
    var index = 0
    while index < text.count {
      let rest = text[index...]
      if rest.starts(with: pattern) {
        output += content
        index += pattern.count
      } else if rest.count < pattern.count, pattern.starts(with: rest) {
        break
      } else {
        output.append(text[index])
        index += 1
      }
    }
    return (output, Array(text[index...]))
  }

  /// Returns the number of bytes at the end that more bytes could complete to a scalar (the Unicode Standard, table
  /// 3-7).
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let start = bytes.count - count
      let second = count > 1 ? bytes[start + 1] : nil
      func isValid(_ range: ClosedRange<UInt8>) -> Bool { second.map(range.contains) ?? true }
      switch bytes[start] {
      case 0x80...0xBF: continue
      case 0xC2...0xDF: return count < 2 ? count : 0
      case 0xE0: return count < 3 && isValid(0xA0...0xBF) ? count : 0
      case 0xED: return count < 3 && isValid(0x80...0x9F) ? count : 0
      case 0xE1...0xEF: return count < 3 ? count : 0
      case 0xF0: return isValid(0x90...0xBF) ? count : 0
      case 0xF4: return isValid(0x80...0x8F) ? count : 0
      case 0xF1...0xF3: return count
      default: return 0
      }
    }
    return 0
  }
}
