import Foundation
public import Profiler
import Statistics

/// Comparison as tables for a terminal of 100 columns: one table per metric, one line per pair of domains.
///
/// - `different`, `equivalent`, `inconclusive` count blocks, as do `negligible` and `untested` (identical, constant,
///   too few values, too few groups) if there are any. Of more than three, those of no block are left out;
/// - `block` is the tested block with the largest effect, `g` that effect and `95 % interval` its interval, for which
///   there is no room beside more than three counts: a sentence then says where it is. A pair without a tested block
///   has none of these.
///
/// The remarks of ``ComparedRuns/notes`` follow.
public struct VerdictTable: Sendable {
  private let comparisons: [DomainComparison]
  private let runs: ComparedRuns
  /// Number of texts that each comparison leaves out because of a non-finite value.
  private let incompleteTexts: [Int]
  /// Pairs whose lengths hardly overlap.
  private let little: Set<DomainPair>

  /// - Throws: `FileError` if the rows of a run cannot be read back.
  public init(_ comparisons: [DomainComparison], of runs: ComparedRuns) throws {
    self.comparisons = comparisons
    self.runs = runs
    incompleteTexts = try comparisons.map { try runs.incompleteTexts($0.metric, $0.scope) }
    little = Set(runs.lengthOverlaps.filter(\.isLittle).map(\.pair))
  }

  /// Tables, separated by empty lines.
  public var text: String {
    var parts = zip(comparisons, incompleteTexts).map(table)
    let notes = runs.notes
    if !notes.isEmpty { parts.append(notes.map { $0 + "\n" }.joined()) }
    return parts.joined(separator: "\n")
  }

  private func table(_ comparison: DomainComparison, incompleteTexts: Int) -> String {
    let scale = comparison.settings.usesLogScale ? ", log scale" : ""
    let design = comparison.isPaired ? ", paired" : ""
    let scope = comparison.scope.map { ", \($0.phrase)" } ?? ", of the whole text"
    var text = "\(comparison.metric.rawValue)\(scope)\(scale)\(design): "
    guard !comparison.blocks.isEmpty else {
      return text + (runs.names.count < 2 ? "one domain, nothing to compare\n" : "no pair of domains with texts\n")
        + Self.leftOut(incompleteTexts) + control(comparison)
    }
    text += "\(counts(comparison))\n"
    let columns = columns(comparison)
    var table = TextTable(
      header: ["domains"] + columns.map(\.name) + ["block", "g"] + (columns.count > 3 ? [] : ["95 % interval"]),
      names: 1)
    for pair in comparison.pairs { table.add(row(pair, columns)) }
    let elsewhere = columns.count > 3 ? "95 % intervals of g: no room here, see g_low and g_high of --format csv\n" : ""
    return text + table.text + elsewhere + Self.leftOut(incompleteTexts) + control(comparison)
  }

  /// Returns verdict counts: `12 different (4 where lengths hardly overlap), 0 equivalent, 9 inconclusive, 2 constant`.
  private func counts(_ comparison: DomainComparison) -> String {
    let always: Set<Verdict> = [.different, .equivalent, .inconclusive]
    return Verdict.allCases.compactMap { verdict -> String? in
      func count(_ pairs: [PairComparison]) -> Int {
        pairs.reduce(0) { $0 + $1.blocks.count { $0.verdict == verdict } }
      }
      let found = count(comparison.pairs)
      guard always.contains(verdict) || found > 0 else { return nil }
      let text = "\(TextTable.count(found)) \(verdict.rawValue)"
      let short = verdict == .different ? count(comparison.pairs.filter { little.contains($0.pair) }) : 0
      return short > 0 ? "\(text) (\(TextTable.count(short)) where lengths hardly overlap)" : text
    }.joined(separator: ", ")
  }

  /// Returns the count columns of the table, with the verdicts that each one counts.
  private func columns(_ comparison: DomainComparison) -> [(name: String, holds: (Verdict) -> Bool)] {
    let columns: [(name: String, isKept: Bool, holds: (Verdict) -> Bool)] = [
      ("different", true, { $0 == .different }), ("negligible", false, { $0 == .negligible }),
      ("equivalent", true, { $0 == .equivalent }), ("inconclusive", true, { $0 == .inconclusive }),
      ("untested", false, { !$0.isTested }),
    ]
    func occurs(_ column: (name: String, isKept: Bool, holds: (Verdict) -> Bool)) -> Bool {
      comparison.blocks.contains { column.holds($0.verdict) }
    }
    let usual = columns.filter { $0.isKept || occurs($0) }
    return (usual.count > 3 ? columns.filter(occurs) : usual).map { ($0.name, $0.holds) }
  }

  private func row(
    _ pair: PairComparison, _ columns: [(name: String, holds: (Verdict) -> Bool)]
  ) -> [String] {
    let blocks = pair.blocks
    let counts = columns.map { column in TextTable.count(blocks.count { column.holds($0.verdict) }) }
    let largest = blocks.filter(\.verdict.isTested).max { abs($0.hedgesG) < abs($1.hedgesG) }
    let interval = largest.map { "\(Self.effect($0.gLow)) … \(Self.effect($0.gHigh))" } ?? "-"
    return [runs.title(pair.domainA, pair.domainB, limit: columns.count > 4 ? 11 : 12)] + counts
      + [largest.flatMap(\.layer).map(String.init) ?? "-", largest.map { Self.effect($0.hedgesG) } ?? "-"]
      + (columns.count > 3 ? [] : [interval])
  }

  /// Returns a remark on texts with non-finite values, which are never dropped silently.
  private static func leftOut(_ texts: Int) -> String {
    guard texts > 0 else { return "" }
    return "left out: \(TextTable.count(texts, "text")) with values that are not finite, see texts.csv\n"
  }

  private func control(_ comparison: DomainComparison) -> String {
    let control = comparison.control
    guard control.comparisons > 0 else { return "control of the arithmetic: none, nothing can be tested\n" }
    func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    let what = comparison.isPaired ? "values exchanged at random" : "random halves of each domain"
    return "control of the arithmetic, \(what): p < \(comparison.settings.alpha) in \(percent(control.rawShare)), "
      + "different \(percent(control.differentShare)) of \(TextTable.count(control.comparisons))\n"
  }

  /// Formats an effect in at most seven characters.
  private static func effect(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    let digits = abs(value) < 10 ? "%.2f" : abs(value) < 1000 ? "%.1f" : "%.0e"
    let text = String(format: digits, value)
    // Drops the minus sign of a number that rounds to zero.
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }
}
