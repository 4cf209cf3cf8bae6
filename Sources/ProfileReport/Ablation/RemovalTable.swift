import Foundation
import LlamaCore
public import Profiler

/// Removal of units one after the other as tables for a terminal of 100 columns: what each rule removes at each step, and
/// what that costs on texts by which it did not choose, a mean over domains.
///
/// Every rule stands beside `last` and `random`. Perplexities are `exp` of the mean over domains of the negative
/// log-likelihood, over all tokens.
public struct RemovalTable: Sendable {
  private let curves: [RemovalCurve]

  /// True if blocks and their parts may both go.
  private let isMixed: Bool

  /// - Parameters:
  ///   - curves: the curves of all rules, domains and splits.
  ///   - ablation: what may be removed.
  public init(_ curves: [RemovalCurve], of ablation: Ablation) {
    self.curves = curves
    isMixed = Set(ablation.units.map(\.part)).intersection([.block, .attention, .mlp]).count > 1
  }

  /// Mean over domains of a rule's curves.
  struct Point: Equatable {
    let step: Int
    /// nil for the unchanged model and for random orders.
    let unit: BlockUnit?
    let deltaNLL: Double?
    let perplexity: Double?
    /// Means of the ends of the domains' bands; nil for other rules.
    let band: ClosedRange<Double>?
  }

  /// Rules in their order.
  var rules: [String] {
    var known: Set<String> = []
    return curves.map(\.rule).filter { known.insert($0).inserted }
  }

  /// Returns the mean over domains of a rule's curves on held-out texts, over the domains that have such texts.
  func points(_ rule: String) -> [Point] {
    let own = curves.filter { $0.rule == rule && $0.split == .heldOut && $0.steps.first?.deltaNLL != nil }
    return (0..<(own.map(\.steps.count).min() ?? 0)).map { place in
      let steps = own.map { $0.steps[place] }
      func mean(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.count == values.count ? known.reduce(0, +) / Double(known.count) : nil
      }
      let (low, high) = (mean(steps.map(\.interval?.lowerBound)), mean(steps.map(\.interval?.upperBound)))
      let perplexity = mean(steps.map { $0.perplexity.map { log($0) } }).map { exp($0) }
      return Point(
        step: steps[0].step, unit: steps[0].unit, deltaNLL: mean(steps.map(\.deltaNLL)), perplexity: perplexity,
        band: rule == RemovalRule.random.name ? low.flatMap { low in high.map { low...max(low, $0) } } : nil)
    }
  }

  /// The tables; empty without curves.
  public var text: String {
    guard !curves.isEmpty else { return "" }
    let heldOut = curves.filter { $0.split == .heldOut && $0.rule == rules[0] }
    let texts = heldOut.reduce(0) { $0 + ($1.steps.first?.texts ?? 0) }
    var table = TextTable(header: ["rule", "step", "removes", "delta_nll", "perplexity"], names: 1)
    for rule in rules {
      for point in points(rule) where point.step > 0 || rule == rules[0] {
        table.add([
          point.step == 0 ? "unchanged" : rule, String(point.step), point.unit?.description ?? "-",
          TextTable.number(point.deltaNLL)
            + (point.band.map { " (\(TextTable.number($0.lowerBound)) … \(TextTable.number($0.upperBound)))" } ?? ""),
          TextTable.number(point.perplexity),
        ])
      }
    }
    var notes = [
      "measured on \(TextTable.count(texts, "text")) by which no rule chose, means over domains; all: \(RemovalCSV.fileName)",
      "random: mean of \(RemovalSteps.orders) orders and their range without the 5 % on either side",
    ]
    if isMixed { notes.append("parts differ in size: a step of one rule may remove more than that of another") }
    let still = rules.filter { points($0).count < 2 }
    if !still.isEmpty {
      notes.append(
        "nothing to remove, or no text to choose by with a finite likelihood: \(still.joined(separator: ", "))")
    }
    return "units removed one after the other\n" + table.text + notes.map { $0 + "\n" }.joined()
  }
}
