import LlamaCore
import Profiler
import Statistics

/// Tables of what removals cost, and the sentences beside them.
extension ReportTables {
  // MARK: Verdicts

  /// Returns a table of the verdicts, units × domains; within a part from the least harm to the most.
  func removalVerdicts(_ ablation: RunAblation) -> String {
    let units = ablation.ablation.units
    let means = units.indices.map { place -> Double in
      let values = ablation.summaries.compactMap { $0.units[place].deltaNLL }
      return values.isEmpty ? .infinity : values.reduce(0, +) / Double(values.count)
    }
    let order = BlockUnit.Part.allCases.flatMap { part in
      units.indices.filter { units[$0].part == part }.sorted { (means[$0], $0) < (means[$1], $1) }
    }
    let rows = order.map { place in
      [Words.units([units[place]])] + ablation.summaries.map { Self.verdict($0.units[place]) }
    }
    return Self.table([Self.heading(ablation)] + data.names.map(\.markup), rows)
  }

  /// Heading of a column of parts.
  private static func heading(_ ablation: RunAblation) -> String { ablation.ablation.isSwap ? "swapped" : "without" }

  private static func verdict(_ unit: AblationSummary.Unit) -> String {
    let words: String
    switch unit.verdict {
    case .harmless: words = "<b>harmless</b>" + (unit.isHarmlessOverall ? "&nbsp;†" : "")
    case .harmful: words = "harmful"
    case .open: words = "open" + (unit.textsNeeded.map { ", \(TextTable.count($0)) texts" } ?? "")
    }
    return "\(Words.number(unit.deltaNLL, unit.interval))<br>\(words)"
  }

  // MARK: Metrics against the damage

  /// Returns a table of the metrics over all tokens, and of the best in another scope, against the damage.
  func proxies(_ ablation: RunAblation) -> String {
    let all = ProxyAgreement.all(ablation.proxies)
    let best = all.first { $0.isSure }
    let shown = all.filter { $0.scope == .all || $0.metric == best?.metric && $0.scope == best?.scope }
    guard !shown.isEmpty else { return "" }
    let domains = shown[0].domains.map(\.domain)
    let rows = shown.map { agreement in
      ["<code>\(agreement.metric.rawValue)</code>, \(agreement.scope.phrase)"]
        + (domains.count > 1 ? [Words.number(agreement.spearman)] : [])
        + agreement.domains.map { _, row in
          let recall = row.recall.map { "<br>\(Words.percent($0)) of the least harmful" } ?? ""
          return Words.number(row.spearman, row.interval) + recall
        }
    }
    return Self.table(
      ["metric"] + (domains.count > 1 ? ["mean"] : []) + domains.map(\.markup), rows,
      numbers: domains.count > 1 ? [1] : [])
  }

  // MARK: Domains compared

  /// Maximum number of differences between domains that the page lists; the file has all.
  private static let differenceLimit = 20

  /// Statements on where a removal costs one domain more than another.
  func domainsHurt(_ ablation: RunAblation) -> [Statement] {
    guard let comparison = ablation.comparison, !comparison.rows.isEmpty else { return [] }
    let (tested, different) = (comparison.tested, comparison.different)
    let family = "(<code>delta_nll</code> of a part in two domains)"
    guard !tested.isEmpty else {
      return [
        Statement(
          .removalsNotCompared,
          "None of \(TextTable.count(comparison.rows.count, "comparison")) \(family) could be tested: that takes "
            + "\(Verdict.leastTexts) texts in each domain, and some scatter.")
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

  /// Returns a table of the largest differences; empty if there are none.
  func domainsHurt(_ ablation: RunAblation) -> String {
    let different = ablation.comparison?.different ?? []
    guard !different.isEmpty else { return "" }
    let rows = different.prefix(Self.differenceLimit).map { row in
      [
        Words.units([row.unit]), "\(row.domainA.markup) – \(row.domainB.markup)",
        Words.number(row.difference, row.interval), Words.probability(row.q),
      ]
    }
    let rest = different.count - rows.count
    let more =
      rest > 0 ? "<p class=\"muted\">And \(TextTable.count(rest)) more in \(AblationCSV.comparisonFileName).</p>" : ""
    return Self.table([Self.heading(ablation), "domains", "difference of delta_nll", "q"], rows, numbers: [2, 3]) + more
  }

  // MARK: One after the other

  /// Statements on the damage of removing units one after the other.
  ///
  /// - Parameter ablation: what may be removed. Rules that take blocks and their parts alike remove more and less in a step, and are
  ///   not held against random orders.
  func curves(_ set: RemovalCurveSet, of ablation: Ablation) -> [Statement] {
    let last = set.last
    guard last > 0 else { return [] }
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
    let kinds = Set(ablation.units.map(\.part)).intersection([.block, .attention, .mlp])
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
          "Orders that cost less than 95 % of random ones\(place): \(Words.list(better.map(\.name)))."))
    }
    if !others.isEmpty {
      let names = others.map { rule in
        set.domains.count == 1
          ? rule.name : "\(rule.name) (it does in \(rule.found.below) of \(rule.found.known) domains)"
      }
      statements.append(
        Statement(
          .curvesNotBelowRandom,
          "Orders that do not cost less than 95 % of random ones\(place): \(Words.list(names))."))
    }
    return statements
  }

  /// Returns a table of the damage after as many removals as every curve has, rules × domains; empty without removals.
  func curves(_ set: RemovalCurveSet) -> String {
    let last = set.last
    guard last > 0 else { return "" }
    let rows = set.rules.enumerated().map { rule, name in
      ["<code>\(name.markup)</code>"]
        + set.domains.indices.map { domain in
          let step = set.step(last, domain: domain, rule: rule)
          let perplexity = step?.perplexity.map { "<br>perplexity \(Words.number($0))" } ?? ""
          return Words.number(step?.deltaNLL, step?.interval) + perplexity
        }
    }
    return Self.table(["rule, \(TextTable.count(last)) removed"] + set.domains.map(\.markup), rows)
  }
}
