import Profiler
import Statistics

/// Pairs of domains × blocks, each cell showing its verdict by colour and by a sign, so that it is readable in
/// greyscale.
struct VerdictMap {
  let name, title, subtitle: String
  let comparison: DomainComparison
  let layers: Range<Int>
  private static let rowHeight = 15.0

  var chart: Chart {
    var svg = SVGText()
    let pairs = comparison.pairs
    let labels = labels
    let labelWidth = min(160, (labels.map { $0.width(fontSize: 11) }.max() ?? 0) + 8)
    let axis = BlockAxis(
      layers: layers, x: labelWidth + 4, y: 8, width: Chart.width - labelWidth - 14,
      height: Double(pairs.count) * Self.rowHeight)
    svg.rectangle(x: axis.x, y: axis.y, width: axis.width, height: axis.height, style: "none")
    drawCells(pairs, axis, in: &svg)
    drawClusters(pairs, axis, in: &svg)
    for (row, label) in labels.enumerated() {
      svg.label(
        label.fitted(labelWidth, fontSize: 11), x: labelWidth, y: axis.y + (Double(row) + 0.5) * Self.rowHeight + 4,
        anchor: "end")
    }
    axis.draw(in: &svg)
    let height = drawLegend(in: &svg, y: axis.bottom + 4)
    return Chart(
      name: name, title: title, subtitle: subtitle, height: axis.bottom + height + 10, body: svg.text,
      hover: Chart.Hover(
        kind: "verdict", tooltip: tooltip, x: axis.x, y: axis.y, width: axis.width, height: axis.height,
        columns: layers.count,
        rows: pairs.count))
  }

  private var labels: [String] { comparison.pairs.map { "\($0.domainA) – \($0.domainB)" } }

  private var tooltip: Tooltip {
    func texts(_ text: (BlockComparison) -> String) -> [[String]] { comparison.pairs.map { $0.blocks.map(text) } }
    /// The verdict says why what was not tested has no numbers.
    func tested(_ text: (BlockComparison) -> String) -> [[String]] { texts { $0.verdict.isTested ? text($0) : "" } }
    let units = comparison.isGrouped ? "groups" : "texts"
    return Tooltip(
      rows: labels, columns: layers.map { "block \($0)" },
      lines: [
        Tooltip.Line("verdict", texts(\.verdict.rawValue)),
        Tooltip.Line("Hedges’ g", tested { TooltipText.effect($0.hedgesG) }),
        Tooltip.Line(
          "95 % interval", tested { TooltipText.effect($0.gLow) }, tested { TooltipText.effect($0.gHigh) },
          joiner: " to "),
        Tooltip.Line("ratio of means", tested { TooltipText.ratio($0.ratio) }),
        Tooltip.Line(
          "95 % interval of the ratio", tested { TooltipText.ratio($0.ratioLow) },
          tested { TooltipText.ratio($0.ratioHigh) }, joiner: " to "),
        Tooltip.Line("q", tested { TooltipText.probability($0.q) }),
        Tooltip.Line("at equal length", texts { $0.lengthCheck?.rawValue ?? "" }),
        Tooltip.Line("\(units) per domain to find a difference", texts { $0.textsNeeded.map(TextTable.count) ?? "" }),
        Tooltip.Line(
          "\(units) per domain to be equivalent", texts { $0.textsForEquivalence.map(TextTable.count) ?? "" }),
        Tooltip.Line(
          "equivalence was out of reach below", texts { $0.textsOutOfReach.map(TextTable.count) ?? "" },
          unit: " \(units) per domain"),
      ])
  }

  /// Signs in the cells: one path per kind, whatever the number of cells.
  private struct Signs {
    private var marks = "", same = "", open = "", void = ""
    /// Half the width of a sign.
    let arm: Double

    init(arm: Double) { self.arm = arm }

    mutating func add(_ verdict: Verdict, isMore: Bool, x: Double, y: Double) {
      let (a, d) = (SVGText.number(arm), SVGText.number(2 * arm))
      func at(_ dx: Double, _ dy: Double) -> String { "M\(SVGText.number(x + dx)) \(SVGText.number(y + dy))" }
      switch verdict {
      case .different: marks += "\(at(-arm, 0))h\(d)" + (isMore ? "m-\(a)-\(a)v\(d)" : "")
      case .negligible: same += "\(at(-arm, 0))h\(d)"
      case .equivalent: same += "\(at(-arm, -arm / 2))h\(d)m-\(d) \(a)h\(d)"
      case .identical: same += "\(at(-arm, -arm))h\(d)m-\(d) \(a)h\(d)m-\(d) \(a)h\(d)"
      case .inconclusive: open += "\(at(0, 0))h0"
      case .constant: void += "\(at(-arm, -arm))h\(d)v\(d)h-\(d)z"
      case .tooFewValues: void += "\(at(-arm, arm))l\(d)-\(d)"
      case .tooFewGroups: void += "\(at(-arm, arm))l\(d)-\(d)m-\(d) 0l\(d) \(d)"
      case .lengthsApart: void += "\(at(-arm, -arm))v\(d)m\(d)-\(d)v\(d)"
      }
    }

    func draw(in svg: inout SVGText) {
      svg.path(marks, "mark")
      svg.path(same, "same")
      svg.path(open, "open")
      svg.path(void, "void")
    }
  }

  /// Coloured cells, with adjacent cells of a row merged into one rectangle.
  private struct Cells {
    private var rectangles: [(column: Int, row: Int, count: Int)] = []

    mutating func add(_ column: Int, _ row: Int) {
      if let last = rectangles.last, last.row == row, last.column + last.count == column {
        rectangles[rectangles.count - 1].count += 1
      } else {
        rectangles.append((column, row, 1))
      }
    }

    var path: String { rectangles.map { "M\($0.column) \($0.row)h\($0.count)v1h-\($0.count)z" }.joined() }
  }

  private func drawCells(_ pairs: [PairComparison], _ axis: BlockAxis, in svg: inout SVGText) {
    // An integer keeps the paths short.
    var signs = Signs(arm: max(1, (min(axis.step, Self.rowHeight) * 0.27).rounded()))
    var cells = (more: Cells(), less: Cells())
    for (row, block) in pairs.enumerated().flatMap({ row, pair in pair.blocks.map { (row, $0) } }) {
      let column = (block.layer ?? layers.lowerBound) - layers.lowerBound
      let isMore = Self.isMore(block)
      if block.verdict == .different {
        if isMore { cells.more.add(column, row) } else { cells.less.add(column, row) }
      }
      signs.add(
        block.verdict, isMore: isMore, x: axis.center(column), y: axis.y + (Double(row) + 0.5) * Self.rowHeight)
    }
    svg.open(
      "g",
      [
        "transform": "translate(\(SVGText.number(axis.x)) \(SVGText.number(axis.y))) "
          + "scale(\(axis.step) \(Self.rowHeight))"
      ])
    svg.path(cells.more.path, "more")
    svg.path(cells.less.path, "less")
    svg.close("g")
    let columns = (1..<max(2, layers.count)).map {
      "M\(SVGText.number(axis.x + Double($0) * axis.step)) \(SVGText.number(axis.y))v\(SVGText.number(axis.height))"
    }
    let rows = (1..<max(2, pairs.count)).map {
      "M\(SVGText.number(axis.x)) \(SVGText.number(axis.y + Double($0) * Self.rowHeight))h\(SVGText.number(axis.width))"
    }
    svg.path(columns.joined() + rows.joined(), "gap")
    signs.draw(in: &svg)
  }

  private static func isMore(_ block: BlockComparison) -> Bool {
    block.hedgesG.isNaN ? block.difference > 0 : block.hedgesG > 0
  }

  private func isShown(_ cluster: BlockCluster) -> Bool {
    cluster.p < comparison.settings.alpha && cluster.layers.count > 1
  }

  /// Draws a frame around each cluster of at least two blocks that differs as a whole.
  private func drawClusters(_ pairs: [PairComparison], _ axis: BlockAxis, in svg: inout SVGText) {
    var frames = ""
    for (row, cluster) in pairs.enumerated().flatMap({ row, pair in pair.clusters.map { (row, $0) } })
    where isShown(cluster) {
      let x = axis.x + Double(cluster.layers.lowerBound - layers.lowerBound) * axis.step + 0.6
      let y = axis.y + Double(row) * Self.rowHeight + 0.6
      let width = SVGText.number(Double(cluster.layers.count) * axis.step - 1.2)
      frames += "M\(SVGText.number(x)) \(SVGText.number(y))h\(width)v\(SVGText.number(Self.rowHeight - 1.2))h-\(width)z"
    }
    svg.path(frames, "cluster")
  }

  /// - Returns: Height of the legend.
  private func drawLegend(in svg: inout SVGText, y: Double) -> Double {
    // Only verdicts that occur.
    let blocks = comparison.blocks
    var entries: [(String, (verdict: Verdict, isMore: Bool)?)] = []
    for verdict in Verdict.allCases where blocks.contains(where: { $0.verdict == verdict }) {
      guard verdict == .different else {
        entries.append((verdict.rawValue, (verdict, true)))
        continue
      }
      for isMore in [true, false]
      where blocks.contains(where: { $0.verdict == verdict && Self.isMore($0) == isMore }) {
        entries.append(("different, first is \(isMore ? "larger" : "smaller")", (verdict, isMore)))
      }
    }
    if comparison.clusters.contains(where: isShown) {
      entries.append(("cluster of blocks, p < \(comparison.settings.alpha)", nil))
    }
    var x = 8.0
    var line = 0.0
    for (text, entry) in entries {
      let width = 22 + text.width(fontSize: 11) + 12
      if x + width > Chart.width { (x, line) = (8, line + 17) }
      let middle = y + line + 8
      if let entry {
        if entry.verdict == .different {
          svg.rectangle(x: x + 1, y: middle - 6.5, width: 14, height: 13, style: entry.isMore ? "more" : "less")
        }
        var sign = Signs(arm: 3.6)
        sign.add(entry.verdict, isMore: entry.isMore, x: x + 8, y: middle)
        sign.draw(in: &svg)
      } else {
        svg.rectangle(x: x + 1, y: middle - 6, width: 14, height: 12, style: "cluster")
      }
      svg.label(text, x: x + 20, y: middle + 4)
      x += width
    }
    return line + 18
  }
}
