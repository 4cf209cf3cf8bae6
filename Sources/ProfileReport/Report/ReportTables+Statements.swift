import ProfileStore
import Profiler
import Statistics

/// Sentences beside the tables.
extension ReportTables {
  /// Returns statements on whether any domain differs, by block.
  func omnibus(_ scope: Scope) -> [Statement] {
    guard let comparison = comparisons.first(where: { $0.metric == .absMean && $0.scope == scope }),
      !comparison.blocks.isEmpty
    else { return [] }
    let alpha = comparison.settings.alpha
    let tested = comparison.omnibus.filter { !$0.pPermutation.isNaN }
    let found = tested.filter { $0.pPermutation < alpha }.compactMap(\.layer)
    let level = "(permutation p &lt; \(alpha), each block by itself)"
    guard !tested.isEmpty else {
      return [
        Statement(
          .omnibusUnknown,
          "No analysis of variance was possible: it takes two domains, \(Verdict.leastValues) distinct values, and a domain "
            + "with two texts that differ.")
      ]
    }
    return [
      found.isEmpty
        ? Statement(
          .noDomainDiffers, "At no block an analysis of variance finds any domain to differ from the others \(level).")
        : Statement(
          .someDomainDiffers,
          "At \(Words.blocks(found, of: data.layers)) an analysis of variance finds some domain to differ from the others "
            + "\(level).")
    ]
  }

  /// Returns the explanation of the table of the texts that each block changed most.
  func mostChanged(_ blocks: [[MostAffectedTexts.Entry]], _ scope: Scope) -> [Statement] {
    guard let most = blocks.map(\.count).max(), most > 0 else {
      return [Statement(.noMostChangedTexts, "No text has a value in this scope, \(scope.phrase).")]
    }
    let subject = most == 1 ? "The text" : "The \(most == 2 ? "two" : "three") texts"
    return [
      Statement(
        .mostChangedTexts,
        "\(subject) of greatest <code>abs_mean</code> at each block, \(scope.phrase), against the mean over all texts.")
    ]
  }

  /// Statements on texts that were skipped or truncated, and on non-finite values.
  var exceptions: [Statement] {
    let (record, profile) = (data.record, data.record.profile)
    let copies = record.domains.reduce(0) { $0 + $1.copies }
    let sentences = [
      (profile.emptyTexts, "without a token, skipped"),
      (profile.truncatedTexts, "cut to the longest length allowed"),
      (copies, "that are copies of an earlier one of their domain, which count nowhere on this page"),
      (record.failures.count, "not run, see the manifest"),
      (profile.nonFiniteTexts, "with values that are not finite, none of which enters a statistic"),
    ].map { "\(TextTable.count($0.0, "text")) \($0.1)" }
    var statements = [Statement(.counts, "\(sentences.joined(separator: "; ")).")]
    let listed = min(Self.incidentLimit, profile.incidents.count)
    let total = profile.incidentCount
    if total > listed {
      statements.append(Statement(.moreIncidents, "The first \(listed) of \(TextTable.count(total)) places:"))
    }
    return statements
  }
}
