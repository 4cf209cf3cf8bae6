import Foundations

/// A part of an output that has just been computed: `[rows.count, columns.count]`, contiguous rows.
struct OutputTile {
  let values: UnsafeMutablePointer<Float>
  /// Rows of the batch.
  let rows: Range<Int>
  /// Columns of the output.
  let columns: Range<Int>

  /// Returns the values of a row of the batch.
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { values + (row - rows.lowerBound) * columns.count }

  /// Adds a bias of the output to every row.
  /// - Throws: ``FileError`` if it cannot be read.
  func add(_ bias: Weight) throws(FileError) {
    let bias = try bias.floats(columns)
    for row in rows {
      let line = self.row(row)
      for column in 0..<columns.count { line[column] += bias[column] }
    }
  }

  /// Copies the tile, or those of its rows that are in `wanted`, to its place in `[rows, width]`.
  func store(_ output: FloatBuffer, width: Int, rows wanted: Range<Int>? = nil) {
    for row in wanted.map(rows.clamped) ?? rows {
      (output.pointer + row * width + columns.lowerBound).update(from: self.row(row), count: columns.count)
    }
  }

  /// Computes `output = activation(gate) · up`, in place and then at its position in `output`; this tile is the gate.
  func gate(_ up: OutputTile, _ activation: GateActivation, into output: ActivationMatrix) {
    for row in rows {
      GatedActivation.apply(activation, self.row(row), with: up.row(row), count: columns.count)
      output.store(self.row(row), count: columns.count, row: row, column: columns.lowerBound)
    }
  }
}
