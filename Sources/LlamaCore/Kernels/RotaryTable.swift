import Foundation

/// Cosines and sines of rotary position embeddings, `[positions, headDimension / 2]`, and their application.
///
/// Frequencies and angles are rounded to float32 step by step as transformers does, whatever the model's precision in
/// transformers: at position 10,000 a frequency's last bit amounts to 1e-3 rad, so a more exact table would change the
/// model.
package struct RotaryTable: Sendable {
  /// Half the head dimension.
  let half: Int
  private(set) var positions = 0
  private let frequencies: [Float]
  private var cosines: [Float] = []
  private var sines: [Float] = []

  package init(_ parameters: RotaryParameters, headDimension: Int) {
    half = headDimension / 2
    frequencies = Self.frequencies(parameters, headDimension: headDimension)
  }

  /// Extends the table to `count` positions.
  package mutating func extend(to count: Int) {
    guard count > positions else { return }
    cosines.reserveCapacity(count * half)
    sines.reserveCapacity(count * half)
    for position in positions..<count {
      for frequency in frequencies {
        let angle = Double(Float(position) * frequency)
        cosines.append(Float(cos(angle)))
        sines.append(Float(sin(angle)))
      }
    }
    positions = count
  }

  /// Rotates the heads of one token, `[heads, 2 · half]`, as transformers' `rotate_half` does: element `i` is paired
  /// with element `i + half`.
  package func rotate(_ heads: UnsafeMutablePointer<Float>, count: Int, position: Int) {
    let offset = position * half
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        for head in 0..<count {
          let first = heads + head * 2 * half
          let second = first + half
          for index in 0..<half {
            let (a, b) = (first[index], second[index])
            let (c, s) = (cosines[offset + index], sines[offset + index])
            first[index] = a * c - b * s
            second[index] = b * c + a * s
          }
        }
      }
    }
  }

  /// Returns `θ^(-2i/d)` with its scaling, after transformers' `modeling_rope_utils.py`.
  static func frequencies(_ parameters: RotaryParameters, headDimension: Int) -> [Float] {
    let plain = (0..<headDimension / 2).map { index in
      1 / Float(pow(Double(Float(parameters.theta)), Double(Float(2 * index) / Float(headDimension))))
    }
    switch parameters.scaling {
    case .default:
      return plain
    case .linear(let factor):
      return plain.map { $0 / Float(factor) }
    case .llama3(let factor, let low, let high, let original):
      let longest = Float(Double(original) / low)
      let shortest = Float(Double(original) / high)
      // PyTorch computes a scalar divided by a tensor as the tensor's reciprocal times the scalar.
      return plain.map { frequency in
        let wavelength = 1 / frequency * Float(2 * Double.pi)
        if wavelength < shortest { return frequency }
        if wavelength > longest { return frequency / Float(factor) }
        let smooth = (1 / wavelength * Float(original) - Float(low)) / Float(high - low)
        return (1 - smooth) * frequency / Float(factor) + smooth * frequency
      }
    }
  }
}
