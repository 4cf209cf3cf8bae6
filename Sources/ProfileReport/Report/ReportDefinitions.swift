import Profiler
import Statistics

/// Definitions of all numbers of the page.
struct ReportDefinitions {
  let data: ReportData
  let settings: ComparisonSettings?
  /// Verdicts that occur.
  let verdicts: [Verdict]

  var html: String {
    let terms =
      general + (data.ablation == nil ? [] : removals) + (settings.map(comparison) ?? []) + [
        (
          "Among the k least",
          "The \(data.units) of each domain are drawn anew with replacement, as many as there are, and the blocks ranked again by "
            + "the mean over domains of their means. The share says in how many of these draws a block is among the k least. "
            + "Whiskers reach from the 2.5th to the 97.5th percentile of the draws."
        )
      ]
    let list = terms.map { "<dt><b>\($0.0.markup)</b></dt><dd>\($0.1.markup)</dd>" }.joined(separator: "\n")
    return """
      <p>Block ℓ reads the residual stream X (T tokens × D numbers), adds what attention (A) and the MLP (M) put out, and
      writes Y = X + A + M. Its contribution is Δ = Y − X. The output of the last block is taken before the final norm.
      Means over tokens are unweighted.</p>
      \(ReportTables(data: data, comparisons: []).metrics())
      <dl>
      \(list)
      </dl>
      """
  }

  private var general: [(String, String)] {
    [
      data.hasGroups
        ? (
          "Group",
          "The unit of observation: the texts of a document or task, and near-copies, by the mean of their values. A domain's "
            + "mean, variance (divided by n − 1) and standard deviation are taken over its groups, not over texts or tokens, "
            + "since the texts of one group are not independent. summary.csv has the same over texts."
        )
        : (
          "Text",
          "The unit of observation. A domain's mean, variance (divided by n − 1) and standard deviation are taken over its "
            + "distinct texts, not over tokens, since the tokens of one text are not independent."
        ),
      (
        "All tokens, without the first token, without sinks",
        "A value of the stream is a massive activation where its size is above 100 and above 1,000 times the median size of the "
          + "text’s values at that block (Sun et al. 2024). A token with one at any block is a sink: its huge numbers can "
          + "dominate a mean. Without sinks, it is left out at every block; spectra are not taken so. The first token is "
          + "often a sink. A text without other tokens has no value in the scope."
      ),
      (
        "Attention's share",
        "attention_abs_mean / (attention_abs_mean + mlp_abs_mean) of each text, then the mean over \(data.units)."
      ),
      (
        "Mean of all domains",
        "The mean of the domains' means, so that each domain counts the same however many texts it has."
      ),
      (
        "Distance in SD",
        "A domain's mean less the mean of all domains at that block, divided by the standard deviation between \(data.units) "
          + "within domains, all domains taken together."
      ),
      ("95 % interval of a mean", "The mean ± Student's t times the standard deviation over √n."),
    ]
  }

  private var removals: [(String, String)] {
    [
      (
        "delta_nll of a removal",
        "The negative log-likelihood of a text, a mean over its tokens but the first, under the model in which the part adds 0, "
          + "less that under the unchanged model. Means are over \(data.units); the 95 % interval comes from draws of the \(data.units) with "
          + "replacement."
      ),
      (
        "Harmless, harmful, open",
        "The interval lies below the margin, above it, or neither. The error rate is held over all parts of a domain by "
          + "Benjamini and Hochberg’s procedure on one-sided t tests of the hypothesis that a removal costs the margin or more."
      ),
      (
        "Domains compared",
        "Welch’s t test of the mean delta_nll of a part in two domains; q is p after Benjamini and Hochberg over all parts and "
          + "pairs."
      ),
    ]
  }

  /// Returns the definition of a verdict.
  private static func meaning(_ verdict: Verdict, _ settings: ComparisonSettings) -> String {
    let alpha = "\(settings.alpha)"
    let bound = settings.equivalenceBound.phrase
    switch verdict {
    case .different:
      return
        "q is below \(alpha), the 95 % interval of Hedges' g excludes 0, and the effect is not known to lie within "
        + "\(bound). q is the p-value of Welch's t test after Benjamini and Hochberg over all pairs and blocks of a metric "
        + "and scope: among all that is called different, about \(Words.percent(settings.alpha)) at most are expected to be "
        + "false alarms. Choosing a metric, a scope or a prefix afterwards is not covered."
    case .negligible: return "q is below \(alpha), and the effect is known to lie within \(bound): there, but small."
    case .equivalent:
      return "Two one-sided tests (Schuirmann 1987) show, at \(alpha), that the effect lies within \(bound)."
    case .inconclusive:
      return
        "The texts do not tell. Two numbers answer two questions, each with a power of 80 %, were the effect as large as "
        + "it was found: how many texts per domain would find that difference, and, of an effect within the bound, how "
        + "many would show that it is. Equivalence was out of reach where so few texts would not have been called "
        + "equivalent even with equal means; then the number of texts from which on they would is given. Where texts have "
        + "groups, these numbers are of groups."
    case .identical: return "The same value on both sides, text by text or group by group: there is nothing to test."
    case .constant: return "All texts of a domain have one value, in both domains: there is no scatter to measure by."
    case .tooFewValues: return "Fewer than \(Verdict.leastValues) distinct values in both domains together: not tested."
    case .lengthsApart:
      return
        "No verdict: fewer than \(CommonLengths.least) texts, or groups of texts, of a domain (of fewer, fewer than half) have "
        + "a length that both domains have, and a difference may be one of length. Texts of one length can be compared: "
        + "fp-cli compare --match-tokens."
    case .tooFewGroups:
      return "Fewer than \(Verdict.leastTexts) texts, or groups of texts, in one of the domains: not tested."
    }
  }

  private func comparison(_ settings: ComparisonSettings) -> [(String, String)] {
    let alpha = "\(settings.alpha)"
    return verdicts.map { ($0.rawValue.capitalizedFirst, Self.meaning($0, settings)) } + [
      (
        "Hedges' g",
        "The difference of the means in pooled standard deviations, corrected for small samples: 0.2 is called small, 0.5 "
          + "medium, 0.8 large. Its interval comes from \(TextTable.count(settings.resamples)) bootstrap draws of the \(data.units)."
      ),
      (
        "Ratio of means",
        "The mean of the first domain divided by that of the second, with its 95 % interval after Fieller (1954), which has no "
          + "upper end if 0 is a possible mean of the second. It measures size; g measures separation, and grows as texts "
          + "resemble each other more. Metrics that may be negative have none."
      ),
      (
        "At equal length",
        "Analysis of covariance: the logarithm of the metric (of a metric that may be negative, the metric itself) on the domain "
          + "and the logarithm of the number of tokens, with one slope and HC3 standard errors, corrected like q. The "
          + "difference holds if it has the same sign and its q is below \(alpha), reverses if the sign is the other one, and "
          + "fades otherwise. Dependence on length of another form than a power law is not corrected for."
      ),
      (
        "Cluster of blocks",
        "Neighbouring blocks that differ in the same direction, tested as a whole against "
          + "\(TextTable.count(settings.permutations)) random relabellings of the \(data.units) (Maris & Oostenveld 2007)."
      ),
      (
        "Control",
        "The \(data.units) of each domain are split at random into halves, which are compared the same way. Random halves of one set "
          + "differ by chance only, so about \(Words.percent(settings.alpha)) of p-values should be below \(alpha), and "
          + "\(Words.percent(settings.alpha)) at most should be called different. It tests the arithmetic. It cannot see "
          + "that \(data.units) depend on each other, or length."
      ),
      ("Seed", "All random draws begin at \(settings.seed): the same run and seed give the same page."),
    ]
  }
}
