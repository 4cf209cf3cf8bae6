/// The gated activation of Llama's MLP (SwiGLU, Shazeer 2020).
package enum Activation {
  /// `gate = SiLU(gate) · up`, where `SiLU(g) = g / (1 + exp(-g))`.
  package static func gate(_ gate: UnsafeMutablePointer<Float>, with up: UnsafePointer<Float>, count: Int) {
    let gateBytes = UnsafeMutableRawPointer(gate)
    let upBytes = UnsafeRawPointer(up)
    let stride = MemoryLayout<Float>.stride
    var index = 0
    while index + 8 <= count {
      let g = gateBytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      let u = upBytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      gateBytes.storeBytes(of: g / (exponential(-g) + 1) * u, toByteOffset: index * stride, as: SIMD8<Float>.self)
      index += 8
    }
    while index < count {
      let g = gate[index]
      gate[index] = g / (exponential(SIMD8(repeating: -g))[0] + 1) * up[index]
      index += 1
    }
  }
}
