/// Horizontal axis of the blocks, which determines the x position of everything above it.
struct BlockAxis {
  let layers: Range<Int>
  /// Plot rectangle in the chart's coordinates.
  let x, y, width, height: Double
  /// y coordinate below the block numbers, from which more can be drawn.
  var bottom: Double { y + height + 34 }

  /// Width of one block.
  var step: Double { width / Double(max(1, layers.count)) }

  /// x coordinate of the middle of the block in column `column`.
  func center(_ column: Int) -> Double { x + (Double(column) + 0.5) * step }

  /// Draws the block numbers, as many as fit, and the axis title.
  ///
  /// - Parameter order: blocks from left to right; ascending if nil.
  func draw(in svg: inout SVGText, title: String = "block", order: [Int]? = nil) {
    let blocks = order ?? Array(layers)
    let widest = blocks.map { "\($0)".width(fontSize: 11) }.max() ?? 0
    var every = 1
    // Blocks in ascending order may go unlabelled; a ranking needs every label.
    while order == nil, Double(every) * step < widest + 5 { every += every == 1 ? 1 : every == 2 ? 3 : 5 }
    for (column, layer) in blocks.enumerated() where order != nil || (layer - layers.lowerBound) % every == 0 {
      // Labels of a ranking alternate between two lines if one is too narrow.
      let isLow = order != nil && step < widest + 2 && column % 2 == 1
      svg.label("\(layer)", x: center(column), y: y + height + (isLow ? 24 : 14), anchor: "middle")
    }
    let isDouble = order != nil && step < widest + 2
    svg.label(title, x: x + width / 2, y: y + height + (isDouble ? 38 : 29), anchor: "middle", style: "quiet")
  }
}
