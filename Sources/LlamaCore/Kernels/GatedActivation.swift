/// The gated activation of an MLP (Shazeer 2020).
package enum GatedActivation {
  /// Computes `gate = activation(gate) · up`.
  package static func apply(
    _ activation: GateActivation, _ gate: UnsafeMutablePointer<Float>, with up: UnsafePointer<Float>, count: Int
  ) {
    switch activation {
    case .silu: apply(gate, with: up, count: count) { $0 }
    case .geluTanh:
      // g/2 · (1 + tanh(u)) = g / (1 + exp(-2u)) with u = √(2/π) · (g + 0.044715 g³).
      apply(gate, with: up, count: count) { $0 * ($0 * $0 * 0.0713548162726 + 1.59576912161) }
    }
  }

  /// Computes `gate = gate / (1 + exp(-inner(gate))) · up`.
  @inline(__always)
  private static func apply(
    _ gate: UnsafeMutablePointer<Float>, with up: UnsafePointer<Float>, count: Int,
    _ inner: (SIMD8<Float>) -> SIMD8<Float>
  ) {
    let gateBytes = UnsafeMutableRawPointer(gate)
    let upBytes = UnsafeRawPointer(up)
    let stride = MemoryLayout<Float>.stride
    var index = 0
    while index + 8 <= count {
      let g = gateBytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      let u = upBytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      gateBytes.storeBytes(
        of: g / (exponential(-inner(g)) + 1) * u, toByteOffset: index * stride, as: SIMD8<Float>.self)
      index += 8
    }
    while index < count {
      let g = gate[index]
      gate[index] = g / (exponential(-inner(SIMD8(repeating: g)))[0] + 1) * up[index]
      index += 1
    }
  }
}
