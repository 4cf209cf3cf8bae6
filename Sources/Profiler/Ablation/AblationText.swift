public import LlamaCore
import Statistics

/// The costs of all removals on one text.
public struct AblationText: Sendable, Equatable {
  public let text: TextIdentity
  /// Number of tokens.
  public let tokens: Int
  /// Number of the text's group, whose texts are one observation; nil for a text that is a group of its own.
  public let group: Int?
  /// Negative log-likelihood under the unchanged model, a mean over tokens, in nats; nil for a text of one token.
  public let nll: Double?
  /// The costs, in the order of the domain's units.
  public let costs: [RemovalCost]

  public init(text: TextIdentity, tokens: Int, nll: Double?, costs: [RemovalCost], group: Int? = nil) {
    (self.text, self.tokens, self.nll, self.costs, self.group) = (text, tokens, nll, costs, group)
  }

  /// Returns the rise of the negative log-likelihood through a removal, in nats a token; negative where the text becomes
  /// more likely; nil for a text of one token.
  ///
  /// - Parameter unit: place of the unit in the domain's list.
  public func deltaNLL(_ unit: Int) -> Double? {
    guard let nll, let changed = costs[unit].nll else { return nil }
    return changed - nll
  }

  /// True if a number of the text is NaN or infinite; effects on later blocks aside.
  public var hasNonFinite: Bool { costs.indices.contains(where: hasNonFinite) || nll?.isFinite == false }

  /// True if a number of the text or of this removal is NaN or infinite.
  func hasNonFinite(_ unit: Int) -> Bool {
    let cost = costs[unit]
    return [nll, cost.nll, cost.kl, cost.top1, cost.outputChangeMean, cost.outputChangeMax].contains {
      $0?.isFinite == false
    }
  }
}

/// The ablation of a domain: what was removed, and the costs on each text.
public struct AblationDomain: Sendable, Equatable {
  public let name: String
  /// The removed units, each in a run of its own.
  public let units: [BlockUnit]
  /// The texts, in the order of the corpus.
  public let texts: [AblationText]

  /// - Precondition: every text has a cost for each unit.
  public init(name: String, units: [BlockUnit], texts: [AblationText]) {
    precondition(texts.allSatisfy { $0.costs.count == units.count }, "a text without the costs of every unit")
    (self.name, self.units, self.texts) = (name, units, texts)
  }

  /// Returns the units of observation of some texts: their groups, or themselves if any has no group.
  ///
  /// - Parameter places: places of the texts.
  func sampleUnits(_ places: [Int]) -> SampleUnits {
    SampleUnits(texts: places.count, groups: places.compactMap { texts[$0].group })
  }

  /// Returns the values of `delta_nll` of some units for each text, `[text][unit]`: the truth of ``ProxyRanking``. Nil
  /// for a text of one token.
  ///
  /// - Parameter part: the part; its units are in the order of ``units``.
  public func deltaNLL(of part: BlockUnit.Part) -> [[Double]?] {
    let places = units.indices.filter { units[$0].part == part }
    return texts.map { text in
      let values = places.compactMap(text.deltaNLL)
      return values.count == places.count ? values : nil
    }
  }
}
