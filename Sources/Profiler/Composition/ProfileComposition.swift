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
  /// By the whole profile, its scale, its shape and the length of the text, and by what ``identify(byFirst:_:settings:_:)``
  /// adds; empty if not asked for.
  package private(set) var identifications: [Identification]
  /// Number of first tokens of each text whose profiles the last identification is by; nil without one.
  package private(set) var firstTokens: Int?
  /// Number of texts that have as many.
  package private(set) var firstTexts = 0

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
    guard let selection = Selection(input) else { return nil }
    let logs = selection.logarithms
    let centered = logs.centered
    guard let shares = VarianceShares(logs) else { return nil }
    metric = input.metric
    scope = input.scope
    domains = selection.kept.map { input.domains[$0] }
    leftOut = input.domains.indices.filter { !selection.kept.contains($0) }.map { input.domains[$0] }
    layers = selection.columns.map { input.layers.lowerBound + $0 }
    texts = selection.texts.count
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
    let inputs: [(String, GroupedProfiles)] = [
      (Self.profileInput, logs), (Self.scaleInput, logs.means), (Self.shapeInput, centered),
      (Self.lengthInput, selection.profiles { [log(max(1, input.tokens[$0]))] }),
    ]
    identifications = inputs.map { name, profiles in
      var own = settings
      // Relabellings take most of the time, and the question is whether the profile says anything.
      if name != Self.profileInput { own.permutations = 0 }
      return Identification(name, profiles, settings: own, workers)
    }
  }

  /// Adds the identification of the same domains by the profiles of the first tokens of their texts, of which no two texts
  /// have different numbers; without effect unless each domain has enough groups of such texts.
  ///
  /// - Parameters:
  ///   - tokens: number of first tokens.
  ///   - input: the profiles of these.
  package mutating func identify(
    byFirst tokens: Int, _ input: Input, settings: Identification.Settings, _ workers: Workers
  ) {
    guard let selection = Selection(input), selection.kept.map({ input.domains[$0] }) == domains else { return }
    var settings = settings
    settings.permutations = 0
    (firstTokens, firstTexts) = (tokens, selection.texts.count)
    identifications.append(
      Identification(Self.firstInput(tokens), selection.logarithms, settings: settings, workers))
  }

  /// Domains, texts and blocks of an input whose logarithms can be taken.
  private struct Selection {
    private let input: Input
    /// Places of the blocks at which every text has a positive value.
    let columns: [Int]
    /// Places of the domains with enough groups, and of their texts.
    let kept: [Int], texts: [Int]

    init?(_ input: Input) {
      self.input = input
      columns = input.layers.indices.map { $0 - input.layers.lowerBound }
        .filter { column in input.rows.allSatisfy { $0[column] > 0 } }
      let counts = GroupedProfiles(
        input.rows.map { _ in [] }, domains: input.domainOf, domainCount: input.domains.count, groups: input.groups
      ).groupCounts
      let kept = input.domains.indices.filter { counts[$0] >= Identification.leastGroups }
      self.kept = kept
      texts = input.rows.indices.filter { kept.contains(input.domainOf[$0]) }
      guard kept.count > 1, !columns.isEmpty else { return nil }
    }

    /// Returns numbers of each text, with its domain and group.
    func profiles(_ row: (_ text: Int) -> [Double]) -> GroupedProfiles {
      let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
      return GroupedProfiles(
        texts.map(row), domains: texts.map { place[input.domainOf[$0]] ?? 0 }, domainCount: kept.count,
        groups: texts.map { input.groups[$0] })
    }

    /// Logarithms of the values by block.
    var logarithms: GroupedProfiles { profiles { text in columns.map { log(input.rows[text][$0]) } } }
  }

  /// Inputs of the identifications, as files name them.
  package static let profileInput = "profile", scaleInput = "scale", shapeInput = "shape", lengthInput = "length"

  /// Input that is the profile of some first tokens.
  package static func firstInput(_ tokens: Int) -> String { "first_\(tokens)" }

  /// The identification by the profiles of first tokens.
  package var firstIdentification: Identification? { firstTokens.flatMap { identification(Self.firstInput($0)) } }

  /// Returns the identification by an input.
  package func identification(_ input: String) -> Identification? { identifications.first { $0.input == input } }
}
