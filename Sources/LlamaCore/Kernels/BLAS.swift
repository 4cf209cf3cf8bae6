import Foundation

#if canImport(COpenBLAS)
  import COpenBLAS
#else
  import Accelerate
#endif

/// The only code that calls CBLAS.
///
/// Every call runs on the calling thread, inside ``alone(_:)``; the work is split at a higher level (``BatchLinear``).
/// OpenBLAS's threads are global to the process, spin between calls, and split differently for different counts; the
/// workers of this library do none of that.
package enum BLAS {
  /// Alignment at which a row of a product has the same bits whatever the other rows: its offset and the number of rows
  /// must be multiples of it. Nil if none was found.
  ///
  /// 1 for OpenBLAS's AVX-512 kernels, 12 for its AVX2 ones, whose register tiles of other heights sum in another order
  /// (measured with 0.3.21). The value is probed at run time rather than assumed.
  static let rowAlignment: Int? = [1, 12, 24, 48].first { Probe.rowsAreIndependent(alignment: $0) }

  /// Number of equivalent rows from an aligned one on, among which a row may move by any offset. 6 of the 12 of
  /// OpenBLAS's AVX2 kernels, which sum the halves of a tile separately.
  static let equalRows = rowAlignment.map(Probe.equalRows) ?? 1

  /// Below this `M·N·K`, OpenBLAS's AVX-512 kernels use a code path for small matrices with another summation order.
  static let smallProduct = 1_000_000

  /// Computes `C = A · Bᵀ`, or `C += A · Bᵀ`, row-major: `A` is `[m, k]`, `B` `[n, k]`, `C` `[m, n]`, with explicit row
  /// strides.
  package static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int, isAdded: Bool = false
  ) {
    checkThreads()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb),
      isAdded ? 1 : 0, c, index(ldc))
  }

  /// Computes `C = A · B`, row-major: `A` is `[m, k]`, `B` `[k, n]`, `C` `[m, n]`, with explicit row strides.
  static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    checkThreads()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 0, c,
      index(ldc))
  }

  /// Computes `C += Aᵀ · B` in double precision, row-major: `A` is `[k, m]`, `B` `[k, n]`, `C` `[m, n]`, with explicit row
  /// strides.
  package static func addTransposedProduct(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, stride lda: Int, _ b: UnsafePointer<Double>, stride ldb: Int,
    to c: UnsafeMutablePointer<Double>, stride ldc: Int
  ) {
    checkThreads()
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 1, c,
      index(ldc))
  }

  /// Computes `C += A · B` in double precision, row-major: `A` is `[m, k]`, `B` `[k, n]`, `C` `[m, n]`, with explicit row
  /// strides.
  static func addProduct(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, stride lda: Int, _ b: UnsafePointer<Double>, stride ldb: Int,
    to c: UnsafeMutablePointer<Double>, stride ldc: Int
  ) {
    checkThreads()
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 1, c,
      index(ldc))
  }

  /// Name of the library and its kernels, for the manifest and for `inspect`.
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
