import Foundation

#if canImport(COpenBLAS)
  import COpenBLAS
#else
  import Accelerate
#endif

/// The one place that calls CBLAS.
///
/// Every call runs on the thread that makes it, inside ``alone(_:)``; the work is split above (``Matmul``). OpenBLAS's
/// threads are global to the process, spin between calls, and split differently for different counts; ours do none of that.
enum BLAS {
  /// A row of a product keeps its bits whatever rows stand beside it, as long as it moves by a multiple of this and the
  /// count of rows is one too; nil where none was found.
  ///
  /// 1 for OpenBLAS's AVX-512 kernels, 12 for its AVX2 ones, whose register tiles of other heights sum in another order
  /// (measured with 0.3.21). It is tried out rather than assumed.
  static let rowAlignment: Int? = [1, 12, 24, 48].first { Probe.rowsAreIndependent(alignment: $0) }

  /// Rows from an aligned one on that are as good as each other: among them a row may move by any number. 6 of the 12 of
  /// OpenBLAS's AVX2 kernels, which sum the halves of a tile apart.
  static let equalRows = rowAlignment.map(Probe.equalRows) ?? 1

  /// Below this `M·N·K`, OpenBLAS's AVX-512 kernels take a path for small matrices with sums of another order.
  static let smallProduct = 1_000_000

  /// `C = A · Bᵀ`, or `C += A · Bᵀ`, row-major: `A` is `[m, k]`, `B` `[n, k]`, `C` `[m, n]`, with the strides of their rows.
  static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int, isAdded: Bool = false
  ) {
    checkThreads()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb),
      isAdded ? 1 : 0, c, index(ldc))
  }

  /// `C = A · B`, row-major: `A` is `[m, k]`, `B` `[k, n]`, `C` `[m, n]`, with the strides of their rows.
  static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    checkThreads()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 0, c,
      index(ldc))
  }

  /// Which library and kernels compute, for the manifest and for `inspect`.
  static let description: String = {
    #if canImport(COpenBLAS)
      return String(cString: openblas_get_config()) + ", kernels " + String(cString: openblas_get_corename())
    #else
      return "Accelerate"
    #endif
  }()

  #if canImport(COpenBLAS)
    private static func index(_ value: Int) -> Int32 { Int32(clamping: value) }
  #else
    private static func index(_ value: Int) -> __LAPACK_int { __LAPACK_int(clamping: value) }
  #endif
}
