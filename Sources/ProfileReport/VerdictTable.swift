import Foundation
public import Profiler
import Statistics

/// Comparison as tables for a terminal of 100 columns: one table per metric, one line per pair of domains.
///
/// - `different`, `equivalent`, `inconclusive` count blocks, as do `negligible` and `untested` (identical, constant,
///   too few values, too few groups, lengths hardly overlap) if there are any. Of more than three, those of no block are
///   left out;
/// - `block` is the tested block with the largest effect, `g` that effect and `ratio` the ratio of the means there.
///   `95 % interval` is that of the ratio or, of a metric without one, that of g; there is no room for it beside more than
///   three counts: a sentence then says where it is. A pair without a tested block has none of these.
///
/// The remarks of ``ComparedRuns/notes`` follow.
public struct VerdictTable: Sendable {
  private let comparisons: [DomainComparison]
  private let runs: ComparedRuns
  /// Number of texts that each comparison leaves out because of a non-finite value.
  private let incompleteTexts: [Int]

  /// - Throws: `FileError` if the rows of a run cannot be read back.
  public init(_ comparisons: [DomainComparison], of runs: ComparedRuns) throws {
    self.comparisons = comparisons
    self.runs = runs
    incompleteTexts = try comparisons.map { try runs.incompleteTexts($0.metric, $0.scope) }
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
      header: ["domains"] + columns.map(\.name) + ["block", "g"] + (comparison.metric.isSigned ? [] : ["ratio"])
        + (columns.count > 3 ? [] : ["95 % interval"]),
      names: 1)
    for pair in comparison.pairs { table.add(row(pair, columns, isSigned: comparison.metric.isSigned)) }
    return text + table.text + intervals(comparison, columns.count) + openQuestions(comparison)
      + lengthCheck(comparison)
      + correlation(comparison) + Self.leftOut(incompleteTexts) + control(comparison)
  }

  /// Says which interval is printed, and where the others are.
  private func intervals(_ comparison: DomainComparison, _ counts: Int) -> String {
    let names = comparison.metric.isSigned ? "g: " : "g and ratio: "
    let columns = comparison.metric.isSigned ? "g_low and g_high" : "g_low and ratio_low"
    if counts > 3 { return "95 % intervals of \(names)no room here, see \(columns) of --format csv\n" }
    return comparison.metric.isSigned || !comparison.blocks.contains(where: \.verdict.isTested)
      ? "" : "95 % interval of the ratio of means; that of g: g_low and g_high of --format csv\n"
  }

  /// Returns a line on what the inconclusive comparisons need: each question by itself.
  private func openQuestions(_ comparison: DomainComparison) -> String {
    let open = comparison.blocks.filter { $0.verdict == .inconclusive }
    let unit = comparison.isPaired ? "pair" : comparison.isGrouped ? "group" : "text"
    var text = ""
    if let least = open.compactMap(\.textsNeeded).min() {
      text +=
        "to find a difference of the size it has here, with a power of 80 %: from \(TextTable.count(least, unit)) on\n"
    }
    if let least = open.compactMap(\.textsForEquivalence).min() {
      text +=
        "to be equivalent, the effect being as it is here, with a power of 80 %: from "
        + "\(TextTable.count(least, unit)) on\n"
    }
    let out = open.compactMap(\.textsOutOfReach)
    if let few = out.min(), let many = out.max() {
      let range = few == many ? TextTable.count(few) : "\(TextTable.count(few)) to \(TextTable.count(many))"
      text +=
        "equivalent was out of reach for \(TextTable.count(out.count)), even with equal means: n would have to be "
        + "\(range)\n"
    }
    return text
  }

  /// Returns a line on what of the differences remains at equal length.
  private func lengthCheck(_ comparison: DomainComparison) -> String {
    let checked = comparison.blocks.filter { $0.verdict == .different }.compactMap(\.lengthCheck)
    guard !checked.isEmpty else { return "" }
    let counts = LengthCheck.allCases.map { check in
      "\(check.rawValue) \(TextTable.count(checked.count { $0 == check }))"
    }
    return "the difference at equal length (analysis of covariance): \(counts.joined(separator: ", "))\n"
  }

  /// Returns a line on how much the two values of a text, or means of a group, have in common.
  private func correlation(_ comparison: DomainComparison) -> String {
    let found = comparison.blocks.map(\.correlation).filter(\.isFinite)
    guard let least = found.min(), let most = found.max() else { return "" }
    func text(_ value: Double) -> String { String(format: "%.4f", value) }
    let what =
      !comparison.isPaired
      ? "a group's values in two domains over groups"
      : comparison.isGrouped ? "a group's two means over groups" : "a text's two values over texts"
    return "correlation of \(what): \(text(least)) … \(text(most))\n"
  }

  /// Returns verdict counts: `12 different, 0 equivalent, 9 inconclusive, 2 constant, 4 without a verdict (lengths hardly
  /// overlap)`.
  private func counts(_ comparison: DomainComparison) -> String {
    let always: Set<Verdict> = [.different, .equivalent, .inconclusive]
    return Verdict.allCases.compactMap { verdict -> String? in
      func count(_ pairs: [PairComparison]) -> Int {
        pairs.reduce(0) { $0 + $1.blocks.count { $0.verdict == verdict } }
      }
      let found = count(comparison.pairs)
      guard always.contains(verdict) || found > 0 else { return nil }
      return verdict == .lengthsApart
        ? "\(TextTable.count(found)) without a verdict (lengths hardly overlap)"
        : "\(TextTable.count(found)) \(verdict.rawValue)"
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
    _ pair: PairComparison, _ columns: [(name: String, holds: (Verdict) -> Bool)], isSigned: Bool
  ) -> [String] {
    let blocks = pair.blocks
    let counts = columns.map { column in TextTable.count(blocks.count { column.holds($0.verdict) }) }
    let largest = blocks.filter(\.verdict.isTested).max { abs($0.hedgesG) < abs($1.hedgesG) }
    let interval = largest.map {
      isSigned
        ? "\(Self.effect($0.gLow)) … \(Self.effect($0.gHigh))"
        : "\(Self.ratio($0.ratioLow)) … \(Self.ratio($0.ratioHigh))"
    }
    let limit = columns.count > 4 ? 6 : columns.count > 3 || isSigned ? 11 : 9
    return [runs.title(pair.domainA, pair.domainB, limit: limit)] + counts
      + [largest.flatMap(\.layer).map(String.init) ?? "-", largest.map { Self.effect($0.hedgesG) } ?? "-"]
      + (isSigned ? [] : [largest.map { Self.ratio($0.ratio) } ?? "-"])
      + (columns.count > 3 ? [] : [interval ?? "-"])
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

  /// Formats a ratio in at most six characters; `inf` if there is no upper bound.
  static func ratio(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
    return value < 10 ? String(format: "%.3f", value) : String(format: value < 1000 ? "%.1f" : "%.0e", value)
  }

  /// Formats an effect in at most seven characters.
  static func effect(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    let digits = abs(value) < 10 ? "%.2f" : abs(value) < 1000 ? "%.1f" : "%.0e"
    let text = String(format: digits, value)
    // Drops the minus sign of a number that rounds to zero.
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }
}
