/// The library that multiplies a wave with a weight.
package enum MatrixLibrary: Sendable, CaseIterable {
  /// CBLAS: OpenBLAS, or Accelerate on macOS. Float32 only; always available.
  case cblas
  /// oneDNN. With AVX-512 faster than OpenBLAS's kernels (216 against 198 GFLOP/s in float32 on two cores of Zen 4); it
  /// selects them whatever the value of `OPENBLAS_CORETYPE`.
  case oneDNN

  /// Returns true if the library can compute in a precision here, at any speed.
  package func computes(_ precision: Precision) -> Bool {
    switch self {
    case .cblas: precision == .float32
    case .oneDNN: OneDNNMatmul.computes(precision)
    }
  }

  /// Returns the fastest available library for a precision.
  package static func fastest(for precision: Precision) -> MatrixLibrary {
    OneDNNMatmul.unavailableReason(precision) == nil ? .oneDNN : .cblas
  }
}
