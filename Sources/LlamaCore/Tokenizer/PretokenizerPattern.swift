/// The family of regular expressions by which byte-level tokenizers split words, as parameters of one scanner.
///
/// All of them match: a contraction, or letters with at most one scalar before them, or digits, or symbols with at most
/// one space before them, or white space. Known texts become a pattern here; an unknown one is refused, because a
/// general engine backtracks (forever, on a hostile pattern) and has another version of Unicode.
struct PretokenizerPattern: Equatable, Sendable {
  enum Contractions { case caseSensitive, caseInsensitive }

  var contractions: Contractions
  /// True if letters include any one scalar before them that is no letter, number or line end; otherwise only a space.
  var lettersTakeAnyPrefix: Bool
  /// Maximum number of digits in one piece.
  var digitLimit: Int
  var digitsTakeSpace: Bool
  /// True if symbols include the line ends after them.
  var symbolsTakeLineEnds: Bool
  /// True if white space is split after its last line end.
  var splitsAtLineEnds: Bool

  /// `ByteLevel` with `use_regex`.
  static let gpt2 = PretokenizerPattern(
    contractions: .caseSensitive, lettersTakeAnyPrefix: false, digitLimit: .max, digitsTakeSpace: true,
    symbolsTakeLineEnds: false, splitsAtLineEnds: false)

  /// Returns the pattern of Llama 3, and its relatives with another number of digits.
  static func llama3(digitLimit: Int) -> PretokenizerPattern {
    PretokenizerPattern(
      contractions: .caseInsensitive, lettersTakeAnyPrefix: true, digitLimit: digitLimit, digitsTakeSpace: false,
      symbolsTakeLineEnds: true, splitsAtLineEnds: true)
  }

  private static let gpt2Text =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// Texts before and after the digits in the variants of Llama 3's expression. The second, with possessive quantifiers
  /// and a single line end, is GPT-4's own and matches the same pieces.
  private static let llama3Texts = [
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#,
      #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    ),
    (
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|"#,
      #"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#
    ),
  ]

  /// Creates the pattern of a regular expression; nil if it does not belong to the family.
  init?(_ text: String) {
    if text == Self.gpt2Text {
      self = .gpt2
      return
    }
    for (before, after) in Self.llama3Texts where text.hasPrefix(before) && text.hasSuffix(after) {
      let digits = text.dropFirst(before.count).dropLast(after.count)
      if let limit = Self.digitLimit(of: String(digits)) {
        self = .llama3(digitLimit: limit)
        return
      }
    }
    return nil
  }

  init(
    contractions: Contractions, lettersTakeAnyPrefix: Bool, digitLimit: Int, digitsTakeSpace: Bool,
    symbolsTakeLineEnds: Bool, splitsAtLineEnds: Bool
  ) {
    self.contractions = contractions
    self.lettersTakeAnyPrefix = lettersTakeAnyPrefix
    self.digitLimit = digitLimit
    self.digitsTakeSpace = digitsTakeSpace
    self.symbolsTakeLineEnds = symbolsTakeLineEnds
    self.splitsAtLineEnds = splitsAtLineEnds
  }

  /// Returns the maximum number of digits of `\p{N}`, `\p{N}+` or `\p{N}{1,9}`, or nil for any other text.
  static func digitLimit(of text: String) -> Int? {
    if text == #"\p{N}"# { return 1 }
    if text == #"\p{N}+"# { return .max }
    return (1...9).first { text == #"\p{N}{1,"# + "\($0)}" }
  }
}
