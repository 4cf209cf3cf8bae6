/// Classification of Unicode scalars by the regular expressions of a tokenizer file: one byte of flags per scalar.
///
/// Swift's own Unicode properties follow the standard library's version of Unicode, so ids would change with the
/// toolchain. These flags are those of the Hugging Face library, extracted from it scalar by scalar.
enum ScalarClasses {
  /// `\p{L}` in a split pattern.
  static let letter: UInt8 = 1
  /// `\p{N}` in a split pattern.
  static let number: UInt8 = 2
  /// `\s` in all expressions.
  static let space: UInt8 = 4
  /// `\w` as used by `single_word` of an added token.
  static let word: UInt8 = 8
  /// Scalars that the `Digits` pre-tokenizer splits off.
  static let numeric: UInt8 = 16

  /// Flags of all scalars, indexed by value.
  static let flags: [UInt8] = {
    var flags: [UInt8] = []
    flags.reserveCapacity(0x110000)
    var current: UInt8 = 0
    for run in runs {
      flags.append(contentsOf: repeatElement(current, count: Int(run >> 5) - flags.count))
      current = UInt8(run & 31)
    }
    flags.append(contentsOf: repeatElement(current, count: 0x110000 - flags.count))
    return flags
  }()
}

/// One scalar of a UTF-8 text: its value and its length in bytes.
struct DecodedScalar {
  var value: Int
  var length: Int
}

extension Span<UInt8> {
  /// Returns the scalar that starts at `index` of this text, which must be valid UTF-8.
  @inline(__always)
  func scalar(at index: Int) -> DecodedScalar {
    let first = Int(self[index])
    if first < 0x80 { return DecodedScalar(value: first, length: 1) }
    let second = Int(self[index + 1]) & 0x3F
    if first < 0xE0 { return DecodedScalar(value: (first & 0x1F) << 6 | second, length: 2) }
    let third = Int(self[index + 2]) & 0x3F
    if first < 0xF0 { return DecodedScalar(value: (first & 0xF) << 12 | second << 6 | third, length: 3) }
    let fourth = Int(self[index + 3]) & 0x3F
    return DecodedScalar(value: (first & 7) << 18 | second << 12 | third << 6 | fourth, length: 4)
  }

  /// Returns the start of the scalar at `index` of this text, which must be valid UTF-8; the index of its end maps to
  /// itself.
  func scalarStart(atOrBefore index: Int) -> Int {
    var start = min(index, count)
    while start > 0, start < count, self[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// Returns the scalar that ends before `index` of this text, which must be valid UTF-8 and not start at `index`.
  func scalar(before index: Int) -> DecodedScalar {
    var start = index - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)
  }
}
