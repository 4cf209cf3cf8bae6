/// The one place where something is added to the residual stream, `next = stream + multiplier · postNorm(output)`: what an
/// observer sees as `A` or `M` is what is added.
struct ResidualSink {
  /// `[rows, width]`: the stream before and after; may be the same.
  let stream, next: FloatBuffer
  /// `[rows, width]`: what is added, where somebody wants to see it or needs whole rows of it.
  let added: FloatBuffer?
  let width: Int
  let multiplier: Float
  /// What is added is known only when whole rows are there.
  let hasPostNorm: Bool

  /// Takes in a tile of the output.
  func add(_ tile: OutputTile) {
    if multiplier != 1, !hasPostNorm {
      for index in 0..<tile.rows.count * tile.columns.count { tile.values[index] *= multiplier }
    }
    if let added { tile.store(added, width: width) }
    if hasPostNorm { return }
    for row in tile.rows { add(tile.row(row), count: tile.columns.count, row: row, column: tile.columns.lowerBound) }
  }

  /// Adds a row that has been through the norm.
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
