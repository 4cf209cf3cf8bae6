/// The only code that adds to the residual stream, `next = stream + factor · multiplier · postNorm(output)`: the values
/// of `A` and `M` seen by an observer are exactly those added.
struct ResidualSink {
  /// `[rows, width]`: the stream before and after; may be the same.
  let stream, next: FloatBuffer
  /// `[rows, width]`: the added values, if they are observed or needed as whole rows; otherwise nil.
  let added: FloatBuffer?
  /// Number of rows, from the first, whose added values are stored.
  let storedRows: Int
  let width: Int
  let multiplier: Float
  /// True if the added values are known only once whole rows are complete.
  let hasPostNorm: Bool
  /// Factor of each row, from the edits of the block; nil for 1 everywhere.
  let factors: [Float]?
  /// For each row the vector of `width` numbers that is added in place of the output, where the factor is 0; nil for none. Empty for
  /// none anywhere.
  let vectors: [[Float]?]

  /// Adds a tile of the output.
  func add(_ tile: OutputTile) {
    if !hasPostNorm {
      if multiplier != 1 {
        for index in 0..<tile.rows.count * tile.columns.count { tile.values[index] *= multiplier }
      }
      if factors != nil {
        for row in tile.rows { scale(tile.row(row), count: tile.columns.count, row: row, tile.columns.lowerBound) }
      }
    }
    if let added { tile.store(added, width: width, rows: 0..<storedRows) }
    if hasPostNorm { return }
    for row in tile.rows { add(tile.row(row), count: tile.columns.count, row: row, column: tile.columns.lowerBound) }
  }

  /// Adds a normalized row.
  func add(normalized values: UnsafeMutablePointer<Float>, row: Int) {
    if multiplier != 1 { for column in 0..<width { values[column] *= multiplier } }
    scale(values, count: width, row: row, 0)
    add(values, count: width, row: row, column: 0)
  }

  /// Adds to the rows the vectors in place of the output, and nothing to others.
  func skip(rows: Range<Int>) {
    let (start, count) = (rows.lowerBound * width, rows.count * width)
    let stored = rows.clamped(to: 0..<storedRows)
    added.map { ($0.pointer + stored.lowerBound * width).update(repeating: 0, count: stored.count * width) }
    if next !== stream { (next.pointer + start).update(from: stream.pointer + start, count: count) }
    for row in rows.clamped(to: vectors.indices) {
      guard let vector = vectors[row] else { continue }
      if row < storedRows, let added { Self.steer(added, by: vector, rows: row..<row + 1) }
      Self.steer(next, by: vector, rows: row..<row + 1)
    }
  }

  /// Adds a vector of `width` numbers to rows of a stream.
  static func steer(_ stream: FloatBuffer, by vector: [Float], rows: Range<Int>) {
    for row in rows {
      let values = stream.pointer + row * vector.count
      for column in vector.indices { values[column] += vector[column] }
    }
  }

  private func vector(_ row: Int) -> [Float]? { row < vectors.count ? vectors[row] : nil }

  /// Scales values of a row from a column on, or puts those of its vector in their place.
  private func scale(_ values: UnsafeMutablePointer<Float>, count: Int, row: Int, _ column: Int) {
    guard let factors, row < factors.count, factors[row] != 1 else { return }
    if let vector = vector(row) {
      for index in 0..<count { values[index] = vector[column + index] }
      return
    }
    // Not a product, which would keep what is not finite.
    if factors[row] == 0 { return values.update(repeating: 0, count: count) }
    for column in 0..<count { values[column] *= factors[row] }
  }

  private func add(_ values: UnsafeMutablePointer<Float>, count: Int, row: Int, column: Int) {
    let offset = row * width + column
    let (stream, next) = (stream.pointer + offset, next.pointer + offset)
    // Not a sum with zeros, which would lose the sign of a zero of the stream.
    if let factors, row < factors.count, factors[row] == 0, vector(row) == nil {
      return next.update(from: stream, count: count)
    }
    for column in 0..<count { next[column] = stream[column] + values[column] }
  }
}
