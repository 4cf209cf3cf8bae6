/// `exp` of eight float32 at once, within 1 unit in the last place, and NaN for NaN and infinity.
///
/// Range reduction by `n = round(x / ln 2)` in two steps (Cody & Waite 1980), then the Taylor polynomial of degree 6
/// on `|r| ≤ ln 2 / 2`. Only additions, multiplications and bit shifts: SIMD on every processor, and the same bits.
/// Arguments are clamped to [-87, 88], so that `2ⁿ` is a normal number.
@inline(__always)
func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
  typealias Vector = SIMD8<Float>
  let clamped = x.clamped(lowerBound: Vector(repeating: -87), upperBound: Vector(repeating: 88))
  // Adding 1.5·2²³ rounds to the nearest integer and leaves it in the low bits.
  let shifter: Float = 12_582_912
  let shifted = clamped * 1.442_695_04 + shifter
  let n = shifted - shifter
  let r = (clamped - n * 0.693_359_375) + n * 2.121_944_4e-4
  var p = r * (1.0 / 720) + (1.0 / 120)
  p = p * r + (1.0 / 24)
  p = p * r + (1.0 / 6)
  p = p * r + 0.5
  p = (p * r) * r + r + 1
  let power = (unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23) &+ 0x3F80_0000
  // x - x is 0, or NaN where x is not finite: the clamp must not hide that.
  return p * unsafeBitCast(power, to: Vector.self) + (x - x)
}
