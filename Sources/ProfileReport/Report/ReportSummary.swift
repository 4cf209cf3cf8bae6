import Foundation
import LlamaCore
import Profiler

/// The first screen: what the run says, in sentences with numbers. HTML, names escaped.
struct ReportSummary {
  let data: ReportData
  let comparisons: [DomainComparison]
  let rankings: [ReportFigures.RankingKey: BlockRanking]
  private var record: RunRecord { data.record }
  private var scope: Scope { data.mainScope }

  /// Model and corpus as headings have them: the last part of a path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Each paragraph with what it is about.
  var paragraphs: [(title: String, html: String)] {
    let all: [(title: String, html: String)] = [
      ("What was run", run), ("What the profile says", profile), ("Where domains differ", differences),
      ("What is equivalent", equivalence), ("What remains open", open), ("Can it be trusted", trust),
    ]
    return all.filter { !$0.html.isEmpty }
  }

  // MARK: The run

  private var run: String {
    let manifest = record.manifest
    let model = manifest["model"]?["directory"]?.string ?? "the model"
    let texts = record.domains.reduce(0) { $0 + $1.texts.count }
    let tokens = record.domains.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.tokens } }
    let names = record.domains.map { "<b>\($0.name.markup)</b>" }
    let precision = manifest["settings"]?["precision"]?.string.map { " in \($0.markup)" } ?? ""
    var text =
      "\(TextTable.count(texts, "text")) of \(TextTable.count(names.count, "domain")) (\(Self.list(names))), "
      + "\(TextTable.count(tokens, "token")) in all, went through \(TextTable.count(data.layers.count, "block")) of "
      + "<b>\(Self.name(of: model).markup)</b>\(precision)."
    if let first = data.layers.first, first > 0 { text += " Block 0 was left out." }
    if scope == .withoutFirstToken {
      text += " Numbers on this screen leave out each text's first token, which is an attention sink in most models."
    }
    return text
  }

  // MARK: The profile

  private var profile: String {
    let changes = values(.metric(.absMean))
    guard let most = changes.max(by: { $0.value < $1.value }), let least = changes.min(by: { $0.value < $1.value })
    else { return "No block has a value that is finite." }
    var text =
      "<b>Block \(most.layer)</b> changes the residual stream most: by \(Self.number(most.value)) an element "
      + "(<code>abs_mean</code>, mean over domains)"
    if most.layer != least.layer {
      let ratio = least.value > 0 ? ", \(Self.number(most.value / least.value)) times as much" : ""
      text += ratio.isEmpty ? "" : "\(ratio) as block \(least.layer), the least (\(Self.number(least.value)))"
    }
    text += "."
    let relative = values(.metric(.relativeNorm))
    if let most = relative.max(by: { $0.value < $1.value }) {
      text +=
        " Against the stream it is added to, block \(most.layer)'s contribution is largest: "
        + "\(Self.percent(most.value)) of its length."
    }
    let shares = values(.attentionShare)
    let attention = shares.filter { $0.value > 0.5 }.map(\.layer)
    if !shares.isEmpty {
      text +=
        attention.isEmpty
        ? " The MLP adds more than attention in every block."
        : attention.count == shares.count
          ? " Attention adds more than the MLP in every block."
          : " Attention adds more than the MLP in \(Self.blocks(attention)), the MLP in the others."
    }
    let key = ReportFigures.RankingKey(metric: .blockInfluence, scope: scope)
    if let first = rankings[key]?.places.first, data.layers.count > 1 {
      text +=
        " <b>Block \(first.layer)</b> has the least influence (\(Self.number(first.value)))"
        + (first.leastShares?.first.map { " and is the least in \(Self.percent($0)) of the resamples of the texts." }
          ?? "; how sure that is cannot be said, a domain having a single distinct text.")
    }
    return text
  }

  /// The blocks with their mean over domains.
  private func values(_ quantity: ReportData.Quantity) -> [(layer: Int, value: Double)] {
    zip(data.layers, data.overall(quantity, scope)).compactMap { layer, value in value.map { (layer, $0) } }
  }

  // MARK: The comparison

  /// That of `abs_mean`, which the sentences are about.
  private var main: DomainComparison? {
    comparisons.first { $0.metric == .absMean && $0.scope == scope && !$0.blocks.isEmpty }
  }

  private func blocks(_ verdict: Verdict) -> [BlockComparison] { main?.blocks.filter { $0.verdict == verdict } ?? [] }

  private var differences: String {
    guard let main else {
      return record.domains.count < 2
        ? "There is one domain, so there is nothing to compare it with."
        : "This page was written without a comparison. <code>fp-cli report</code> makes one."
    }
    let pairs = VerdictMap.pairs(main)
    let found = blocks(.different)
    let some = pairs.map { pair in found.filter { ($0.domainA, $0.domainB) == pair } }.filter { !$0.isEmpty }
    var text =
      "Of \(TextTable.count(main.blocks.count, "comparison")) of <code>abs_mean</code> "
      + "(\(TextTable.count(pairs.count, "pair")) × \(TextTable.count(data.layers.count, "block"))), "
      + "<b>\(TextTable.count(found.count)) \(found.count == 1 ? "is" : "are") different</b> "
      + "at a false discovery rate of \(Self.percent(main.settings.alpha))"
    guard let strongest = found.filter({ $0.hedgesG.isFinite }).max(by: { abs($0.hedgesG) < abs($1.hedgesG) }) else {
      return text + "."
    }
    text +=
      ", in \(some.count == pairs.count ? "every pair" : "\(some.count) of \(TextTable.count(pairs.count, "pair"))")."
    text += " The largest difference is between \(Self.describe(strongest))."
    let most = some.map(\.count).max() ?? 0
    let widest = some.filter { $0.count == most }
    if data.layers.count > 1, let blocks = widest.first, let first = blocks.first {
      let names = "<b>\(first.domainA.markup)</b> and <b>\(first.domainB.markup)</b>"
      text += " \(names) differ at \(most == data.layers.count ? "every block" : Self.blocks(blocks.compactMap(\.layer)))"
      let others = TextTable.count(widest.count - 1, "other pair")
      let isSame = most == data.layers.count
      text += widest.count > 1 ? isSame ? ", and so do \(others)." : "; \(others) at as many blocks." : "."
    }
    return text
  }

  private var equivalence: String {
    guard let main else { return "" }
    let found = blocks(.equivalent)
    let bound = "\(main.settings.equivalenceBound)"
    guard let closest = found.min(by: { abs($0.hedgesG) < abs($1.hedgesG) }) else {
      return "Nothing can be called equivalent: no effect is known to lie within ±\(bound) standard deviations."
    }
    return
      "<b>\(TextTable.count(found.count, "comparison"))</b> \(found.count == 1 ? "is" : "are") equivalent: the effect "
      + "lies within ±\(bound) standard deviations. The closest are \(Self.describe(closest))."
  }

  private var open: String {
    guard main != nil else { return "" }
    let found = blocks(.inconclusive)
    guard !found.isEmpty else { return "Nothing: every comparison is decided." }
    let needed = found.compactMap(\.textsNeeded).sorted()
    var text = "<b>\(TextTable.count(found.count, "comparison"))</b> \(found.count == 1 ? "is" : "are") inconclusive."
    if let first = needed.first, let last = needed.last {
      let median = needed[needed.count / 2]
      text += " Were the effects as large as they look, "
      text +=
        first == last
        ? "\(TextTable.count(first)) texts per domain would decide with a power of 80 %."
        : "\(TextTable.count(first)) texts per domain would decide the first of them with a power of 80 %, "
          + "\(TextTable.count(median)) half of them."
    }
    return text
  }

  // MARK: Trust

  private var trust: String {
    var parts: [String] = []
    if let main, main.control.comparisons > 0, main.control.rawShare.isFinite {
      parts.append(
        "Negative control: between random halves of one domain, where there is nothing to find, "
          + "\(Self.percent(main.control.rawShare, 1)) of \(TextTable.count(main.control.comparisons, "comparison")) have "
          + "p &lt; \(main.settings.alpha) (about \(Self.percent(main.settings.alpha)) are expected), and "
          + "\(Self.percent(main.control.differentShare, 1)) are called different.")
    }
    let medians = record.domains.compactMap { domain -> (String, Double)? in
      domain.texts.isEmpty
        ? nil : (domain.name, Quantile.median(domain.texts.map { Double($0.tokens) }))
    }
    if let short = medians.min(by: { $0.1 < $1.1 }), let long = medians.max(by: { $0.1 < $1.1 }),
      long.1 > 1.25 * short.1
    {
      parts.append(
        "Texts differ in length (median \(Self.tokens(short.1)) tokens in \(short.0.markup), \(Self.tokens(long.1)) in "
          + "\(long.0.markup)), which can make domains differ: "
          + "<code>fp-cli compare --match-tokens</code> compares texts of one length.")
    }
    let counts = record.manifest["counts"]
    let exceptions = [
      ("empty_texts", "skipped as empty"), ("truncated_texts", "cut"), ("non_finite_texts", "not finite"),
    ]
    .compactMap { key, name in
      counts?[key]?.integer.flatMap { $0 > 0 ? "\(TextTable.count($0, "text")) \(name)" : nil }
    }
    parts.append(
      exceptions.isEmpty
        ? "No text was skipped or cut, and every value is finite."
        : "See <a href=\"#exceptions\">exceptions</a>: \(exceptions.joined(separator: ", ")).")
    return parts.joined(separator: " ")
  }

  // MARK: Words

  /// `cpp and legal at block 3 (Hedges' g = 2.3, 95 % interval 1.9 to 2.7)`.
  private static func describe(_ block: BlockComparison) -> String {
    let interval =
      block.gLow.isFinite && block.gHigh.isFinite
      ? ", 95 % interval \(number(block.gLow)) to \(number(block.gHigh))" : ""
    return "<b>\(block.domainA.markup)</b> and <b>\(block.domainB.markup)</b> at \(place(block)) "
      + "(Hedges’ g = \(number(block.hedgesG))\(interval))"
  }

  /// `block 3`, or what is compared of whole texts.
  static func place(_ block: BlockComparison) -> String {
    block.layer.map { "block \($0)" } ?? "the text as a whole"
  }

  /// `blocks 0–2 and 5`.
  static func blocks(_ layers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for layer in layers {
      if let last = runs.last, last.upperBound + 1 == layer {
        runs[runs.count - 1] = last.lowerBound...layer
      } else {
        runs.append(layer...layer)
      }
    }
    let names = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
    return (layers.count == 1 ? "block " : "blocks ") + list(names)
  }

  /// `a, b and c`.
  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Three significant digits, for reading: `0.0123`, `12.3`, `1,234`, `1.2 × 10⁻⁵`.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "−∞" : "∞" }
    let sign = value < 0 ? "−" : ""
    let scientific = String(format: "%.2e", abs(value)).split(separator: "e")
    guard value != 0, let mantissa = scientific.first, let exponent = scientific.last.flatMap({ Int($0) }) else {
      return "0"
    }
    if (3...8).contains(exponent) { return sign + TextTable.count(Int(abs(value).rounded())) }
    guard (-4...2).contains(exponent) else { return "\(sign)\(mantissa) × \(AxisScale.power(exponent))" }
    return sign + String(format: "%.\(2 - exponent)f", abs(value))
  }

  /// A p-value, which has few digits where it comes from counting.
  static func probability(_ p: Double) -> String { number(p).replacing(/(\.\d*?)0+$/) { $0.1 == "." ? "" : $0.1 } }

  /// A number of tokens, or a mean of two.
  static func tokens(_ value: Double) -> String {
    value == value.rounded() ? number(value).replacing(/\.0+$/, with: "") : number(value)
  }

  static func percent(_ share: Double?, _ digits: Int = 0) -> String {
    guard let share, share.isFinite else { return "–" }
    return String(format: "%.\(digits)f %%", share * 100)
  }
}
