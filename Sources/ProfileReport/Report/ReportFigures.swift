import Profiler
import Statistics

/// Pictures of a report, each by what it shows. ``ReportSections`` says where they stand.
struct ReportFigures {
  let data: ReportData
  let comparisons: [DomainComparison]
  let rankings: [RankingKey: BlockRanking]

  struct RankingKey: Hashable {
    let metric: Metric
    let scope: Scope
  }

  /// Names of the blocks in tooltips.
  private var blockNames: [String] { data.layers.map { "block \($0)" } }

  /// Picture with its explanations.
  struct Figure {
    let chart: Chart
    /// Explanation of how to read it; plain text.
    let caption: String
    /// Explanations that depend on the run.
    var statements: [Statement] = []
    /// Findings of the picture.
    var inference: [Statement] = []
  }

  /// Metrics by which blocks are ranked for pruning.
  static let rankedMetrics: [Metric] = [.blockInfluence, .angularDistance]

  private func name(_ quantity: ReportData.Quantity, _ kind: FigureName.Kind, _ scope: Scope) -> String {
    FigureName.ofBlocks(quantity, kind, scope).text
  }

  /// Returns a line chart of a metric over the blocks, with the interval of the mean.
  func interval(_ quantity: ReportData.Quantity, _ scope: Scope) -> Figure {
    let table = data.table(quantity, scope)
    let points = table.map { row in
      row.map { statistics in
        statistics.mean.map { LineChart.Point(value: $0, half: ReportData.intervalHalf(statistics)) }
      }
    }
    let means = table.joined().compactMap(\.mean)
    var axis = "attention's share of |A| + |M|"
    var title = "Attention against MLP"
    if case .metric(let metric) = quantity {
      axis = metric.definition.axis
      title = metric.rawValue
    }
    let startsAtZero = LineChart.wantsZero(means)
    var chart = LineChart(
      name: name(quantity, .interval, scope), title: title, subtitle: scope.phrase, axis: axis,
      layers: data.layers,
      points: points, names: data.names, includesZero: startsAtZero)
    if quantity == .attentionShare { chart.reference = 0.5 }
    let statements = reading(
      chart, band: "Band: 95 % interval of that mean (Student’s t).", .interval, .noInterval)
    let even = quantity == .attentionShare ? " At 0.5 both add the same; above it attention adds more." : ""
    return Figure(chart: chart.chart, caption: "Line: mean over \(data.units).\(even)", statements: statements)
  }

  /// Returns a map of the means, domains × blocks.
  func heatMap(_ metric: Metric, _ scope: Scope) -> Figure {
    let table = data.table(metric, scope)
    let means = table.map { $0.map(\.mean) }
    let chart = GridChart(
      name: name(.metric(metric), .heat, scope), title: "\(metric.rawValue) by domain",
      subtitle: scope.phrase,
      rows: data.names, columnTitle: "block", columns: data.layers, cells: means,
      meaning: metric.definition.axis,
      isDiverging: metric.isSigned, kind: "grid",
      tooltip: Tooltip(
        rows: data.names, columns: blockNames,
        lines: [
          Tooltip.Line("mean", TooltipText.numbers(means)),
          Tooltip.Line("standard deviation", TooltipText.numbers(table.map { $0.map(\.standardDeviation) })),
          Tooltip.Line("\(data.unit)s", table.map { $0.map { "\($0.count)" } }),
        ]))
    return Figure(chart: chart.chart, caption: "Mean over \(data.units).")
  }

  /// Returns a map of each domain's distance from the others, domains × blocks.
  func deviationMap(_ metric: Metric, _ scope: Scope) -> Figure {
    let deviations = data.deviations(metric, scope)
    let chart = GridChart(
      name: name(.metric(metric), .deviation, scope),
      title: "\(metric.rawValue), each domain against all", subtitle: scope.phrase, rows: data.names,
      columnTitle: "block",
      columns: data.layers, cells: deviations,
      meaning: "distance from the mean of all domains, SD between \(data.units)", isDiverging: true, kind: "deviation",
      tooltip: Tooltip(
        rows: data.names, columns: blockNames,
        lines: [
          Tooltip.Line("distance in SD", TooltipText.numbers(deviations, digits: 3)),
          Tooltip.Line("mean", TooltipText.numbers(data.table(metric, scope).map { $0.map(\.mean) })),
          Tooltip.Line("mean of all domains", TooltipText.numbers([data.overall(.metric(metric), scope)])),
        ]))
    return Figure(
      chart: chart.chart,
      caption: "Each block for itself, so that domains can be compared where blocks differ much more than domains do.")
  }

  func verdicts(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let comparison = comparisons.first(where: { $0.metric == metric && $0.scope == scope }),
      !comparison.blocks.isEmpty
    else { return nil }
    let map = VerdictMap(
      name: name(.metric(metric), .verdicts, scope), title: "\(metric.rawValue), verdicts by pair",
      subtitle: scope.phrase,
      comparison: comparison, layers: data.layers)
    return Figure(chart: map.chart, caption: "First and second of a pair as on the left.")
  }

  /// Returns a chart of the blocks ranked for pruning.
  func ranking(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let ranking = rankings[RankingKey(metric: metric, scope: scope)] else { return nil }
    let bars = ranking.places.map {
      RankedBars.Bar(
        layer: $0.layer, value: $0.value, interval: $0.interval, leastShare: $0.leastShares?.first)
    }
    let ranked = RankedBars(
      name: name(.metric(metric), .ranking, scope), title: "Blocks by \(metric.rawValue)",
      subtitle: scope.phrase,
      axis: metric.definition.axis, bars: bars)
    let isSure = bars.contains { $0.interval != nil }
    var statements = [
      isSure
        ? Statement(.whisker, "Whisker: 95 % bootstrap interval.")
        : Statement(.noWhisker, "No interval: a domain has a single \(data.loneUnit).")
    ]
    if ranked.scale.isLogarithmic { statements.append(Statement(.logarithmic, "The axis is logarithmic.")) }
    return Figure(
      chart: ranked.chart,
      caption: "\(ranked.scale.isLogarithmic ? "Square" : "Bar"): mean over domains of their means over \(data.units).",
      statements: statements)
  }

  /// Returns a map of how often each block is among the k least.
  func stability(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let ranking = rankings[RankingKey(metric: metric, scope: scope)],
      ranking.sameSetShares != nil
    else { return nil }
    let most = max(1, min(16, ranking.places.count - 1))
    let rows = ranking.places.map { "block \($0.layer)" }
    let shares = ranking.places.map { Array(($0.leastShares ?? []).prefix(most)) }
    let chart = GridChart(
      name: name(.metric(metric), .stability, scope),
      title: "Among the k least by \(metric.rawValue)", subtitle: scope.phrase,
      rows: rows, columnTitle: "k, number of blocks to remove",
      columns: 1..<most + 1, cells: shares,
      meaning: "share of resamples", isDiverging: false, range: 0...1, kind: "least",
      tooltip: Tooltip(
        rows: rows,
        lines: [
          Tooltip.Line(
            labels: (1...most).map { $0 == 1 ? "the least" : "among the \($0) least" },
            shares.map { $0.map(TooltipText.percent) }, unit: TooltipText.ofDraws)
        ]))
    let count = TextTable.count(ranking.resamples)
    return Figure(
      chart: chart.chart,
      caption: "How often a block is among the k least when \(data.units) like these are drawn anew.",
      statements: [Statement(.draws, "Of \(count) draws with replacement.")])
  }

  func lengths() -> Figure {
    dots(.lengths, title: "Length of the texts", axis: "tokens of a text", data.lengths)
  }

  /// Returns a picture of a metric of the text.
  func textValues(_ metric: Metric) -> Figure {
    dots(
      .ofTexts(metric), title: "\(metric.rawValue) of the texts",
      axis: metric.definition.axis, data.textValues(metric))
  }

  private func dots(_ name: FigureName, title: String, axis: String, _ values: [[Double]]) -> Figure {
    let chart = DomainDots(name: name.text, title: title, axis: axis, names: data.names, values: values)
    return Figure(
      chart: chart.chart, caption: "Dot: a text. Box: the middle half of the texts. Line in it: the median.")
  }
}

extension ReportFigures {
  /// Returns the pictures of a block metric.
  func panel(_ metric: Metric, _ scope: Scope) -> [Figure] {
    var figures: [Figure?] = [
      interval(.metric(metric), scope), heatMap(metric, scope), deviationMap(metric, scope), verdicts(metric, scope),
    ]
    // The variance of `abs_mean` is one of the four pictures.
    if metric == .mean { figures.append(variances(.ofBlocks(.metric(metric), .variance, scope), metric, scope)) }
    return figures.compactMap(\.self)
  }

  /// Returns charts of the blocks ranked for pruning, and of the stability of the ranks.
  func pruning(_ scope: Scope) -> [Figure] {
    Self.rankedMetrics.flatMap { [ranking($0, scope), stability($0, scope)] }.compactMap(\.self)
  }
}
