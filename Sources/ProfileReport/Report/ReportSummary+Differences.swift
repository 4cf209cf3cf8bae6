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
      ] + hardlyOverlapping(main)
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
    statements += hardlyOverlapping(main) + atEqualLength(found)
    if let strongest = found.filter({ $0.hedgesG.isFinite }).max(by: { abs($0.hedgesG) < abs($1.hedgesG) }) {
      let text = found.count == 1 ? "It" : "The largest difference"
      statements.append(Statement(.largestDifference, "\(text) is between \(Self.describe(strongest))."))
    }
    return statements + widest(some)
  }

  /// Returns a statement on the pairs that get no verdict, because a difference may be one of length.
  private func hardlyOverlapping(_ main: DomainComparison) -> [Statement] {
    let count = main.blocks.count { $0.verdict == .lengthsApart }
    let lengths = data.lengths.map { $0.map { Int($0) } }
    let little = main.pairs.filter { $0.blocks.contains { $0.verdict == .lengthsApart } }
      .map { LengthOverlap($0.pair, names: data.names, lengths: lengths) }
      .sorted { $0.common.countA + $0.common.countB < $1.common.countA + $1.common.countB }
    guard !little.isEmpty else { return [] }
    let named = little.prefix(3).map {
      "\($0.domainA.markup) – \($0.domainB.markup) \(TextTable.count($0.common.countA)) and "
        + TextTable.count($0.common.countB)
    }
    let others = little.count - named.count
    let list = Words.list(named + (others > 0 ? [TextTable.count(others, "other")] : []))
    return [
      Statement(
        .lengthsHardlyOverlap,
        "<b>\(TextTable.count(count, "comparison"))</b> \(count == 1 ? "has" : "have") no verdict, because the lengths of "
          + "\(TextTable.count(little.count, "pair")) hardly overlap, so that a difference may be one of length "
          + "(texts in the range of lengths that both domains have: \(list)).")
    ]
  }

  /// Returns a statement on the differences that do not remain when lengths are taken into account.
  private func atEqualLength(_ found: [BlockComparison]) -> [Statement] {
    let checked = found.compactMap(\.lengthCheck)
    guard !checked.isEmpty else { return [] }
    func count(_ check: LengthCheck) -> Int { checked.count { $0 == check } }
    let (fades, reverses) = (count(.fades), count(.reverses))
    let subject =
      checked.count == found.count
      ? "Of these" : "Of the \(TextTable.count(checked.count)) that can be checked at equal length"
    guard fades + reverses > 0 else {
      return [Statement(.lengthHolds, "\(subject), all remain at equal length (analysis of covariance).")]
    }
    let parts = [
      count(.holds) > 0 ? "\(TextTable.count(count(.holds))) remain\(count(.holds) == 1 ? "s" : "")" : nil,
      fades > 0 ? "\(TextTable.count(fades)) \(fades == 1 ? "is" : "are") no longer found" : nil,
      reverses > 0 ? "\(TextTable.count(reverses)) turn\(reverses == 1 ? "s" : "") round" : nil,
    ].compactMap(\.self)
    return [
      Statement(.lengthMatters, "\(subject), \(Words.list(parts)) at equal length (analysis of covariance).")
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
    let bound = main.settings.equivalenceBound.phrase
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
    if statements.isEmpty {
      statements.append(
        Statement(.noEquivalence, "Nothing can be called equivalent: no effect is known to lie within \(bound)."))
    }
    return statements + outOfReach(main, bound)
  }

  /// Returns a statement on the comparisons whose texts are too few for equivalence whatever their means.
  private func outOfReach(_ main: DomainComparison, _ bound: String) -> [Statement] {
    let least = blocks(.inconclusive).compactMap(\.textsOutOfReach)
    guard let few = least.min(), let many = least.max() else { return [] }
    let range = few == many ? TextTable.count(few) : "\(TextTable.count(few)) to \(TextTable.count(many))"
    return [
      Statement(
        .equivalenceOutOfReach,
        "For <b>\(TextTable.count(least.count, "inconclusive comparison"))</b>, equivalent was out of reach: with so few "
          + "texts even equal means would not have been called equivalent within \(bound); n would have to be \(range) "
          + "per domain.")
    ]
  }

  var open: [Statement] {
    guard let main else { return [] }
    let found = blocks(.inconclusive)
    var statements: [Statement] = []
    if !found.isEmpty {
      statements.append(Statement(.inconclusive, "\(Words.are(found.count, "comparison")) inconclusive."))
    }
    statements += needed(
      found.map(\.textsNeeded), .textsNeeded, "Were the effects as large as they look,", "would find the difference")
    statements += needed(
      found.map(\.textsForEquivalence), .textsForEquivalence,
      "Of those within the bound, were the effects as large as they look,", "would show the equivalence")
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

  /// Returns a statement on numbers of texts: the smallest and, if all have one, that for half of them.
  private func needed(_ numbers: [Int?], _ claim: Claim, _ condition: String, _ verb: String) -> [Statement] {
    let known = numbers.compactMap(\.self).sorted()
    guard let first = known.first, let last = known.last else { return [] }
    var text = "\(condition) \(TextTable.count(first, "text")) per domain \(verb) "
    text +=
      first == last && known.count == numbers.count
      ? "with a power of 80 %" : "of the first of them with a power of 80 %"
    // If some have no number, the number that would decide half of them is unknown.
    if first != last, known.count == numbers.count {
      text += ", \(TextTable.count(known[(known.count - 1) / 2])) that of half of them"
    }
    return [Statement(claim, text + ".")]
  }

  /// Returns a description such as `cpp and legal at block 3 (Hedges' g = 2.3, 95 % interval 1.9 to 2.7)`.
  static func describe(_ block: BlockComparison) -> String {
    "\(Words.strong(block.domainA)) and \(Words.strong(block.domainB)) at \(Words.place(block)) "
      + "(Hedges’ g = \(Words.number(block.hedgesG)), 95 % interval \(Words.interval(block))"
      + "\(Words.ratio(block).map { "; ratio of means \($0)" } ?? ""))"
  }
}
