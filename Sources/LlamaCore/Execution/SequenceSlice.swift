/// Tokens of a sequence that go through the blocks together: a whole text, or what follows those whose keys and values a
/// cache holds.
struct SequenceSlice {
  /// What observers know the text by.
  let text: Int
  let tokens: [TokenID]
  /// What keeps the keys and values of the sequence; nil where nobody will need them again.
  var cache: KeyValueCache?

  /// The position of the first token.
  var start: Int { cache?.length ?? 0 }
  /// The positions of the tokens.
  var positions: Range<Int> { start..<start + tokens.count }
}
