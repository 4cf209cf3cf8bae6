public import LlamaCore

/// Settings of a removal of units one after the other.
///
/// The text form, which a run stores, is `6 greedy one_shot block_influence last random protect:block:0-1 select:8 seed:0`.
public struct RemovalSteps: Sendable, Equatable {
  /// Number of random orders.
  package static let orders = 20

  /// Number of units to remove.
  public let count: Int
  /// Rules, each once. ``RemovalRule/last`` and ``RemovalRule/random`` are always among them and come at the end: of the
  /// published rules few beat them, so no other is read without.
  public let rules: [RemovalRule]
  /// Units that stay, ascending; whatever contains them or is part of them stays too.
  public let protected: [BlockUnit]
  /// Number of texts of a domain by which rules choose, see ``TextSplit``.
  public let chosenTexts: Int
  /// Seed of the choice of texts and of the random orders.
  public let seed: UInt64

  /// - Parameters:
  ///   - count: number of units to remove, at least one.
  ///   - rules: rules besides ``RemovalRule/last`` and ``RemovalRule/random``.
  ///   - protected: units that stay.
  ///   - chosenTexts: number of texts of a domain by which rules choose, at least one.
  ///   - seed: seed of the choice of texts and of the random orders.
  public init(
    _ count: Int, rules: [RemovalRule], protecting protected: [BlockUnit] = [],
    chosenTexts: Int = TextSplit.defaultCount, seed: UInt64 = 0
  ) {
    var known: Set<RemovalRule> = [.last, .random]
    self.count = max(1, count)
    self.rules = rules.filter { known.insert($0).inserted } + [.last, .random]
    self.protected = Set(protected).sorted()
    self.chosenTexts = max(1, chosenTexts)
    self.seed = seed
  }

  /// Returns the units that may be removed: blocks, attentions and MLPs of an ablation, without the protected ones. Of swaps there
  /// are none: what another checkpoint's part changes says nothing about what can go.
  ///
  /// - Parameter ablation: removals of the run.
  public func candidates(of ablation: Ablation) -> [BlockUnit] {
    ablation.units.filter { unit in
      !ablation.isSwap && [.block, .attention, .mlp].contains(unit.part) && !protected.contains { $0.overlaps(unit) }
    }
  }

  /// True if a domain has texts to choose by and others to measure the choice on.
  package func canChoose(in corpus: TokenizedCorpus) -> Bool {
    let split = TextSplit(corpus, count: chosenTexts, seed: seed)
    return zip(corpus.domains, split.domains).contains { domain, split in
      [split.chosen, split.heldOut].allSatisfy { $0.contains { domain.texts[$0].tokens.count > 1 } }
    }
  }
}

extension BlockUnit {
  /// True if the parts have something in common.
  fileprivate func overlaps(_ other: BlockUnit) -> Bool {
    guard layer == other.layer else { return false }
    if part == .block || other.part == .block || self == other { return true }
    // A head is part of attention; two heads have nothing in common.
    return [part, other.part].contains(.attention) && [part, other.part].contains(.head)
  }
}

extension RemovalSteps: CustomStringConvertible {
  public var description: String {
    ([String(count)] + rules.map(\.name) + protected.map { "protect:\($0)" } + [
      "select:\(chosenTexts)", "seed:\(seed)",
    ])
    .joined(separator: " ")
  }

  /// Reads the text form; nil for any other text.
  package init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard let count = words.first.flatMap({ Int($0) }) else { return nil }
    var (rules, protected): ([RemovalRule], [BlockUnit]) = ([], [])
    var (chosenTexts, seed): (Int?, UInt64?) = (nil, nil)
    for word in words.dropFirst() {
      if let rule = RemovalRule(word) {
        rules.append(rule)
      } else if word.hasPrefix("protect:"), let units = try? BlockUnit.units(String(word.dropFirst(8))) {
        protected += units
      } else if word.hasPrefix("select:") {
        chosenTexts = Int(word.dropFirst(7))
      } else if word.hasPrefix("seed:") {
        seed = UInt64(word.dropFirst(5))
      } else {
        return nil
      }
    }
    guard let chosenTexts, let seed else { return nil }
    self.init(count, rules: rules, protecting: protected, chosenTexts: chosenTexts, seed: seed)
    guard description == text else { return nil }
  }
}
