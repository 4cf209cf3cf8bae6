import Foundation
import LlamaCore
public import Profiler

/// A comparison as tables for a terminal of 100 columns: for each metric a line for each pair of domains.
///
/// - `different`, `equivalent`, `inconclusive` count blocks;
/// - `block` is the one whose effect is largest, `g` that effect and `95 % interval` its interval.
public struct VerdictTable: Sendable {
  private let comparisons: [DomainComparison]
  private let runs: ComparedRuns
  /// For each comparison the texts that a value that is not finite leaves out.
  private let incompleteTexts: [Int]

  /// - Throws: `FileError` where the rows of a run cannot be read back.
  public init(_ comparisons: [DomainComparison], of runs: ComparedRuns) throws {
    self.comparisons = comparisons
    self.runs = runs
    incompleteTexts = try comparisons.map { try runs.incompleteTexts($0.metric, $0.scope) }
  }

  /// The tables, an empty line between them.
  public var text: String {
    var parts = zip(comparisons, incompleteTexts).map(table)
    if let legend = runs.legend { parts.append(legend + "\n") }
    return parts.joined(separator: "\n")
  }

  private func table(_ comparison: DomainComparison, incompleteTexts: Int) -> String {
    let counts = Verdict.allCases.map { verdict in
      "\(TextTable.count(comparison.blocks.count { $0.verdict == verdict })) \(verdict.rawValue)"
    }
    let scale = comparison.settings.usesLogScale ? ", log scale" : ""
    var text = "\(comparison.metric.rawValue), \(comparison.scope.phrase)\(scale): "
    text += comparison.blocks.isEmpty ? "one domain, nothing to compare\n" : "\(counts.joined(separator: ", "))\n"
    if !comparison.blocks.isEmpty {
      var table = TextTable(
        header: ["domains", "different", "equivalent", "inconclusive", "block", "g", "95 % interval"], names: 1)
      for pair in pairs(comparison) { table.add(row(pair)) }
      text += table.text
    }
    return text + Self.leftOut(incompleteTexts) + control(comparison)
  }

  /// The blocks of each pair.
  private func pairs(_ comparison: DomainComparison) -> [ArraySlice<BlockComparison>] {
    var slices: [ArraySlice<BlockComparison>] = []
    var start = 0
    for index in comparison.blocks.indices {
      let block = comparison.blocks[index]
      let next = index + 1 < comparison.blocks.count ? comparison.blocks[index + 1] : nil
      if let next, next.domainA.hasSameBytes(as: block.domainA), next.domainB.hasSameBytes(as: block.domainB) {
        continue
      }
      slices.append(comparison.blocks[start...index])
      start = index + 1
    }
    return slices
  }

  private func row(_ blocks: ArraySlice<BlockComparison>) -> [String] {
    guard let first = blocks.first else { return [] }
    let counts = Verdict.allCases.map { verdict in TextTable.count(blocks.count { $0.verdict == verdict }) }
    let known = blocks.filter { !$0.hedgesG.isNaN }
    let largest = known.max { abs($0.hedgesG) < abs($1.hedgesG) }
    return [runs.title(first.domainA, first.domainB, limit: 12)] + counts
      + [
        largest.map { "\($0.layer)" } ?? "-", largest.map { Self.effect($0.hedgesG) } ?? "-",
        largest.map { "\(Self.effect($0.gLow)) … \(Self.effect($0.gHigh))" } ?? "-",
      ]
  }

  /// What is not finite is told, not dropped in silence.
  private static func leftOut(_ texts: Int) -> String {
    guard texts > 0 else { return "" }
    return "left out: \(TextTable.count(texts, "text")) with values that are not finite, see texts.csv\n"
  }

  private func control(_ comparison: DomainComparison) -> String {
    let control = comparison.control
    guard control.comparisons > 0 else { return "negative control: none, no domain has four texts that differ\n" }
    func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    return "negative control: p < \(comparison.settings.alpha) in \(percent(control.rawShare)), "
      + "different \(percent(control.differentShare)) of \(TextTable.count(control.comparisons, "comparison"))\n"
  }

  /// An effect in at most seven characters.
  private static func effect(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    let digits = abs(value) < 10 ? "%.2f" : abs(value) < 1000 ? "%.1f" : "%.0e"
    return String(format: digits, value)
  }
}
