import Foundation
import Foundations
import Statistics

/// What the profiles of one metric are made of: how much of their variance is of blocks, domains and texts, how far
/// domains are from each other in shape, and how well a profile names the domain of its text.
///
/// Profiles are logarithms, so a block, or a part of one, that adds nothing to some text is left out; so is a domain
/// with few groups.
package struct ProfileComposition: Sendable {
  package let metric: Metric
  package let scope: Scope
  /// Names of the domains, in the order of the run.
  package let domains: [String]
  /// Domains with fewer than ``Identification/leastGroups`` groups.
  package let leftOut: [String]
  /// Blocks, ascending.
  package let layers: [Int]
  /// Texts, and groups of them.
  package let texts: Int, groups: Int
  /// Number of groups with several texts.
  package let sharedGroups: Int
  package let shares: VarianceShares
  package let shape: ShapeDistances
  /// By the whole profile, its scale, its shape and the length of the text; empty if not asked for.
  package let identifications: [Identification]

  /// Texts of all domains with their profiles.
  package struct Input: Sendable {
    package let metric: Metric
    package let scope: Scope
    /// Names of the domains.
    package let domains: [String]
    package let layers: Range<Int>
    package private(set) var rows: [[Double]] = []
    private(set) var domainOf: [Int] = []
    private(set) var tokens: [Double] = []
    private(set) var groups: [Int] = []

    package init(_ metric: Metric, _ scope: Scope, domains: [String], layers: Range<Int>) {
      (self.metric, self.scope, self.domains, self.layers) = (metric, scope, domains, layers)
    }

    /// Adds a text.
    ///
    /// - Parameters:
    ///   - values: finite numbers by block.
    ///   - domain: place of the domain.
    ///   - tokens: length of the text.
    ///   - group: key of the text's group, the same for texts that depend on each other.
    package mutating func add(_ values: [Double], domain: Int, tokens: Int, group: Int) {
      rows.append(values)
      domainOf.append(domain)
      self.tokens.append(Double(tokens))
      groups.append(group)
    }
  }

  /// - Parameters:
  ///   - settings: numbers of draws and the seed; those of the identification.
  ///   - identifies: true for ``identifications`` too.
  ///   - workers: threads, which affect no bit.
  /// - Returns: nil with fewer than two domains of enough groups, or without a block that has logarithms.
  package init?(_ input: Input, settings: Identification.Settings, identifies: Bool, _ workers: Workers) {
    let columns = input.layers.indices.map { $0 - input.layers.lowerBound }
      .filter { column in input.rows.allSatisfy { $0[column] > 0 } }
    let labels = GroupedProfiles(
      input.rows.map { _ in [] }, domains: input.domainOf, domainCount: input.domains.count, groups: input.groups)
    let counts = labels.groupCounts
    let kept = input.domains.indices.filter { counts[$0] >= Identification.leastGroups }
    guard kept.count > 1, !columns.isEmpty else { return nil }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
    let texts = input.rows.indices.filter { place[input.domainOf[$0]] != nil }
    func profiles(_ row: (Int) -> [Double]) -> GroupedProfiles {
      GroupedProfiles(
        texts.map(row), domains: texts.map { place[input.domainOf[$0]] ?? 0 }, domainCount: kept.count,
        groups: texts.map { input.groups[$0] })
    }
    let logs = profiles { text in columns.map { log(input.rows[text][$0]) } }
    let centered = logs.centered
    guard let shares = VarianceShares(logs) else { return nil }
    metric = input.metric
    scope = input.scope
    domains = kept.map { input.domains[$0] }
    leftOut = input.domains.indices.filter { place[$0] == nil }.map { input.domains[$0] }
    layers = columns.map { input.layers.lowerBound + $0 }
    self.texts = texts.count
    groups = logs.groups
    var sizes = Array(repeating: 0, count: logs.groups)
    for group in logs.groupOf { sizes[group] += 1 }
    sharedGroups = sizes.count { $0 > 1 }
    self.shares = shares
    shape = ShapeDistances(centered, seed: settings.seed, workers)
    guard identifies else {
      identifications = []
      return
    }
    // A further input, such as the profiles of first tokens, is one more of these.
    let inputs: [(String, GroupedProfiles)] = [
      (Self.profileInput, logs), (Self.scaleInput, logs.means), (Self.shapeInput, centered),
      (Self.lengthInput, profiles { [log(max(1, input.tokens[$0]))] }),
    ]
    identifications = inputs.map { name, profiles in
      var own = settings
      // Relabellings take most of the time, and the question is whether the profile says anything.
      if name != Self.profileInput { own.permutations = 0 }
      return Identification(name, profiles, settings: own, workers)
    }
  }

  /// Inputs of the identifications, as files name them.
  package static let profileInput = "profile", scaleInput = "scale", shapeInput = "shape", lengthInput = "length"

  /// Returns the identification by an input.
  package func identification(_ input: String) -> Identification? { identifications.first { $0.input == input } }
}
