/// Tokens of each text that are compared, of those at a place in it.
public enum PositionChoice: Hashable, Sendable {
  /// The first tokens, as many as some buckets hold; see `PositionBucket.ends(upTo:)`.
  case first(Int)
  /// The tokens of one bucket.
  case bucket(PositionBucket)

  /// Buckets with these tokens; nil if no buckets have just these.
  package var buckets: Range<Int>? {
    switch self {
    case .first(let tokens):
      let count = PositionBucket.count(tokens: tokens)
      return count > 0 && PositionBucket(count - 1).positions.upperBound == tokens ? 0..<count : nil
    case .bucket(let bucket): return bucket.index..<bucket.index + 1
    }
  }

  /// Number of tokens that a text must have.
  package var least: Int {
    switch self {
    case .first(let tokens): tokens
    case .bucket(let bucket): bucket.positions.upperBound
    }
  }
}

extension PositionChoice: CustomStringConvertible {
  /// `the first 32 tokens`, or `positions 8-31`.
  public var description: String {
    switch self {
    case .first(let tokens): "the first \(tokens) tokens"
    case .bucket(let bucket): "positions \(bucket)"
    }
  }
}

extension TextProfile {
  /// Returns the profile of some of the text's tokens, from the sums that the run kept: the same, to rounding, as that of a text that ends
  /// with them. Sinks are those of the whole text. Values of the whole text and of its spectra are absent.
  ///
  /// - Returns: nil if the text has not all of these tokens, or its sums are not known.
  package func selecting(_ choice: PositionChoice) -> TextProfile? {
    guard tokens >= choice.least, let buckets = choice.buckets, let positions else { return nil }
    let first = PositionBucket(buckets.lowerBound).positions.lowerBound
    let chosen = first..<choice.least
    return TextProfile(
      text: text, tokens: chosen.count, layers: layers, nonFinite: [], all: positions.metrics(of: buckets, .all),
      withoutFirstToken: positions.metrics(of: buckets, .withoutFirstToken),
      withoutSinks: positions.metrics(of: buckets, .withoutSinks), sinks: sinks.filter { chosen.contains($0.position) })
  }
}
