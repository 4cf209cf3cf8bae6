import Profiler
import Statistics

/// Four pictures of the page that this project began with, each with its findings.
extension ReportFigures {
  func pictures(_ scope: Scope) -> [Figure] {
    let statements = PictureStatements(data: data, scope: scope)
    return [
      line(.mean, .mean, spreadOf: .mean, scope, statements.mean),
      line(.absMean, .absMean, spreadOf: .absMean, scope, statements.absoluteMean),
      line(.bands, .absMean, spreadOf: .mean, scope, statements.bands),
      variances(.picture(.variances, scope), .absMean, scope, statements.variances),
    ]
  }

  /// Returns a line chart of a metric's mean over the blocks, with the standard deviation of `other` between texts.
  private func line(
    _ picture: FigureName.Picture, _ metric: Metric, spreadOf other: Metric, _ scope: Scope, _ inference: [Statement]
  ) -> Figure {
    let spreads = data.table(other, scope)
    let points = data.table(metric, scope).enumerated().map { domain, row in
      row.enumerated().map { block, statistics in
        statistics.mean.map {
          LineChart.Point(value: $0, half: spreads[domain][block].standardDeviation)
        }
      }
    }
    let text = metric.definition
    let title = metric.rawValue + (metric == other ? "" : ", with the standard deviation of \(other.rawValue)")
    let chart = LineChart(
      name: FigureName.picture(picture, scope).text, title: title, subtitle: scope.phrase, axis: text.axis,
      layers: data.layers, points: points, names: data.names, includesZero: true)
    let band = "Band: ± one standard deviation between \(data.units)\(metric == other ? "" : " of \(other.rawValue)")."
    return Figure(
      chart: chart.chart, caption: "Line: mean over \(data.units).",
      statements: reading(chart, band: band, .spread, .noSpread),
      inference: inference)
  }

  /// Returns statements that explain the bands and the axis of a line chart.
  ///
  /// - Parameters:
  ///   - band: what a band is; plain text.
  ///   - without: why there is none.
  func reading(
    _ chart: LineChart, band: String, _ some: Claim, _ none: Claim,
    without: String = "No band where a domain has one text."
  ) -> [Statement] {
    var statements: [Statement] = []
    let series = chart.points.filter { $0.contains { $0 != nil } }
    let banded = series.count { $0.contains { $0?.low?.isFinite ?? false } }
    if banded > 0 { statements.append(Statement(some, band.markup)) }
    if banded < series.count {
      statements.append(Statement(none, without.markup))
    }
    return statements + axis(chart)
  }

  /// Returns statements on the axis of a line chart.
  func axis(_ chart: LineChart) -> [Statement] {
    if let within = chart.scale.linearWithin {
      return [
        Statement(.partlyLogarithmic, "The axis is linear up to \(chart.scale.label(within)) and logarithmic beyond.")
      ]
    }
    if chart.scale.isLogarithmic { return [Statement(.logarithmic, "The axis is logarithmic.")] }
    return chart.includesZero ? [] : [Statement(.axisWithoutZero, "The axis does not begin at 0.")]
  }

  /// Returns a chart of the blocks ranked by the variation of a metric between texts.
  func variances(
    _ name: FigureName, _ metric: Metric, _ scope: Scope, _ inference: [Statement] = []
  ) -> Figure {
    let values = data.table(metric, scope).map { $0.map(\.variance) }
    let chart = RankedDots(
      name: name.text, title: "Variance of \(metric.rawValue), blocks ranked",
      subtitle: scope.phrase, axis: "sample variance between \(data.units), activation units²", layers: data.layers,
      names: data.names, values: values)
    return Figure(
      chart: chart.chart,
      caption:
        "Dot: a domain’s variance between its \(data.units). Dash: mean over domains, by which the blocks are ranked.",
      inference: inference)
  }
}
