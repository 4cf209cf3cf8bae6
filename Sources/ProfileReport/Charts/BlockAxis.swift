/// The blocks along the bottom of a chart, and the place of everything above them.
struct BlockAxis {
  let layers: Range<Int>
  /// The plot in the chart's coordinates.
  let x, y, width, height: Double
  /// Where the numbers end and more can be drawn.
  var bottom: Double { y + height + 34 }

  /// Width of one block.
  var step: Double { width / Double(max(1, layers.count)) }

  /// The middle of the block in place `column`.
  func center(_ column: Int) -> Double { x + (Double(column) + 0.5) * step }

  /// The numbers of the blocks, as many as fit, and what they are.
  ///
  /// - Parameter order: the blocks in the order they stand in; ascending where it is nil.
  func draw(in svg: inout SVGText, title: String = "block", order: [Int]? = nil) {
    let blocks = order ?? Array(layers)
    let widest = blocks.map { "\($0)".width(fontSize: 11) }.max() ?? 0
    var every = 1
    // Where blocks are in order some may go unnamed; a ranking without its names is none.
    while order == nil, Double(every) * step < widest + 5 { every += every == 1 ? 1 : every == 2 ? 3 : 5 }
    for (column, layer) in blocks.enumerated() where order != nil || (layer - layers.lowerBound) % every == 0 {
      // Names of a ranking take turns in two lines where one is too narrow.
      let isLow = order != nil && step < widest + 2 && column % 2 == 1
      svg.label("\(layer)", x: center(column), y: y + height + (isLow ? 24 : 14), anchor: "middle")
    }
    let isDouble = order != nil && step < widest + 2
    svg.label(title, x: x + width / 2, y: y + height + (isDouble ? 38 : 29), anchor: "middle", style: "quiet")
  }
}
