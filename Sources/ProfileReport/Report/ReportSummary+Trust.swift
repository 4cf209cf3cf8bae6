import ProfileStore
import Profiler
import Statistics

/// Caveats that a reader needs before relying on the results.
extension ReportSummary {
  var trust: [Statement] { control + dependence + lengths + [exceptions] }

  private var control: [Statement] {
    guard let main else { return [] }
    let control = main.control
    guard control.comparisons > 0, control.rawShare.isFinite else {
      return [Statement(.noControl, "There is no negative control: no domain has ten \(data.units) that differ.")]
    }
    let alpha = main.settings.alpha
    return [
      Statement(
        .control,
        "Negative control: each domain’s \(data.units) split at random into halves, "
          + "\(Words.percent(control.rawShare, 1)) of \(TextTable.count(control.comparisons, "comparison")) have "
          + "p &lt; \(alpha) (about \(Words.percent(alpha)) are expected), and "
          + "\(Words.percent(control.differentShare, 1)) are called different."),
      Statement(
        .controlIsBlind,
        "That tests the arithmetic, not the texts: random halves of a fixed set are alike whatever the set is. It cannot see "
          + "that texts depend on each other (parts of one document, one author), nor that domains differ in length."),
    ]
  }

  /// What is known of the dependence of texts.
  private var dependence: [Statement] {
    guard !comparisons.isEmpty else { return [] }
    guard data.hasGroups else {
      let reason =
        record.groups.isSearched
        ? "since no two have one group or are near-copies"
        : "since the run is of an earlier version, which knew no groups of texts and searched no near-copies"
      return [
        Statement(
          .noGroups,
          "Every text counts as independent of all others, \(reason). If some were taken from one document, "
            + "differences are less certain than they appear, and the control is blind to that: give such texts a group "
            + "(<code>corpus build --group-field</code>).")
      ]
    }
    let texts = record.domains.reduce(0) { $0 + $1.texts.count - $1.copies }
    let near = record.groups.nearCopies
    var statements = [
      Statement(
        .groups,
        "The \(TextTable.count(texts, "text")) are in \(TextTable.count(data.allGroups, "group")), the units of every "
          + "comparison, by the mean of their texts (\(near > 0 ? TextTable.count(near, "text") : "no text") joined one as a "
          + "near-copy). Texts of a group may depend on each other; groups count as independent.")
    ]
    let matched = record.commonGroups().filter(\.areAll)
    if let most = matched.max(by: { $0.groups < $1.groups }) {
      statements.append(
        Statement(
          .matchedGroups,
          "\(TextTable.count(matched.count, "pair")) of domains \(matched.count == 1 ? "has" : "have") the same groups (most: "
            + "\(most.domainA.markup) – \(most.domainB.markup), \(TextTable.count(most.groups))) and "
            + "\(matched.count == 1 ? "is" : "are") compared group by group, by paired tests."))
    }
    let common = record.commonGroups().filter { !$0.areAll }
    if let most = common.max(by: { $0.groups < $1.groups }) {
      statements.append(
        Statement(
          .commonGroups,
          "\(TextTable.count(common.count, "pair")) of domains \(common.count == 1 ? "has" : "have") groups in common (most: "
            + "\(most.domainA.markup) – \(most.domainB.markup), \(TextTable.count(most.groups))), which are left out of that "
            + "pair’s comparison."))
    }
    return statements
  }

  private var lengths: [Statement] {
    let medians = zip(data.names, data.lengths).compactMap { name, lengths -> (name: String, tokens: Double)? in
      lengths.isEmpty ? nil : (name, Quantile.median(lengths))
    }
    guard let short = medians.min(by: { $0.tokens < $1.tokens }), let long = medians.max(by: { $0.tokens < $1.tokens }),
      long.tokens > 1.25 * short.tokens
    else { return [] }
    return [
      Statement(
        .lengthsDiffer,
        "Texts differ in length (median \(Words.tokens(short.tokens)) tokens in \(Words.strong(short.name)), "
          + "\(Words.tokens(long.tokens)) in \(Words.strong(long.name))), which can make domains differ: "
          + "<code>fp-cli compare --match-tokens</code> compares texts of one length.")
    ]
  }

  private var exceptions: Statement {
    let profile = record.profile
    let found = [
      (profile.emptyTexts, "skipped as empty"), (profile.truncatedTexts, "cut"), (profile.nonFiniteTexts, "not finite"),
      (record.failures.count, "not run"),
    ].compactMap { count, name in count > 0 ? "\(TextTable.count(count, "text")) \(name)" : nil }
    return found.isEmpty
      ? Statement(.noExceptions, "No text was skipped or cut, and every value is finite.")
      : Statement(.exceptions, "See <a href=\"#exceptions\">exceptions</a>: \(found.joined(separator: ", ")).")
  }
}
