/// `exp` of eight float32 at once, within 2 units in the last place, and NaN for NaN and infinity.
///
/// Range reduction by `n = round(x / ln 2)` in two steps (Cody & Waite 1980), then the minimax polynomial of the Cephes
/// library (Moshier 1992) on `|r| ≤ ln 2 / 2`. Only additions, multiplications and bit shifts are used: the code
/// vectorizes on every processor and gives the same bits. Arguments are clamped to [-87, 88], so that `2ⁿ` is a normal
/// number.
@inline(__always)
package func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
  typealias Vector = SIMD8<Float>
  // `clamped(lowerBound:upperBound:)` is not inlined and would cost two calls per vector.
  let clamped = x.replacing(with: -87, where: x .< -87).replacing(with: 88, where: x .> 88)
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits.
  let shifter: Float = 12_582_912
  let shifted = clamped * 1.442_695_04 + shifter
  let n = shifted - shifter
  let r = (clamped - n * 0.693_359_375) + n * 2.121_944_4e-4
  var p = r * 1.987_569_15e-4 + 1.398_199_950_7e-3
  p = p * r + 8.333_451_907_3e-3
  p = p * r + 4.166_579_589_4e-2
  p = p * r + 1.666_666_545_9e-1
  p = p * r + 5.000_000_120_1e-1
  p = (p * r) * r + r + 1
  let power = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23) &+ 0x3F80_0000
  // x - x is 0, or NaN if x is not finite, which the clamp must not hide.
  return p * unsafeBitCast(power, to: Vector.self) + (x - x)
}
