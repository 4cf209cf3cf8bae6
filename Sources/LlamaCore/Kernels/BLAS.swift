import Foundation
import Synchronization

#if canImport(COpenBLAS)
  import COpenBLAS
#else
  import Accelerate
#endif

/// The one place that calls CBLAS.
///
/// Every call runs on the thread that makes it; the library's own threads are switched off and the work is
/// split above (``Matmul``). OpenBLAS's threads are global to the process, spin between calls, and split
/// differently for different counts; ours do none of that.
enum BLAS {
  /// Whether a row of a product keeps its bits whatever rows stand beside it, at any place and row count.
  ///
  /// True of OpenBLAS's AVX-512 kernels (but for products too small to be packed, see `smallProduct`), not of
  /// its AVX2 ones, which is why it is tried out rather than assumed.
  static let rowsAreIndependent: Bool = {
    prepare()
    return probe()
  }()

  /// Below this `M·N·K`, OpenBLAS's AVX-512 kernels take a path for small matrices with sums of another order.
  static let smallProduct = 1_000_000

  /// `C = A · Bᵀ`, row-major: `A` is `[m, k]`, `B` `[n, k]`, `C` `[m, n]`, with the strides of their rows.
  static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    prepare()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 0, c,
      index(ldc))
  }

  /// `C = A · B`, row-major: `A` is `[m, k]`, `B` `[k, n]`, `C` `[m, n]`, with the strides of their rows.
  static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride lda: Int, _ b: UnsafePointer<Float>, stride ldb: Int,
    into c: UnsafeMutablePointer<Float>, stride ldc: Int
  ) {
    prepare()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, index(m), index(n), index(k), 1, a, index(lda), b, index(ldb), 0, c,
      index(ldc))
  }

  /// Which library and kernels compute, for the manifest and for `inspect`.
  static let description: String = {
    prepare()
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

  /// Sets the library up, once. The value has to be read for that: an initializer whose value nobody uses is left out
  /// by the optimizer, whatever else it does.
  private static func prepare() { precondition(threads == 1, "CBLAS must compute on the calling thread") }

  /// Threads that a call of the library takes.
  private static let threads: Int32 = {
    #if canImport(COpenBLAS)
      openblas_set_num_threads(1)
      return openblas_get_num_threads()
    #else
      return BLASSetThreading(BLAS_THREADING_SINGLE_THREADED) == 0 ? 1 : 0
    #endif
  }()

  /// Multiplies rows in company and apart, at every place of a register tile, and compares the bits.
  private static func probe() -> Bool {
    let (m, n, k) = (80, 200, 600)
    func noise(_ count: Int, _ seed: UInt64) -> [Float] {
      var state = seed
      return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
      }
    }
    let (a, b) = (noise(m * k, 1), noise(n * k, 2))
    var whole = [Float](repeating: 0, count: m * n)
    var part = whole
    multiplyTransposed(m: m, n: n, k: k, a, stride: k, b, stride: k, into: &whole, stride: n)
    let enough = smallProduct / (n * k) + 1
    for start in 0..<24 {
      for rows in [0, 1, 2, 3, 4, 7, 8, 15, 24, 40].map({ enough + $0 }) {
        a.withUnsafeBufferPointer { a in
          guard let row = a.baseAddress else { return }
          multiplyTransposed(m: rows, n: n, k: k, row + start * k, stride: k, b, stride: k, into: &part, stride: n)
        }
        if part[..<(rows * n)] != whole[(start * n)..<((start + rows) * n)] { return false }
      }
    }
    // Columns too, so that the split over threads may follow their number.
    for first in [64, 128] {
      b.withUnsafeBufferPointer { b in
        guard let column = b.baseAddress else { return }
        multiplyTransposed(
          m: m, n: n - first, k: k, a, stride: k, column + first * k, stride: k, into: &part, stride: n - first)
      }
      for row in 0..<m
      where part[(row * (n - first))..<((row + 1) * (n - first))] != whole[(row * n + first)..<((row + 1) * n)] {
        return false
      }
    }
    return true
  }
}
