import LlamaCore
import Profiler
import Statistics

/// Pictures of what removals cost.
extension ReportFigures {
  private static let unit = "nats a token"

  /// Damage up to which an axis that spans decades is linear: the margin, if it is not 0.
  private static func bend(_ margin: Double?) -> Double {
    let margin = margin ?? 0
    return margin > 0 ? margin : AblationSettings().margin
  }

  /// Returns the costs of removing each block, attention and MLP, and beside those of blocks the metric by which blocks are
  /// usually pruned.
  func damage(_ ablation: RunAblation) -> [Figure] {
    let parts = BlockUnit.Part.allCases.filter { part in
      part != .head && ablation.ablation.units.contains { $0.part == part }
    }
    return parts.flatMap { part in
      [damage(part, ablation)] + (part == .block && !ablation.ablation.isSwap ? [influence()] : [])
    }
  }

  private func damage(_ part: BlockUnit.Part, _ ablation: RunAblation) -> Figure {
    let points = ablation.summaries.map { summary in
      let units = Dictionary(
        summary.units.filter { $0.unit.part == part }.map { ($0.unit.layer, $0) },
        uniquingKeysWith: { first, _ in first })
      return data.layers.map { layer in
        units[layer].flatMap { unit in
          unit.deltaNLL.flatMap { value in
            value.isFinite ? LineChart.Point(value: value, half: nil, interval: unit.interval) : nil
          }
        }
      }
    }
    let margin = ablation.summaries.first?.settings.margin ?? 0
    let name = part == .mlp ? "MLP" : part.rawValue
    let chart = LineChart(
      name: FigureName.damage(part).text,
      title: "delta_nll of \(ablation.ablation.isSwap ? "swapping" : "removing") each \(name)", subtitle: "all tokens",
      axis: "rise of the negative log-likelihood, \(Self.unit)", layers: data.layers, points: points, names: data.names,
      includesZero: true, reference: margin, linearWithin: Self.bend(margin))
    return Figure(
      chart: chart.chart, caption: "Line: mean over \(data.units). Rule across: the margin of \(margin).",
      statements: reading(
        chart, band: "Band: 95 % interval of that mean (bootstrap over \(data.units)).", .interval, .noInterval,
        without: "No band where fewer than two \(data.units) of a domain count."))
  }

  private func influence() -> Figure {
    let points = data.table(.blockInfluence, .all).map { row in
      row.map { statistics in
        statistics.mean.map { LineChart.Point(value: $0, half: ReportData.intervalHalf(statistics)) }
      }
    }
    let chart = LineChart(
      name: FigureName.influence.text, title: "block_influence of the same blocks", subtitle: Scope.all.phrase,
      axis: Metric.blockInfluence.definition.axis, layers: data.layers, points: points, names: data.names,
      includesZero: true)
    return Figure(
      chart: chart.chart, caption: "Line: mean over \(data.units).",
      statements: reading(chart, band: "Band: 95 % interval of that mean (Student’s t).", .interval, .noInterval))
  }

  /// Returns the metric that orders the blocks most like the damage, and the one by which blocks are usually pruned, against
  /// the damage.
  func proxies(_ ablation: RunAblation) -> [Figure] {
    let all = ProxyAgreement.all(ablation.proxies)
    let usual = all.first { $0.metric == .blockInfluence && $0.scope == .all }
    let best = (all.first { $0.isSure } ?? all.first).filter { $0.metric != usual?.metric || $0.scope != usual?.scope }
    return [best, usual].compactMap(\.self).map { proxy($0, margin: ablation.summaries.first?.settings.margin) }
  }

  private func proxy(_ agreement: ProxyAgreement, margin: Double?) -> Figure {
    func mean(_ values: (ProxyRanking.Row) -> [Double], _ block: Int) -> Double {
      agreement.domains.reduce(0) { $0 + values($1.row)[block] } / Double(agreement.domains.count)
    }
    let blocks = agreement.domains.map(\.row.means.count).min() ?? 0
    let points = zip(data.layers, 0..<blocks).map { layer, block in
      ScatterChart.Point(
        label: "\(layer)", name: "block \(layer)", x: mean(\.means, block), y: mean(\.damage, block))
    }
    let metric = agreement.metric
    let chart = ScatterChart(
      name: FigureName.proxy(metric, agreement.scope).text, title: "\(metric.rawValue) against delta_nll",
      subtitle: agreement.scope.phrase, xAxis: metric.definition.axis, yAxis: "delta_nll of the block, \(Self.unit)",
      xName: metric.rawValue, yName: "delta_nll", points: points.filter { $0.x.isFinite && $0.y.isFinite },
      reference: margin, linearWithin: Self.bend(margin))
    let over = data.names.count == 1 ? "mean over \(data.units)" : "mean over domains of their means over \(data.units)"
    return Figure(
      chart: chart.chart,
      caption: "Square: a block, \(over). Number: the block, where there is room. Rule across: the margin.",
      inference: [
        Statement(
          .proxyPicture,
          "Spearman’s correlation over the blocks: \(Words.number(agreement.spearman))"
            + (agreement.domains.count > 1 ? ", a mean over domains." : "."))
      ])
  }

  /// Returns the effects on later blocks, a map for each domain, of the first kind of part that was removed.
  func effects(_ ablation: RunAblation) -> [Figure] {
    ablation.effects.enumerated().compactMap { place, effects in
      let rows = effects.rows
      let parts = BlockUnit.Part.allCases.filter { part in rows.contains { $0.unit.part == part } }
      return parts.first { $0 != .head }.map { self.effects(rows, of: $0, domain: place, ablation) }
    }
  }

  private func effects(_ rows: [RemovalEffects.Row], of part: BlockUnit.Part, domain: Int, _ ablation: RunAblation)
    -> Figure
  {
    let isSwap = ablation.ablation.isSwap
    let rows = rows.filter { $0.unit.part == part && data.layers.contains($0.at) }
    let units = Set(rows.map(\.unit)).sorted()
    let places = Dictionary(uniqueKeysWithValues: units.enumerated().map { ($1, $0) })
    let empty = units.map { _ in data.layers.map { _ in Double?.none } }
    var (means, maxima) = (empty, empty)
    for row in rows {
      guard let place = places[row.unit] else { continue }
      means[place][row.at - data.layers.lowerBound] = row.mean.mean
      maxima[place][row.at - data.layers.lowerBound] = row.maximum.mean
    }
    let names = units.map { Words.units([$0]) }
    let chart = GridChart(
      name: FigureName.effects(part, domain: domain).text, title: "Effect on later blocks, \(data.names[domain])",
      subtitle: "all tokens", rows: names, columnTitle: "later block", columns: data.layers, cells: means,
      meaning: "‖D − D~‖ / ‖D‖, mean over tokens", isDiverging: false, kind: "grid",
      tooltip: Tooltip(
        rows: names.map { isSwap ? "with \($0) swapped" : "without \($0)" }, columns: data.layers.map { "block \($0)" },
        lines: [
          Tooltip.Line("mean over tokens", TooltipText.numbers(means)),
          Tooltip.Line("largest token", TooltipText.numbers(maxima)),
        ]))
    return Figure(
      chart: chart.chart,
      caption:
        "Row: what is \(isSwap ? "swapped" : "removed"). Colour: how far what a later block adds, D = A + M, changes, mean over texts."
    )
  }

  /// Returns the damage of removing units one after the other, a picture for each domain.
  func curves(_ set: RemovalCurveSet, margin: Double?) -> [Figure] {
    let steps = 0..<(set.curves.joined().compactMap { $0?.steps.last?.step }.max() ?? 0) + 1
    return set.domains.enumerated().map { domain, name in
      let points = set.rules.indices.map { rule in
        steps.map { number in
          set.step(number, domain: domain, rule: rule).flatMap { step in
            step.deltaNLL.map {
              LineChart.Point(value: $0, half: nil, interval: step.interval)
            }
          }
        }
      }
      let chart = LineChart(
        name: FigureName.curves(domain: domain).text, title: "delta_nll of removing one after the other, \(name)",
        subtitle: set.split == .heldOut ? "texts by which no rule chose" : "texts by which the rules chose",
        axis: "rise of the negative log-likelihood, \(Self.unit)", layers: steps, points: points, names: set.rules,
        includesZero: true, linearWithin: Self.bend(margin), columnTitle: "number removed",
        columnName: { TextTable.count($0, "part") + " removed" },
        kind: .rules)
      return Figure(
        chart: chart.chart, caption: "Line: mean over \(data.units).",
        statements: bands(points, of: set.rules) + axis(chart))
    }
  }

  /// Returns statements on the bands around curves.
  private func bands(_ points: [[LineChart.Point?]], of rules: [String]) -> [Statement] {
    let banded = zip(rules, points).filter { $1.contains { $0?.interval != nil } }.map(\.0)
    let others = banded.filter { $0 != RemovalCurveSet.random }
    var statements: [Statement] = []
    if !others.isEmpty {
      statements.append(Statement(.curveBand, "Band: 95 % interval of that mean (bootstrap over \(data.units))."))
    }
    if others.count < banded.count {
      let name = others.isEmpty ? "Band:" : "Band of <code>\(RemovalCurveSet.random)</code>:"
      statements.append(Statement(.randomBand, "\(name) 5 to 95 % of the random orders."))
    }
    return statements
  }
}

extension Optional {
  /// The value if it satisfies a condition.
  fileprivate func filter(_ isIncluded: (Wrapped) -> Bool) -> Wrapped? { flatMap { isIncluded($0) ? $0 : nil } }
}
