import LlamaCore
import Profiler

/// Section on what removals cost.
extension ReportSections {
  /// Returns the section; nil for a run without removals.
  var removals: ReportSection? {
    guard let ablation = figures.data.ablation else { return nil }
    return ReportSection(
      id: "removals", title: ablation.ablation.isSwap ? "What swaps cost" : "What removals cost",
      content: damage(ablation) + proxies(ablation) + domainsHurt(ablation) + curves(ablation) + effects(ablation)
        + verdicts(ablation))
  }

  private static func heading(_ title: String, _ words: String = "") -> PageContent {
    .html("\n<h3>\(title)</h3>\n" + (words.isEmpty ? "" : "<p>\(words)</p>\n"))
  }

  private static func change(_ ablation: Ablation) -> String {
    if ablation.isSwap { return "has another checkpoint’s weights" }
    return ablation.means == nil ? "adds 0" : "adds a mean"
  }

  private func damage(_ ablation: RunAblation) -> [PageContent] {
    [
      .html(
        "<p>Each part \(Self.change(ablation.ablation)) in a changed model of its own; "
          + "<code>delta_nll</code> is by how much that raises the negative "
          + "log-likelihood of a text, in nats a token: 0.05 are 5 % of perplexity. Intervals are of one part at a time, and "
          + "verdicts are not corrected over parts.</p>\n"),
      .figures(figures.damage(ablation)),
    ]
  }

  private func proxies(_ ablation: RunAblation) -> [PageContent] {
    let figures = figures.proxies(ablation)
    guard !ablation.ablation.isSwap, !figures.isEmpty else { return [] }
    return [
      Self.heading(
        "Which metric names the blocks",
        "A metric of the profile takes one run of the model; what it is worth on this model is how well it orders the blocks by "
          + "the damage. Spearman’s correlation over the blocks with its 95 % interval by bootstrap over \(self.figures.data.units), and how many of "
          + "the least harmful quarter of the blocks are in the quarter of its smallest values."),
      .figures(figures), .html("\n" + tables.proxies(ablation)),
    ]
  }

  private func domainsHurt(_ ablation: RunAblation) -> [PageContent] {
    let statements = RemovalStatements(ablation: ablation).domainsHurt
    guard !statements.isEmpty else { return [] }
    return [Self.heading("For whom"), .paragraph(statements), .html("\n" + tables.domainsHurt(ablation))]
  }

  private func curves(_ ablation: RunAblation) -> [PageContent] {
    guard let set = RemovalCurveSet(ablation.curves) else { return [] }
    return [
      Self.heading("One after the other"), .paragraph(RemovalStatements(ablation: ablation).curves),
      .figures(figures.curves(set, margin: ablation.summaries.first?.settings.margin)),
      .html("\n" + tables.curves(set)),
    ]
  }

  private func effects(_ ablation: RunAblation) -> [PageContent] {
    let figures = figures.effects(ablation)
    guard !figures.isEmpty else { return [] }
    return [
      Self.heading(
        "Effects on later blocks",
        "How far what a later block adds changes by the \(Words.change(ablation.ablation)) (Csordás et al. 2025): 0 is not at all, 1 as much as it adds."
      ),
      .figures(figures),
    ]
  }

  private func verdicts(_ ablation: RunAblation) -> [PageContent] {
    [
      Self.heading(
        "Verdicts",
        "Mean <code>delta_nll</code> with its 95 % interval, the least harm first. †: harmless also with the error rate held "
          + "over all parts of the domain. Open: the number of \(self.figures.data.units) that would decide, were mean and spread to stay."
      ),
      .html(tables.removalVerdicts(ablation)),
    ]
  }
}
