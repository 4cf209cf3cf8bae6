extension Mutator {
  /// Numbers at the edges of what integers and floating point hold.
  static let numbers: [[UInt8]] = [
    "0", "1", "2", "3", "7", "-0", "-1", "255", "256", "65535", "65536", "1048576", "2097151", "2097152", "2147483647",
    "2147483648", "4294967295", "4294967296", "9007199254740993", "1099511627776", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "1.5", "0.1", "1e3", "1e308", "1e999", "-1e999", "1e-999", "5e-324", "01", "1.", ".5",
    "1e", "0x10", "NaN", "nan", "inf", "-inf", "Infinity", "1_000", "٣", "１",
    "123456789012345678901234567890123456789012345678901234567890",
  ].map { Array($0.utf8) }

  /// What means something to one of the formats, and what ought to mean nothing.
  static let words: [[UInt8]] =
    [
      "null", "true", "false", "{}", "[]", "\"\"", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\n", "\\u0000",
      "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\uFFFF", "\\q", "/", "..", "../x", "/etc/passwd", "~", "*", "**", "?",
      "[a-", "[!", "[]]", "#", "#0", "#1", "#2", "+", ".", "=", " ", "\t", "\n", "\r", "\r\n", "\u{0}", "\u{1}",
      "\u{7F}",
      "\u{85}", "\u{A0}", "\u{301}", "e\u{301}", "é", "\u{17F}", "İ", "ß", "▁", "Ġ", "\u{2028}", "\u{FEFF}", "\u{FFFD}",
      "😀", "\u{10FFFF}", "한국", "<s>", "<unk>", "<0x0A>", "<0xFF>", "<|begin|>", "__metadata__", "weight_map", "text",
      "type", "Sequence", "ByteLevel", "Metaspace", "Replace", "Prepend", "Strip", "Split", "Digits", "dtype", "shape",
      "F32", "BF16", "F4", "F6_E2M3", "'s", "'LL", "kb", "GiB", "\u{130}b",
    ].map { Array($0.utf8) } + [
      // Not UTF-8: a lone continuation, a lone lead, overlong, a surrogate, beyond U+10FFFF; then a byte order mark.
      [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82],
      [0xEF, 0xBB, 0xBF],
    ]
}
