/// Changes that leave a document JSON, where it was.
extension Mutator {
  mutating func changeValue(_ bytes: inout [UInt8]) {
    guard let value = value(in: bytes, from: below(bytes.count + 1)) else { return }
    switch below(6) {
    case 0: bytes.replaceSubrange(value, with: Self.values[below(Self.values.count)])
    case 1: bytes.replaceSubrange(value, with: Self.numbers[below(Self.numbers.count)])
    case 2:
      let other = anySeed()
      if let range = self.value(in: other, from: below(other.count + 1)) {
        bytes.replaceSubrange(value, with: other[range])
      }
    case 3:
      // Two values of the document change places.
      guard let other = self.value(in: bytes, from: below(bytes.count + 1)), !other.overlaps(value) else { return }
      let (first, second) = value.lowerBound < other.lowerBound ? (value, other) : (other, value)
      let (head, tail) = (Array(bytes[first]), Array(bytes[second]))
      bytes.replaceSubrange(second, with: head)
      bytes.replaceSubrange(first, with: tail)
    case 4:
      // The value again, as the next element or member.
      var start = value.lowerBound
      if start > 0, bytes[start - 1] == UInt8(ascii: ":") {
        while start > 0, bytes[start - 1] != UInt8(ascii: ","), bytes[start - 1] != UInt8(ascii: "{") { start -= 1 }
      }
      bytes.insert(contentsOf: bytes[start..<value.upperBound] + [UInt8(ascii: ",")], at: start)
    default:
      let depth = 1 << below(9)
      bytes.insert(contentsOf: repeatElement(UInt8(ascii: "]"), count: depth), at: value.upperBound)
      bytes.insert(contentsOf: repeatElement(UInt8(ascii: "["), count: depth), at: value.lowerBound)
    }
  }

  /// A value that begins behind the next `:`, `,` or `[` from `start` on, however broken the document is.
  private func value(in bytes: [UInt8], from start: Int) -> Range<Int>? {
    let opening = bytes[start...].firstIndex {
      $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[")
    }
    guard let opening else { return nil }
    var first = opening + 1
    while first < bytes.count, bytes[first] <= 0x20 { first += 1 }
    var depth = 0
    var isString = false
    var index = first
    while index < bytes.count {
      let byte = bytes[index]
      if isString {
        if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isString = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return first..<index }
          depth -= 1
        case UInt8(ascii: ","): if depth == 0 { return first..<index }
        default: break
        }
      }
      index += 1
    }
    return first..<bytes.count
  }

  private static let values: [[UInt8]] = [
    "null", "true", "false", "{}", "[]", "\"\"", "\"a\"", "[0]", "[1,2]", "[[]]", "{\"a\":1}", "{\"type\":null}",
    "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"▁\"", "\" \"", "\"..\"", "\"model.safetensors\"", "\"F32\"", "\"BF16\"",
    "\"BPE\"", "\"ByteLevel\"", "\"Metaspace\"", "\"first\"", "\"always\"", "\"Sequence\"", "\"Isolated\"",
    "\"llama3\"",
    "\"linear\"", "\"default\"", "\"llama\"",
  ].map { Array($0.utf8) }
}
