import Foundations
import Profiler
import Statistics

/// Statements on the comparison of `abs_mean`.
extension ReportSummary {
  /// Comparison that the sentences are about.
  var main: DomainComparison? {
    comparisons.first { $0.metric == .absMean && $0.scope == scope && !$0.blocks.isEmpty }
  }

  private func blocks(_ verdict: Verdict) -> [BlockComparison] { main?.blocks.filter { $0.verdict == verdict } ?? [] }

  var differences: [Statement] {
    guard let main else {
      return record.domains.count < 2
        ? [Statement(.oneDomain, "There is one domain, so there is nothing to compare it with.")]
        : [
          Statement(
            .notCompared, "This page was written without a comparison. <code>fp-cli report</code> makes one.")
        ]
    }
    let pairs = main.pairs
    guard main.blocks.contains(where: \.verdict.isTested) else {
      return [
        Statement(
          .notTested,
          "None of \(TextTable.count(main.blocks.count, "comparison")) of <code>abs_mean</code> "
            + "(\(TextTable.count(pairs.count, "pair")) × \(TextTable.count(data.layers.count, "block"))) could be tested."
        )
      ]
    }
    let found = blocks(.different)
    let some = pairs.map { $0.blocks.filter { $0.verdict == .different } }.filter { !$0.isEmpty }
    let place =
      found.isEmpty
      ? ""
      : ", in \(some.count == pairs.count ? "every pair" : "\(some.count) of \(TextTable.count(pairs.count, "pair"))")"
    var statements = [
      Statement(
        .differences,
        "Of \(TextTable.count(main.blocks.count, "comparison")) of <code>abs_mean</code> "
          + "(\(TextTable.count(pairs.count, "pair")) × \(TextTable.count(data.layers.count, "block"))), "
          + "<b>\(TextTable.count(found.count)) \(found.count == 1 ? "is" : "are") different</b> "
          + "at a false discovery rate of \(Words.percent(main.settings.alpha))\(place).")
    ]
    statements += hardlyOverlapping(main, found: found.count)
    if let strongest = found.filter({ $0.hedgesG.isFinite }).max(by: { abs($0.hedgesG) < abs($1.hedgesG) }) {
      let text = found.count == 1 ? "It" : "The largest difference"
      statements.append(Statement(.largestDifference, "\(text) is between \(Self.describe(strongest))."))
    }
    return statements + widest(some)
  }

  /// Returns a statement on the pairs whose differences may be due to length.
  private func hardlyOverlapping(_ main: DomainComparison, found: Int) -> [Statement] {
    let lengths = data.lengths.map { $0.map { Int($0) } }
    let pairs = main.pairs.map { ($0, LengthOverlap($0.pair, names: data.names, lengths: lengths)) }
      .filter(\.1.isLittle)
    let little = pairs.map(\.1).sorted { ($0.share ?? 0) < ($1.share ?? 0) }
    guard !little.isEmpty else { return [] }
    let count = pairs.reduce(0) { $0 + $1.0.blocks.count { $0.verdict == .different } }
    let named = little.prefix(3).map { "\($0.domainA.markup) – \($0.domainB.markup) \(Words.percent($0.share))" }
    let others = little.count - named.count
    let list = Words.list(named + (others > 0 ? [TextTable.count(others, "other")] : []))
    let share = "share of texts within the other’s 5 to 95 % range"
    return [
      Statement(
        .lengthsHardlyOverlap,
        "<b>\(count == found && count > 1 ? "All" : TextTable.count(count)) of these</b> "
          + "\(count == 1 ? "is" : "are") of \(TextTable.count(little.count, "pair")) whose lengths hardly overlap "
          + "(\(share): \(list)), so that a difference may be one of length.")
    ]
  }

  /// Returns a statement on the pair that differs at most blocks.
  private func widest(_ pairs: [[BlockComparison]]) -> [Statement] {
    let most = pairs.map(\.count).max() ?? 0
    let widest = pairs.filter { $0.count == most }
    guard most > 1, let blocks = widest.first, let first = blocks.first else { return [] }
    let place = Words.blocks(blocks.compactMap(\.layer), of: data.layers)
    var text = "\(Words.strong(first.domainA)) and \(Words.strong(first.domainB)) differ at \(place)"
    if widest.count > 1 {
      let others = TextTable.count(widest.count - 1, "other pair")
      let verb = widest.count == 2 ? "does" : "do"
      text += most == data.layers.count ? ", and so \(verb) \(others)" : "; \(others) at as many blocks"
    } else if pairs.count > 1 {
      text += ", more than any other pair"
    }
    return [Statement(.widestDifference, text + ".")]
  }

  var equivalence: [Statement] {
    guard let main else { return [] }
    let (found, small) = (blocks(.equivalent), blocks(.negligible))
    let bound = "±\(main.settings.equivalenceBound) standard deviations"
    var statements: [Statement] = []
    if let closest = found.min(by: { abs($0.hedgesG) < abs($1.hedgesG) }) {
      statements.append(
        Statement(
          .equivalence,
          "\(Words.are(found.count, "comparison")) equivalent: the effect lies within \(bound). "
            + "\(found.count == 1 ? "It is" : "The closest are") \(Self.describe(closest))."))
    }
    if !small.isEmpty {
      statements.append(
        Statement(
          .negligible,
          "\(Words.are(small.count, "comparison")) negligible: there is a difference, and it lies within \(bound)."))
    }
    guard statements.isEmpty else { return statements }
    return [
      Statement(.noEquivalence, "Nothing can be called equivalent: no effect is known to lie within \(bound).")
    ]
  }

  var open: [Statement] {
    guard let main else { return [] }
    let found = blocks(.inconclusive)
    var statements: [Statement] = []
    if !found.isEmpty {
      statements.append(Statement(.inconclusive, "\(Words.are(found.count, "comparison")) inconclusive."))
    }
    let needed = found.compactMap(\.textsNeeded).sorted()
    if let first = needed.first, let last = needed.last {
      let power = "\(TextTable.count(first, "text")) per domain would decide"
      var text = "Were the effects as large as they look, \(power) "
      text +=
        first == last && needed.count == found.count ? "with a power of 80 %" : "the first of them with a power of 80 %"
      // If some have no number, the number that would decide half of them is unknown.
      let half = needed[(needed.count - 1) / 2]
      if first != last, needed.count == found.count { text += ", \(TextTable.count(half)) half of them" }
      statements.append(Statement(.textsNeeded, text + "."))
    }
    let kinds = Verdict.allCases.filter { !$0.isTested }.compactMap { verdict -> String? in
      let count = main.blocks.count { $0.verdict == verdict }
      return count > 0 ? "\(TextTable.count(count)) \(verdict.rawValue)" : nil
    }
    if !kinds.isEmpty {
      let count = main.blocks.count { !$0.verdict.isTested }
      statements.append(
        Statement(
          .untested,
          "\(Words.are(count, "comparison")) not tested and \(count == 1 ? "has" : "have") no p: "
            + "\(Words.list(kinds))."))
    }
    return statements.isEmpty ? [Statement(.nothingOpen, "Nothing: every comparison is decided.")] : statements
  }

  /// Returns a description such as `cpp and legal at block 3 (Hedges' g = 2.3, 95 % interval 1.9 to 2.7)`.
  static func describe(_ block: BlockComparison) -> String {
    "\(Words.strong(block.domainA)) and \(Words.strong(block.domainB)) at \(Words.place(block)) "
      + "(Hedges’ g = \(Words.number(block.hedgesG)), 95 % interval \(Words.interval(block)))"
  }
}
