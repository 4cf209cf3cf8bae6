import Profiler

/// Every picture of a report.
struct ReportFigures {
  let data: ReportData
  let comparisons: [DomainComparison]
  let rankings: [RankingKey: BlockRanking]

  struct RankingKey: Hashable {
    let metric: Metric
    let scope: Scope
  }

  /// A picture with what has to be said under it.
  struct Figure {
    let chart: Chart
    let caption: String
  }

  private func key(_ name: String, _ scope: Scope) -> String { "\(name)|\(scope.rawValue)" }
  private func name(_ parts: String..., scope: Scope) -> String { (parts + [scope.rawValue]).joined(separator: ".") }

  /// The four pictures of section 3, the last for both quantities that the first three draw.
  func pictures(_ scope: Scope) -> [Figure] {
    [
      line("1-mean", .mean, spreadOf: .mean, scope),
      line("2-abs_mean", .absMean, spreadOf: .absMean, scope),
      line("3-abs_mean-std-of-mean", .absMean, spreadOf: .mean, scope),
      variances("4-abs_mean-variance", .absMean, scope),
      variances("4-mean-variance", .mean, scope),
    ]
  }

  /// A metric's mean over the blocks, with the standard deviation between texts of `other`.
  private func line(_ name: String, _ metric: Metric, spreadOf other: Metric, _ scope: Scope) -> Figure {
    let spreads = data.table(other, scope)
    let points = data.table(metric, scope).enumerated().map { domain, row in
      row.enumerated().map { block, statistics in
        statistics.mean.map {
          LineChart.Point(value: $0, half: spreads[domain][block].standardDeviation)
        }
      }
    }
    let text = MetricText(metric)
    let title = metric.rawValue + (metric == other ? "" : ", with the standard deviation of \(other.rawValue)")
    let band =
      metric == other
      ? "one standard deviation between texts" : "one standard deviation between texts of \(other.rawValue)"
    let chart = LineChart(
      name: self.name(name, scope: scope), title: title, subtitle: scope.phrase, axis: text.axis, layers: data.layers,
      points: points,
      names: data.names, includesZero: true, key: key(metric.rawValue, scope),
      band: metric == other ? "sd" : key(other.rawValue, scope))
    return Figure(chart: chart.chart, caption: "Line: mean over texts. Band: ± \(band).")
  }

  private func variances(_ name: String, _ metric: Metric, _ scope: Scope) -> Figure {
    let values = data.table(metric, scope).map { $0.map(\.variance) }
    let chart = RankedDots(
      name: self.name(name, scope: scope), title: "Variance of \(metric.rawValue), blocks ranked",
      subtitle: scope.phrase,
      axis: "sample variance between texts, activation units²", layers: data.layers, names: data.names,
      values: values, key: key(metric.rawValue, scope))
    return Figure(
      chart: chart.chart,
      caption: "Dot: a domain's variance between its texts. Dash: mean over domains, by which the blocks are ranked.")
  }

  /// A metric over the blocks, with the interval of the mean.
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
      axis = MetricText(metric).axis
      title = metric.rawValue
    }
    let startsAtZero = LineChart.wantsZero(means)
    var chart = LineChart(
      name: name(quantity.name, "interval", scope: scope), title: title, subtitle: scope.phrase, axis: axis,
      layers: data.layers,
      points: points, names: data.names, includesZero: startsAtZero, key: key(quantity.name, scope), band: "ci")
    var caption = "Line: mean over texts. Band: 95 % interval of that mean (Student's t)."
    if quantity == .attentionShare {
      chart.reference = 0.5
      caption += " At 0.5 both add the same; above it attention adds more."
    }
    if !startsAtZero { caption += " The axis does not begin at 0." }
    return Figure(chart: chart.chart, caption: caption)
  }

  /// Domains × blocks: the means.
  func heatMap(_ metric: Metric, _ scope: Scope) -> Figure {
    let means = data.table(metric, scope).map { $0.map(\.mean) }
    let isSigned = means.joined().contains { ($0 ?? 0) < 0 }
    let chart = GridChart(
      name: name(metric.rawValue, "heat", scope: scope), title: "\(metric.rawValue) by domain",
      subtitle: scope.phrase,
      rows: data.names, columnTitle: "block", columns: data.layers, cells: means, meaning: MetricText(metric).axis,
      isDiverging: isSigned, kind: "grid", key: key(metric.rawValue, scope))
    return Figure(chart: chart.chart, caption: "Mean over texts.")
  }

  /// Domains × blocks: how far a domain is from the others.
  func deviationMap(_ metric: Metric, _ scope: Scope) -> Figure {
    let chart = GridChart(
      name: name(metric.rawValue, "deviation", scope: scope),
      title: "\(metric.rawValue), each domain against all", subtitle: scope.phrase, rows: data.names,
      columnTitle: "block",
      columns: data.layers, cells: data.deviations(metric, scope),
      meaning: "distance from the mean of all domains, SD between texts", isDiverging: true, kind: "deviation",
      key: key(metric.rawValue, scope))
    return Figure(
      chart: chart.chart,
      caption: "Each block for itself, so that domains can be compared where blocks differ much more than domains do.")
  }

  func verdicts(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let comparison = comparisons.first(where: { $0.metric == metric && $0.scope == scope }),
      !comparison.blocks.isEmpty
    else { return nil }
    let map = VerdictMap(
      name: name(metric.rawValue, "verdicts", scope: scope), title: "\(metric.rawValue), verdicts by pair",
      subtitle: scope.phrase,
      comparison: comparison, layers: data.layers, key: key(metric.rawValue, scope))
    return Figure(chart: map.chart, caption: "First and second of a pair as on the left.")
  }

  /// Blocks ranked for pruning.
  func ranking(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let ranking = rankings[RankingKey(metric: metric, scope: scope)] else { return nil }
    let bars = ranking.places.map { RankedBars.Bar(layer: $0.layer, value: $0.value, interval: $0.interval) }
    let chart = RankedBars(
      name: name(metric.rawValue, "ranking", scope: scope), title: "Blocks by \(metric.rawValue)",
      subtitle: scope.phrase,
      axis: MetricText(metric).axis, bars: bars, key: key(metric.rawValue, scope))
    let interval =
      bars.contains { $0.interval != nil }
      ? " Whisker: 95 % bootstrap interval." : " No interval: a domain has one text."
    return Figure(chart: chart.chart, caption: "Bar: mean over domains of their means over texts." + interval)
  }

  /// How often each block is among the k least.
  func stability(_ metric: Metric, _ scope: Scope) -> Figure? {
    guard let ranking = rankings[RankingKey(metric: metric, scope: scope)], ranking.sameSetShares != nil else {
      return nil
    }
    let most = max(1, min(16, ranking.places.count - 1))
    let chart = GridChart(
      name: name(metric.rawValue, "stability", scope: scope),
      title: "Among the k least by \(metric.rawValue)", subtitle: scope.phrase,
      rows: ranking.places.map { "block \($0.layer)" }, columnTitle: "k, number of blocks to remove",
      columns: 1..<most + 1, cells: ranking.places.map { Array(($0.leastShares ?? []).prefix(most)) },
      meaning: "share of resamples", isDiverging: false, range: 0...1, kind: "least", key: key(metric.rawValue, scope))
    let count = TextTable.count(ranking.resamples)
    return Figure(
      chart: chart.chart,
      caption: "Of \(count) draws of the texts, with replacement. A sharp step down the diagonal is a sure order.")
  }

  func lengths() -> Figure {
    let lengths = data.record.domains.map { $0.texts.map(\.tokens).sorted() }
    let chart = LengthChart(name: "lengths", title: "Length of the texts", names: data.names, lengths: lengths)
    return Figure(
      chart: chart.chart, caption: "Dot: a text. Box: the middle half of the texts. Line in it: the median.")
  }
}

extension ReportFigures {
  /// Whether blocks stand so close that markers have to be small.
  var isDense: Bool { data.layers.count > 32 }

  /// Every chart of the page, in its order.
  var all: [Chart] {
    var figures: [Figure?] = data.scopes.flatMap(pictures)
    for metric in data.record.metrics {
      for scope in data.scopes {
        figures += [
          interval(.metric(metric), scope), heatMap(metric, scope), deviationMap(metric, scope),
          verdicts(metric, scope),
        ]
      }
    }
    for scope in data.scopes {
      figures.append(interval(.attentionShare, scope))
      for metric in [Metric.blockInfluence, .angularDistance] {
        figures += [ranking(metric, scope), stability(metric, scope)]
      }
    }
    return (figures + [lengths()]).compactMap { $0?.chart }
  }
}
