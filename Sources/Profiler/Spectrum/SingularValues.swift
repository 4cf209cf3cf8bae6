import Foundation
import Foundations
import LlamaCore

#if canImport(CLAPACKE)
  import CLAPACKE
#else
  import Accelerate
#endif

/// Singular values in double precision by LAPACK's `dgesdd`, without vectors.
///
/// The matrix itself is factored (into Q·R or L·Q if it is much longer than wide or wider than long, then to a
/// bidiagonal one), never its Gram matrix, whose condition number is the square. Errors are roundings of the largest
/// value.
///
/// Everything runs on the calling thread, as with `BLAS`, in separate memory aligned to 64 bytes: the values depend
/// on the matrix alone, bit for bit, whatever other threads compute.
package enum SingularValues {
  /// Returns the values of a row-major `[rows, columns]` matrix, `min(rows, columns)` of them, descending.
  /// - Throws: ``LAPACKError``; always for a matrix with a NaN or an infinity.
  package static func of(_ matrix: Span<Double>, columns: Int) throws(LAPACKError) -> [Double] {
    let workspace = try Workspace(rows: matrix.count / max(1, columns), columns: columns)
    for index in matrix.indices { workspace.matrix[index] = matrix[index] }
    return try workspace.decompose()
  }

  /// Returns the values of `after - before`, row-major `[rows, columns]` each. The subtraction is in double precision,
  /// and so exact unless the two differ by a factor of 2²⁹.
  /// - Throws: ``LAPACKError``; always if one of the two is not finite.
  package static func ofDifference(
    _ after: Span<Float>, _ before: Span<Float>, columns: Int
  ) throws(LAPACKError) -> [Double] {
    let workspace = try Workspace(rows: after.count / max(1, columns), columns: columns)
    for index in after.indices { workspace.matrix[index] = Double(after[index]) - Double(before[index]) }
    return try workspace.decompose()
  }

  /// Returns the bytes that a call takes: the matrix in double precision, and little more.
  package static func byteCount(rows: Int, columns: Int) -> Int {
    // If LAPACK does not report the requirements of a shape, it does not compute it either.
    let work = (try? Workspace.workCount(rows: rows, columns: columns)) ?? 0
    return Workspace.layout(rows: rows, columns: columns, work: work).byteCount
  }

  /// Returns the multiplications and additions of a call, to leading order (Golub & Van Loan, Matrix Computations, 5.4
  /// and 8.6).
  package static func operations(rows: Int, columns: Int) -> Double {
    let (short, long) = (Double(min(rows, columns)), Double(max(rows, columns)))
    // Bidiagonalization directly, or after Q·R.
    return min(4 * short * short * (long - short / 3), 2 * short * short * (long + short))
  }
}

/// Memory of one decomposition.
private final class Workspace {
  /// `[rows, columns]`, filled by the caller and destroyed by the decomposition.
  let matrix: UnsafeMutablePointer<Double>
  private let rows, columns, workCount: Int
  private let layout: Layout
  private let memory: PageMemory

  /// Byte offsets of the arrays. The matrix comes first.
  struct Layout {
    let values, work, integers, byteCount: Int
  }

  init(rows: Int, columns: Int) throws(LAPACKError) {
    self.rows = rows
    self.columns = columns
    workCount = try Self.workCount(rows: rows, columns: columns)
    layout = Self.layout(rows: rows, columns: columns, work: workCount)
    memory = PageMemory(byteCount: layout.byteCount)
    matrix = memory.address.assumingMemoryBound(to: Double.self)
  }

  static func layout(rows: Int, columns: Int, work: Int) -> Layout {
    func aligned(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
    let count = min(rows, columns)
    let values = aligned(8 * rows * columns)
    let work = (begin: values + aligned(8 * count), end: values + aligned(8 * count) + aligned(8 * work))
    return Layout(
      values: values, work: work.begin, integers: work.end,
      byteCount: work.end + 8 * count * MemoryLayout<LAPACKInteger>.stride)
  }

  /// Returns the number of doubles of workspace that LAPACK requires for a shape.
  static func workCount(rows: Int, columns: Int) throws(LAPACKError) -> Int {
    guard rows > 0, columns > 0 else { return 0 }
    // A workspace query touches neither matrix nor values.
    var (matrix, values, count) = (0.0, 0.0, 0.0)
    var integers: LAPACKInteger = 0
    try BLAS.alone { () throws(LAPACKError) in
      try LAPACK.dgesdd(
        rows: columns, columns: rows, matrix: &matrix, values: &values, work: &count, workCount: -1,
        integers: &integers)
    }
    return max(1, Int(count))
  }

  /// Returns the singular values of ``matrix``.
  func decompose() throws(LAPACKError) -> [Double] {
    guard rows > 0, columns > 0 else { return [] }
    defer { withExtendedLifetime(memory) {} }
    // LAPACK reports the same for a NaN, but does not check for infinities.
    let elements = UnsafeBufferPointer(start: matrix, count: rows * columns)
    guard elements.allSatisfy(\.isFinite) else { throw LAPACKError(routine: "dgesdd", info: -4) }
    let values = (memory.address + layout.values).assumingMemoryBound(to: Double.self)
    // A row-major matrix is its transpose in LAPACK's column-major order, with the same singular values.
    try BLAS.alone { () throws(LAPACKError) in
      try LAPACK.dgesdd(
        rows: columns, columns: rows, matrix: matrix, values: values,
        work: (memory.address + layout.work).assumingMemoryBound(to: Double.self), workCount: workCount,
        integers: (memory.address + layout.integers).assumingMemoryBound(to: LAPACKInteger.self))
    }
    return Array(UnsafeBufferPointer(start: values, count: min(rows, columns)))
  }
}

#if canImport(CLAPACKE)
  private typealias LAPACKInteger = Int32
#else
  private typealias LAPACKInteger = __LAPACK_int
#endif

/// LAPACK's routine, by the interface that the system has.
private enum LAPACK {
  /// Calls `dgesdd` without vectors for a contiguous column-major `[rows, columns]` matrix; with a `workCount` of -1 it
  /// only writes the required size into `work`.
  static func dgesdd(
    rows: Int, columns: Int, matrix: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>, workCount: Int, integers: UnsafeMutablePointer<LAPACKInteger>
  ) throws(LAPACKError) {
    BLAS.checkThreads()
    let (m, n) = (LAPACKInteger(clamping: rows), LAPACKInteger(clamping: columns))
    let info: LAPACKInteger
    #if canImport(CLAPACKE)
      // Not the high-level interface, which allocates memory and scans every element once more.
      info = LAPACKE_dgesdd_work(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), m, n, matrix, m, values, nil, 1, nil, 1, work,
        LAPACKInteger(clamping: workCount), integers)
    #else
      var (job, m, n, one) = (CChar(UInt8(ascii: "N")), m, n, LAPACKInteger(1))
      var (leading, count, status) = (m, LAPACKInteger(clamping: workCount), LAPACKInteger(0))
      dgesdd_(
        &job, &m, &n, matrix, &leading, values, nil, &one, nil, &one, work, &count, integers, &status)
      info = status
    #endif
    if info != 0 { throw LAPACKError(routine: "dgesdd", info: Int(info)) }
  }
}
