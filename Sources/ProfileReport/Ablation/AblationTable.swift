import Foundation
import LlamaCore
public import Profiler
import Statistics

/// Costs of removals, or of swaps, as tables for a terminal of 100 columns: one table per domain, the units of a part from
/// the least harm to the most.
///
/// - `delta_nll` is the mean over texts of the rise of the negative log-likelihood, in nats a token, with its interval;
/// - `perplexity` is that of the model without the unit, or with another checkpoint's, over all tokens; `top1` the share of
///   positions at which the most likely token stays the same;
/// - an open verdict is followed by the number of texts that would decide, roughly.
///
/// The units that are harmless in every domain follow, those that are so with the error rate held over all units, the
/// metric of the profile that orders the blocks most like the damage, blocks of little influence that cost much, the
/// largest differences between domains, and the limits of the numbers.
public struct AblationTable: Sendable {
  private let summaries: [AblationSummary]
  private let proxies: [ProxyRanking]
  private let comparison: DomainRemovalComparison?
  private let swapsFrom: String?
  private let means: Ablation.Means?
  private let program: [Int]?
  private static let width = 100
  /// Number of texts from which on the 95 % percentile interval covers the mean of normal values nine times of ten.
  private static let fewTexts = 10

  /// - Parameters:
  ///   - summaries: the domains, with the same settings.
  ///   - proxies: how well the metrics name the blocks of each domain; empty if no blocks were removed or swapped.
  ///   - comparison: the domains compared; nil if there are not two.
  ///   - swapsFrom: checkpoint that the units come from; nil where they are removed.
  ///   - means: texts whose means removed parts leave; nil for 0.
  ///   - program: blocks of the checkpoint that ran, in which a block's number is its place; nil for all.
  public init(
    _ summaries: [AblationSummary], proxies: [ProxyRanking] = [], comparison: DomainRemovalComparison? = nil,
    swapsFrom: String? = nil, means: Ablation.Means? = nil, program: [Int]? = nil
  ) {
    (self.summaries, self.proxies, self.comparison) = (summaries, proxies, comparison)
    (self.swapsFrom, self.means, self.program) = (swapsFrom, means, program)
  }

  /// Tables, separated by empty lines.
  public var text: String {
    // What another checkpoint does differently is nothing that a metric names.
    let best = swapsFrom == nil ? proxies.map(best) : []
    let misnamed = swapsFrom == nil ? zip(summaries, proxies).map(misnamed) : []
    let lists = [everywhere] + summaries.map(overall) + best + misnamed + [compared]
    return ([heading] + summaries.map(domain) + [lists.joined(), notes]).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Returns the line that says what the units are, if they are not removed.
  private var heading: String {
    swapsFrom.map { "each unit with the weights of \(Self.label($0)) in place of its own\n" } ?? ""
  }

  private func domain(_ summary: AblationSummary) -> String {
    let groups = summary.groups < summary.texts ? " in \(TextTable.count(summary.groups, "group"))" : ""
    var facts = [
      TextTable.count(summary.texts, "text") + groups, TextTable.count(summary.predictedTokens, "predicted token"),
      "nll \(TextTable.number(summary.nll)) nats a token", "perplexity \(TextTable.number(summary.perplexity))",
    ]
    if summary.textsOfOneToken > 0 { facts.append("\(TextTable.count(summary.textsOfOneToken)) of one token left out") }
    var table = TextTable(
      header: ["unit", "rank", "delta_nll", "95 % interval", "perplexity", "top1", "verdict"], names: 1)
    for row in Self.sorted(summary.units) {
      table.add([
        row.unit.description, row.rank.map(String.init) ?? "-", TextTable.number(row.deltaNLL),
        row.interval.map { "\(TextTable.number($0.lowerBound)) … \(TextTable.number($0.upperBound))" } ?? "-",
        TextTable.number(row.perplexity), TextTable.percentage(row.top1), Self.verdict(row, unit),
      ])
    }
    return Self.filled("\(Self.label(summary.domain)): ", facts) + table.text + Self.leftOut(summary)
  }

  /// Returns the units by part and rank; those without a rank last.
  private static func sorted(_ rows: [AblationSummary.Unit]) -> [AblationSummary.Unit] {
    BlockUnit.Part.allCases.flatMap { part in
      rows.filter { $0.unit.part == part }.sorted {
        ($0.unit.count, $0.rank ?? .max, $0.unit) < ($1.unit.count, $1.rank ?? .max, $1.unit)
      }
    }
  }

  private static func verdict(_ row: AblationSummary.Unit, _ unit: String) -> String {
    row.textsNeeded.map { "\(row.verdict.rawValue), \(TextTable.about($0, unit))" } ?? row.verdict.rawValue
  }

  /// The word for an observation: a group if some group of texts has several.
  private var unit: String { summaries.contains { $0.groups < $0.texts } ? "group" : "text" }

  /// Returns a remark on texts with non-finite values, which are never dropped silently.
  private static func leftOut(_ summary: AblationSummary) -> String {
    guard summary.nonFiniteTexts > 0 else { return "" }
    let units = summary.units.count { $0.nonFiniteTexts > 0 }
    return "left out: \(TextTable.count(summary.nonFiniteTexts, "text")) with values that are not finite, "
      + "of \(TextTable.count(units, "unit")), see \(AblationCSV.fileName)\n"
  }

  /// Returns the list of units that are harmless in all domains.
  private var everywhere: String {
    guard summaries.count > 1 else { return "" }
    let units = AblationSummary.harmlessEverywhere(summaries)
    return Self.filled("harmless in all domains: ", units.isEmpty ? ["none"] : units.map(\.description))
  }

  /// Returns the list of a domain's units whose error rate is held.
  private func overall(_ summary: AblationSummary) -> String {
    let units = summary.units.filter(\.isHarmlessOverall).map(\.unit.description)
    return Self.filled(
      "\(Self.label(summary.domain)), harmless over all units: ", units.isEmpty ? ["none"] : units)
  }

  /// Returns the metric and scope whose order of blocks is most like that of `delta_nll`, among those of which it is sure
  /// that they order them at all, beside ShortGPT's.
  private func best(_ ranking: ProxyRanking) -> String {
    func text(_ row: ProxyRanking.Row) -> String {
      let interval = row.interval.map { " (\(Self.rho($0.lowerBound)) … \(Self.rho($0.upperBound)))" } ?? ""
      return "\(row.metric.rawValue) of \(row.scope.rawValue) \(Self.rho(row.spearman))\(interval)"
    }
    func lines(_ items: [String]) -> String {
      "\(Self.label(ranking.domain)), Spearman of a metric with delta_nll of blocks:\n"
        + items.map { "  \($0)\n" }.joined()
    }
    let sure = ranking.rows.filter { ($0.interval?.lowerBound ?? 0) > 0 }
    guard let best = sure.max(by: { $0.spearman < $1.spearman }) else {
      return lines(["no metric's interval lies above 0"])
    }
    let known = ranking.rows.filter {
      $0.metric == .blockInfluence && $0.scope == .all && best.metric != .blockInfluence
    }
    return lines(([best] + known).map(text))
  }

  /// Number of blocks, and of differences between domains, that are listed.
  private static let listed = 3

  /// Returns the blocks that ShortGPT's metric would have removed first of all that must stay.
  private func misnamed(_ summary: AblationSummary, _ ranking: ProxyRanking) -> String {
    let blocks = MisnamedBlock.all(summary, ranking)
    guard let first = blocks.first else { return "" }
    let lines = blocks.prefix(Self.listed).map { block in
      "  block:\(block.layer) changes the stream \(Words.ordinal(block.rank))least of \(block.blocks) (\(block.scope.rawValue)),\n"
        + "    but its removal costs \(Words.ordinal(block.harm))most: \(TextTable.number(block.deltaNLL)) "
        + "(\(TextTable.number(block.interval.lowerBound)) … \(TextTable.number(block.interval.upperBound)))\n"
    }
    let more = blocks.count > Self.listed ? "  and \(TextTable.count(blocks.count - Self.listed, "block")) more\n" : ""
    return "\(Self.label(summary.domain)), misjudged by \(first.metric.rawValue):\n" + lines.joined() + more
  }

  /// Returns the largest of the differences between domains that are none of chance.
  private var compared: String {
    guard let comparison, !comparison.rows.isEmpty else { return "" }
    let (tested, different) = (comparison.tested, comparison.different)
    guard !tested.isEmpty else {
      return "domains not compared: that takes \(Verdict.leastTexts) \(unit)s in each of two, and some scatter\n"
    }
    let count = TextTable.count(different.count)
    let lines = different.prefix(Self.listed).map { row in
      let interval =
        row.interval.map { " (\(TextTable.number($0.lowerBound)) … \(TextTable.number($0.upperBound)))" } ?? ""
      let names = [row.domainA, row.domainB].map { TextTable.label($0, limit: 20) }
      return "  \(row.unit), \(names[0]) - \(names[1]): \(TextTable.number(row.difference))\(interval)\n"
    }
    return "domains compared: \(count) of \(TextTable.count(tested.count, "difference")) of delta_nll with "
      + "q < \(comparison.settings.alpha)\(lines.isEmpty ? "" : ", largest:")\n" + lines.joined()
  }

  private static func rho(_ value: Double) -> String { value.isNaN ? "-" : String(format: "%.2f", value) }

  private var notes: String {
    guard let settings = summaries.first?.settings else { return "" }
    var notes = [
      "harmless: the interval lies below the margin of \(settings.margin) nats a token; harmful: above it",
      "nll and delta_nll are means over \(unit)s\(unit == "group" ? ", each by the mean of its texts" : ""), "
        + "perplexity is of all tokens",
      "intervals are of one unit at a time, and verdicts are not corrected over units",
      "\"harmless over all units\": an expected \(TextTable.percentage(settings.alpha)) of a list at most is wrong",
    ]
    if let program {
      notes.insert(
        "a unit's number is a place in --layers \(TextTable.label(BlockList.text(program), limit: 60)), from 0", at: 0)
    }
    if let means {
      let texts = TextTable.count(means.count, "text")
      notes.insert(
        "a removed part leaves its mean over at most \(texts) of the domain, not 0; these texts count as well", at: 0)
    }
    if !proxies.isEmpty, swapsFrom == nil {
      notes.append(
        "the metric is the highest of those whose interval lies above 0, in hindsight; all: \(AblationCSV.proxiesFileName)"
      )
    }
    if summaries.contains(where: { (2..<Self.fewTexts).contains($0.groups) }) {
      notes.append("intervals of fewer than \(Self.fewTexts) \(unit)s are too narrow")
    }
    return notes.map { $0 + "\n" }.joined()
  }

  /// Returns items separated by commas in lines that fit, the later ones indented.
  private static func filled(_ prefix: String, _ items: [String]) -> String {
    var text = ""
    var line = prefix
    for (index, item) in items.enumerated() {
      let piece = index < items.count - 1 ? item + "," : item
      if index > 0, line.unicodeScalars.count + 1 + piece.unicodeScalars.count > width {
        text += line + "\n"
        line = "  " + piece
      } else {
        line += (index > 0 ? " " : "") + piece
      }
    }
    return text + line + "\n"
  }

  private static func label(_ name: String) -> String { TextTable.label(name, limit: 40) }
}
