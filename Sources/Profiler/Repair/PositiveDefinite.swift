import LlamaCore

#if canImport(CLAPACKE)
  import CLAPACKE
#else
  import Accelerate
#endif

/// Linear equations with a symmetric positive definite matrix, by LAPACK's `dposv` (Cholesky).
///
/// Everything runs on the calling thread, inside `BLAS.alone`: the solution depends on the numbers alone, bit for bit.
enum PositiveDefinite {
  /// Solves `A · X = B`, in place.
  ///
  /// - Parameters:
  ///   - matrix: the lower triangle of `A`, row-major `[count, count]`; destroyed.
  ///   - right: `Bᵀ`, row-major `[columns, count]`; becomes `Xᵀ`.
  ///   - count: number of equations and of unknowns.
  ///   - columns: number of right-hand sides.
  /// - Throws: ``LAPACKError`` if `A` is not positive definite.
  static func solve(
    _ matrix: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>, count: Int, columns: Int
  ) throws(LAPACKError) {
    guard count > 0, columns > 0 else { return }
    let info = BLAS.alone { dposv(matrix, right, count, columns) }
    if info != 0 { throw LAPACKError(routine: "dposv", info: info) }
  }

  /// A row-major lower triangle is the upper one in LAPACK's column-major order, and a transpose the matrix itself.
  private static func dposv(
    _ matrix: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>, _ count: Int, _ columns: Int
  ) -> Int {
    BLAS.checkThreads()
    #if canImport(CLAPACKE)
      let (n, columns) = (Int32(clamping: count), Int32(clamping: columns))
      return Int(
        LAPACKE_dposv_work(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), n, columns, matrix, n, right, n))
    #else
      var (triangle, n, columns) = (
        CChar(UInt8(ascii: "U")), __LAPACK_int(clamping: count), __LAPACK_int(clamping: columns)
      )
      var (leadingMatrix, leadingRight, status) = (n, n, __LAPACK_int(0))
      dposv_(&triangle, &n, &columns, matrix, &leadingMatrix, right, &leadingRight, &status)
      return Int(status)
    #endif
  }
}
