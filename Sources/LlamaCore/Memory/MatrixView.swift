/// A matrix of float32 in memory that somebody else owns, row-major.
struct MatrixView {
  let pointer: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  /// Elements from one row to the next.
  let stride: Int

  /// - Parameter stride: elements from one row to the next; as many as there are columns where it is nil.
  init(_ pointer: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    (self.pointer, self.rows, self.columns, self.stride) = (pointer, rows, columns, stride ?? columns)
  }
}
