import Foundations

/// The norm of a block's queries and keys, with its factors loaded.
struct QueryKeyFactors {
  private let query, key: [Float]
  private let epsilon: Double
  /// Elements per token in queries and keys, and per group that is normalized.
  private let attention: AttentionSpec
  private let isPerHead: Bool

  /// Loads the factors; nil for a block without such a norm.
  /// - Throws: ``FileError`` if a weight cannot be read.
  init?(_ attention: AttentionSpec, _ weights: ModelWeights.Block) throws(FileError) {
    let norm: NormSpec
    switch attention.queryKeyNorm {
    case nil: return nil
    case .perHead(let spec): (norm, isPerHead) = (spec, true)
    case .perToken(let spec): (norm, isPerHead) = (spec, false)
    }
    guard let query = try weights.queryNorm?.factors(norm), let key = try weights.keyNorm?.factors(norm) else {
      return nil
    }
    (self.query, self.key, epsilon, self.attention) = (query, key, norm.epsilon, attention)
  }

  /// Normalizes the queries and keys of one token, in place.
  func normalize(
    _ queries: UnsafeMutablePointer<Float>, _ keys: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    normalize(queries, attention.queryWidth, query, scratch)
    normalize(keys, attention.keyValueWidth, key, scratch)
  }

  private func normalize(
    _ values: UnsafeMutablePointer<Float>, _ count: Int, _ weight: [Float], _ scratch: UnsafeMutablePointer<Float>
  ) {
    let width = isPerHead ? attention.headDimension : count
    for start in stride(from: 0, to: count, by: width) {
      Normalization.normalize(values + start, weight: weight, epsilon: epsilon, count: width, into: scratch)
      (values + start).update(from: scratch, count: width)
    }
  }
}

extension Weight {
  /// Returns the factors of a norm.
  /// - Throws: ``FileError`` if they cannot be read.
  func factors(_ norm: NormSpec?) throws(FileError) -> [Float] {
    let values = try floats()
    guard let offset = norm?.weightOffset, offset != 0 else { return values }
    return values.map { $0 + offset }
  }
}
