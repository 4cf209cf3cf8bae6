/// Who multiplies a wave with a weight.
package enum MatrixLibrary: Sendable, CaseIterable {
  /// CBLAS: OpenBLAS, or Accelerate on macOS. Float32 only; everywhere.
  case cblas
  /// oneDNN. Where the processor has AVX-512: faster than OpenBLAS's kernels for it (216 against 198 GFLOP/s in float32
  /// on two cores of Zen 4), and it picks them whatever `OPENBLAS_CORETYPE` says.
  case oneDNN

  /// Whether it can compute in a precision here, however fast.
  package func computes(_ precision: Precision) -> Bool {
    switch self {
    case .cblas: precision == .float32
    case .oneDNN: OneDNNMatmul.computes(precision)
    }
  }

  /// The fastest at hand for a precision.
  package static func fastest(for precision: Precision) -> MatrixLibrary {
    OneDNNMatmul.unavailableReason(precision) == nil ? .oneDNN : .cblas
  }
}
