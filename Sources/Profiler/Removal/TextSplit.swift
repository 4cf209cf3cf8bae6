import LlamaCore
import Statistics

/// Division of each domain's texts into those by which something is chosen, such as the order of removals, and those on
/// which the choice is judged.
///
/// A domain's division depends on its own texts, their order, the count and the seed: on no other domain, and on no
/// thread. Domains with equal numbers of texts choose the same places, so that translations of each other stay together.
public struct TextSplit: Sendable, Equatable {
  /// Number of texts of a domain that choose, unless half of its texts are fewer.
  public static let defaultCount = 8

  /// The division of one domain. Places are 0-based in the domain's list.
  public struct Domain: Sendable, Equatable {
    /// Places of the texts that choose, ascending; empty for fewer than two distinct texts.
    public let chosen: [Int]
    /// Places of the other texts, ascending. Copies of an earlier text are in neither list.
    public let heldOut: [Int]
  }

  /// The domains, in the order given.
  public let domains: [Domain]

  /// Divides the texts of some domains.
  ///
  /// - Parameters:
  ///   - domains: identities of each domain's texts, equal for copies of a text.
  ///   - count: number of texts that choose in a domain; half of its `n` distinct texts at most, `min(count, n / 2)`.
  ///   - seed: seed of the draws; every selection of that many texts is equally likely.
  public init<Text: Hashable>(_ domains: [[Text]], count: Int = defaultCount, seed: UInt64 = 0) {
    self.domains = domains.map { texts in
      var known: Set<Text> = []
      known.reserveCapacity(texts.count)
      let distinct = texts.indices.filter { known.insert(texts[$0]).inserted }
      var places = distinct
      let chosen = max(0, min(count, distinct.count / 2))
      var generator = SplitMix64(seed: seed, purpose: .selection, index: 0)
      generator.shuffle(&places, choosing: chosen)
      return Domain(chosen: places.prefix(chosen).sorted(), heldOut: places.dropFirst(chosen).sorted())
    }
  }

  /// Divides the texts of a corpus; texts with the same tokens are copies.
  ///
  /// - Parameters:
  ///   - corpus: texts of the run.
  ///   - count: number of texts that choose in a domain; half of its distinct texts at most.
  ///   - seed: seed of the draws.
  public init(_ corpus: TokenizedCorpus, count: Int = defaultCount, seed: UInt64 = 0) {
    self.init(corpus.domains.map { $0.texts.map(\.tokens) }, count: count, seed: seed)
  }
}
