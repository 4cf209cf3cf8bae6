/// Tokens of a sequence that pass through the blocks together: a whole text, or the continuation of tokens whose keys
/// and values are cached.
struct SequenceSlice {
  /// Index of the text, as reported to observers.
  let text: Int
  let tokens: [TokenID]
  /// Cache of the sequence's keys and values; nil if they are not needed later.
  var cache: KeyValueCache?

  /// Position of the first token.
  var start: Int { cache?.length ?? 0 }
  /// Positions of the tokens.
  var positions: Range<Int> { start..<start + tokens.count }
}
