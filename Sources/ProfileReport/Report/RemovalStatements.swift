import LlamaCore
import Profiler
import Statistics

/// Statements on what removals cost some domains more than others, and one after the other; the first screen and the section
/// on removals have them both.
struct RemovalStatements {
  let ablation: RunAblation
  /// The observations: texts, or groups of texts.
  private var units: String { ablation.isGrouped ? "groups of texts" : "texts" }

  // MARK: Domains compared

  /// Statements on where a removal costs one domain more than another.
  var domainsHurt: [Statement] {
    guard let comparison = ablation.comparison, !comparison.rows.isEmpty else { return [] }
    let (tested, different) = (comparison.tested, comparison.different)
    let family = "(<code>delta_nll</code> of a part in two domains)"
    guard !tested.isEmpty else {
      return [
        Statement(
          .removalsNotCompared,
          "None of \(TextTable.count(comparison.rows.count, "comparison")) \(family) could be tested: that takes "
            + "\(Verdict.leastTexts) \(units) in each domain, and some scatter.")
      ]
    }
    let rate = "at a false discovery rate of \(Words.percent(comparison.settings.alpha))"
    guard let first = different.first else {
      return [
        Statement(
          .domainsHurtAlike,
          "Of \(TextTable.count(tested.count, "comparison")) \(family), none is different \(rate): where a "
            + "\(Words.change(ablation.ablation)) costs one domain more than another, these texts do not tell.")
      ]
    }
    let (more, less) = first.difference > 0 ? (first.domainA, first.domainB) : (first.domainB, first.domainA)
    let interval = first.interval.map { ends in
      let sorted = [abs(ends.lowerBound), abs(ends.upperBound)].sorted()
      return " (\(Words.number(sorted[0])) to \(Words.number(sorted[1])))"
    }
    return [
      Statement(
        .domainsHurtDifferently,
        "Of \(TextTable.count(tested.count, "comparison")) \(family), <b>\(TextTable.count(different.count)) "
          + "\(different.count == 1 ? "is" : "are") different</b> \(rate). The largest: the \(Words.change(ablation.ablation)) of "
          + "\(Words.units([first.unit])) costs \(Words.strong(more)) \(Words.number(abs(first.difference)))\(interval ?? "") "
          + "nats a token more than \(Words.strong(less)).")
    ]
  }

  // MARK: One after the other

  private static let orders = "the \(RemovalSteps.orders) random orders"

  /// Statements on the damage of removing units one after the other.
  ///
  /// Rules that take blocks and their parts alike remove more and less in a step, and are not held against random orders.
  var curves: [Statement] {
    guard let set = RemovalCurveSet(ablation.curves), set.last > 0 else { return [] }
    let last = set.last
    var statements: [Statement] = []
    if set.split == .chosen {
      statements.append(
        Statement(
          .curvesOfChosen, "These are the texts by which the rules chose, which flatters them: no other was left."))
    }
    let costs = set.rules.indices.compactMap { rule in set.mean(last, rule: rule).map { (rule: rule, cost: $0) } }
      .sorted { ($0.cost, $0.rule) < ($1.cost, $1.rule) }
    if !costs.isEmpty {
      let names = costs.map { "<code>\(set.rules[$0.rule].markup)</code> \(Words.number($0.cost))" }
      let over = set.domains.count == 1 ? "" : ", as a mean over domains"
      statements.append(
        Statement(
          .curveCosts,
          "After <b>\(TextTable.count(last, "removal"))</b> the negative log-likelihood has risen by, in nats a token\(over): "
            + "\(Words.list(names))."))
    }
    guard set.rules.contains(RemovalCurveSet.random) else {
      return statements + [
        Statement(.noRandomOrders, "No random order was tried, so no rule can be said to be better than chance.")
      ]
    }
    let kinds = Set(ablation.ablation.units.map(\.part)).intersection([.block, .attention, .mlp])
    return statements + (kinds.count > 1 ? [] : againstChance(set, last))
  }

  private func againstChance(_ set: RemovalCurveSet, _ last: Int) -> [Statement] {
    let rules = set.rules.indices.filter { set.rules[$0] != RemovalCurveSet.random }
      .map { (name: "<code>\(set.rules[$0].markup)</code>", found: set.belowRandom(last, rule: $0)) }
      .filter { $0.found.known > 0 }
    let place = set.domains.count == 1 ? "" : " in every domain"
    let better = rules.filter { $0.found.below == $0.found.known && $0.found.known == set.domains.count }
    let others = rules.filter { $0.found.below < $0.found.known }
    var statements: [Statement] = []
    if !better.isEmpty {
      statements.append(
        Statement(
          .curvesBelowRandom,
          "Cheaper on these texts than 95 % of \(Self.orders)\(place): \(Words.list(better.map(\.name)))."))
    }
    if !others.isEmpty {
      let names = others.map { rule in
        set.domains.count == 1
          ? rule.name : "\(rule.name) (it is in \(rule.found.below) of \(rule.found.known) domains)"
      }
      statements.append(
        Statement(
          .curvesNotBelowRandom,
          "Not cheaper on these texts than 95 % of \(Self.orders)\(place): \(Words.list(names))."))
    }
    return statements
  }
}
