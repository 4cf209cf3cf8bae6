/// The only code that adds to the residual stream, `next = stream + multiplier · postNorm(output)`: the values of `A`
/// and `M` seen by an observer are exactly those added.
struct ResidualSink {
  /// `[rows, width]`: the stream before and after; may be the same.
  let stream, next: FloatBuffer
  /// `[rows, width]`: the added values, if they are observed or needed as whole rows; otherwise nil.
  let added: FloatBuffer?
  let width: Int
  let multiplier: Float
  /// True if the added values are known only once whole rows are complete.
  let hasPostNorm: Bool

  /// Adds a tile of the output.
  func add(_ tile: OutputTile) {
    if multiplier != 1, !hasPostNorm {
      for index in 0..<tile.rows.count * tile.columns.count { tile.values[index] *= multiplier }
    }
    if let added { tile.store(added, width: width) }
    if hasPostNorm { return }
    for row in tile.rows { add(tile.row(row), count: tile.columns.count, row: row, column: tile.columns.lowerBound) }
  }

  /// Adds a normalized row.
  func add(normalized values: UnsafeMutablePointer<Float>, row: Int) {
    if multiplier != 1 { for column in 0..<width { values[column] *= multiplier } }
    add(values, count: width, row: row, column: 0)
  }

  private func add(_ values: UnsafeMutablePointer<Float>, count: Int, row: Int, column: Int) {
    let offset = row * width + column
    let (stream, next) = (stream.pointer + offset, next.pointer + offset)
    for column in 0..<count { next[column] = stream[column] + values[column] }
  }
}
