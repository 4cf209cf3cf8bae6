import LlamaCore
import Statistics

/// Removal of units one after the other by every rule of a run.
///
/// Everything that it depends on is a likelihood of a text under a model without some units. Those that are missing are asked for,
/// so a search that was stopped goes on where it was, and one that finds all of them only computes its curves.
package struct RemovalSearch {
  /// A domain's texts that count: those of two tokens and more, without copies.
  package struct Domain: Sendable {
    package let name: String
    package let chosen, heldOut: [RemovalLikelihoods.Text]

    package init(name: String, chosen: [RemovalLikelihoods.Text], heldOut: [RemovalLikelihoods.Text]) {
      (self.name, self.chosen, self.heldOut) = (name, chosen, heldOut)
    }
  }

  /// Likelihoods that are missing: of each of the texts, under the model without each of the removed units.
  package struct Request {
    /// Removals that all contain `base`.
    package let removals: [Removal]
    /// What all of them remove; nil for nothing in common.
    package let base: Removal?
    /// Places of the texts in the run's list.
    package let texts: [Int]
    /// Words on a progress line, such as `greedy, step 2 of 6`.
    package let label: String
  }

  private let steps: RemovalSteps
  private let keepsFirst: Bool
  private let layers: Int
  private let domains: [Domain]
  private let units: [BlockUnit]
  /// Mean of a metric over the chosen texts of a domain and then over domains, for each block of the program.
  private let metric: (Metric) throws -> [Double]

  /// - Parameters:
  ///   - ablation: removals of the run; those of single units are known.
  ///   - layers: number of blocks of the program.
  ///   - metric: values of a metric by block.
  package init(
    _ steps: RemovalSteps, of ablation: Ablation, layers: Int, domains: [Domain],
    metric: @escaping (Metric) throws -> [Double]
  ) {
    self.steps = steps
    (keepsFirst, self.layers, self.domains, self.metric) = (ablation.keepsFirst, layers, domains, metric)
    units = steps.candidates(of: ablation)
  }

  /// Returns the curves: of each rule on the held-out texts of each domain, and on the chosen ones where the rule looks at them.
  ///
  /// - Parameters:
  ///   - likelihoods: what is known; what is asked for must be there when `measure` returns.
  ///   - settings: resamples and seed of the intervals.
  ///   - measure: called with what is missing.
  /// - Throws: errors of `measure` and of the metrics.
  package func curves(
    _ likelihoods: inout RemovalLikelihoods, settings: AblationSettings,
    measure: (Request, inout RemovalLikelihoods) throws -> Void
  ) throws -> [RemovalCurve] {
    let chosen = domains.flatMap(\.chosen).map(\.id)
    let heldOut = domains.flatMap(\.heldOut).map(\.id)
    func need(
      _ removals: [Removal], without base: Removal?, _ texts: [Int], _ label: String,
      _ likelihoods: inout RemovalLikelihoods
    ) throws {
      let missing = removals.filter { !likelihoods.has($0, texts) }
      guard !missing.isEmpty else { return }
      try measure(Request(removals: missing, base: base, texts: texts, label: label), &likelihoods)
    }

    var orders: [(rule: RemovalRule, orders: [[(unit: BlockUnit, removed: Removal)]])] = []
    for rule in steps.rules {
      let found: [[BlockUnit]]
      switch rule {
      case .greedy:
        found = [
          try greedy(chosen, &likelihoods) { removals, base, step, known in
            try need(removals, without: base, chosen, "greedy, step \(step) of \(steps.count)", &known)
          }
        ]
      case .oneShot:
        let single = units.map { Removal([$0], keepsFirst: keepsFirst) }
        try need(single, without: nil, chosen, rule.name, &likelihoods)
        found = [RemovalOrder.ascending(units, by: single.map { cost($0, likelihoods) })]
      case .metric(let name):
        let values = try metric(name)
        let blocks = units.filter { $0.part == .block && values.indices.contains($0.layer) }
        found = [RemovalOrder.ascending(blocks, by: blocks.map { values[$0.layer] })]
      case .last: found = [RemovalOrder.last(units, layers: layers)]
      case .random: found = RemovalOrder.random(units, orders: RemovalSteps.orders, seed: steps.seed)
      }
      orders.append(
        (rule, found.map { RemovalOrder.steps($0, count: steps.count, keepsFirst: keepsFirst) }))
    }

    var known: Set<Removal> = []
    let all = orders.flatMap(\.orders).joined().map(\.removed).filter { known.insert($0).inserted }
    try need(all, without: nil, heldOut, "curves", &likelihoods)
    known = []
    let choosing = orders.filter { $0.rule.chooses }.flatMap(\.orders).joined().map(\.removed)
    try need(
      choosing.filter { known.insert($0).inserted }, without: nil, chosen, "curves of the chosen texts", &likelihoods)

    return orders.flatMap { rule, orders in
      domains.flatMap { domain in
        RemovalCurve.Split.allCases.filter { $0 == .heldOut || rule.chooses }.map { split in
          RemovalCurve(
            rule, domain.name, split, orders, texts: split == .chosen ? domain.chosen : domain.heldOut, likelihoods,
            settings)
        }
      }
    }
  }

  /// Returns the units in the order in which each costs least when those before it are gone.
  private func greedy(
    _ chosen: [Int], _ likelihoods: inout RemovalLikelihoods,
    need: ([Removal], Removal?, _ step: Int, inout RemovalLikelihoods) throws -> Void
  ) throws -> [BlockUnit] {
    var order: [BlockUnit] = []
    var removed: Removal?
    while order.count < steps.count {
      let candidates = units.compactMap { unit in
        RemovalOrder.adding(unit, to: removed, keepsFirst: keepsFirst).map { (unit: unit, removed: $0) }
      }
      try need(candidates.map(\.removed), removed, order.count + 1, &likelihoods)
      let costs = candidates.map { cost($0.removed, likelihoods) }
      // The earlier unit among equals; one whose likelihood is not finite is never chosen.
      guard let least = costs.indices.filter({ costs[$0].isFinite }).min(by: { costs[$0] < costs[$1] }) else { break }
      order.append(candidates[least].unit)
      removed = candidates[least].removed
    }
    return order
  }

  /// Returns the mean over domains of the mean `delta_nll` of the chosen texts; not finite if one of them is not. Texts that are
  /// not finite under the unchanged model say nothing of a removal, and are left out.
  private func cost(_ removed: Removal, _ likelihoods: RemovalLikelihoods) -> Double {
    let means = domains.compactMap { domain -> Double? in
      let texts = domain.chosen.filter { likelihoods.nll(nil, $0.id)?.isFinite == true }
      guard !texts.isEmpty else { return nil }
      return texts.reduce(0) { $0 + likelihoods.deltaNLL(removed, $1.id) } / Double(texts.count)
    }
    return means.isEmpty ? .nan : means.reduce(0, +) / Double(means.count)
  }
}
