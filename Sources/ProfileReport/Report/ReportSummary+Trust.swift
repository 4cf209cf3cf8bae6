import ProfileStore
import Profiler
import Statistics

/// Caveats that a reader needs before relying on the results.
extension ReportSummary {
  var trust: [Statement] { control + lengths + [exceptions] }

  private var control: [Statement] {
    guard let main else { return [] }
    let control = main.control
    guard control.comparisons > 0, control.rawShare.isFinite else {
      return [Statement(.noControl, "There is no negative control: no domain has ten texts that differ.")]
    }
    let alpha = main.settings.alpha
    return [
      Statement(
        .control,
        "Negative control: each domain’s texts split at random into halves, "
          + "\(Words.percent(control.rawShare, 1)) of \(TextTable.count(control.comparisons, "comparison")) have "
          + "p &lt; \(alpha) (about \(Words.percent(alpha)) are expected), and "
          + "\(Words.percent(control.differentShare, 1)) are called different."),
      Statement(
        .controlIsBlind,
        "That tests the arithmetic: it cannot see copies, texts that were cut from one document, or length."),
    ]
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
