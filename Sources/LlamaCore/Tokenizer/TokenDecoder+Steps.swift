extension TokenDecoder {
  static func apply(_ step: Step, to tokens: [[UInt8]]) -> [[UInt8]] {
    switch step {
    case .byteLevel: [bytes(spelledBy: tokens)]
    case .byteFallback: joiningByteTokens(tokens)
    case .fuse: [Array(tokens.joined())]
    case .replace(let pattern, let content):
      tokens.map { token in
        var text = token
        var origin = 0
        TextNormalizer(steps: [.replace(pattern: pattern, content: content)]).apply(to: &text, originBytes: &origin)
        return text
      }
    case .strip(let scalar, let start, let stop):
      tokens.map { strip(Array(scalar.utf8), from: $0, start: start, stop: stop) }
    case .metaspace(let replacement, let stripsFirst):
      tokens.enumerated().map { index, token in
        var text = token
        var origin = 0
        let content: [UInt8] = index == 0 && stripsFirst ? [] : [0x20]
        TextNormalizer(steps: [.replace(pattern: Array(replacement.utf8), content: content)])
          .apply(to: &text, originBytes: &origin)
        return text
      }
    }
  }

  /// Returns the bytes of all tokens, as valid UTF-8. A token that spells no bytes is kept verbatim.
  private static func bytes(spelledBy tokens: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for token in tokens where !ByteAlphabet.appendBytes(of: token.span, to: &bytes) { bytes += token }
    return Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// Replaces runs of tokens like `<0xE2>` by their bytes, or by U+FFFD each if these are not valid UTF-8.
  private static func joiningByteTokens(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var output: [[UInt8]] = []
    var run: [UInt8] = []
    func finishRun() {
      if run.isEmpty { return }
      if String(validating: run, as: UTF8.self) != nil {
        output.append(run)
      } else {
        output.append(contentsOf: repeatElement(Array("\u{FFFD}".utf8), count: run.count))
      }
      run = []
    }
    for token in tokens {
      if let byte = byte(of: token) {
        run.append(byte)
      } else {
        finishRun()
        output.append(token)
      }
    }
    finishRun()
    return output
  }

  /// Returns the byte that a token of the form `<0x4F>` names.
  static func byte(of token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
  }

  private static func strip(_ scalar: [UInt8], from token: [UInt8], start: Int, stop: Int) -> [UInt8] {
    var rest = token[...]
    var count = 0
    while count < start, rest.starts(with: scalar) {
      rest = rest.dropFirst(scalar.count)
      count += 1
    }
    count = 0
    while count < stop, rest.suffix(scalar.count).elementsEqual(scalar) {
      rest = rest.dropLast(scalar.count)
      count += 1
    }
    return Array(rest)
  }
}
