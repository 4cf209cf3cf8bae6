import LlamaCore

/// The self-check of every run, `X + A + M = Y`, and the count of elements that are not finite.
///
/// The fast pass over a row only says that something is odd; this reads such a row again, element by element, and says
/// what.
enum ResidualCheck {
  /// How far `Y` may be from `X + A + M`, in units of `|X| + |A| + |M|`: `4 · 2⁻²³`.
  ///
  /// Two float32 additions, in whatever order, are each off by at most half a unit of `2⁻²³` of their result, which is
  /// at most `|X| + |A| + |M|`: together one unit for the model, one more for the fast check, which adds in float32
  /// too. The other two are room for the roundings of the bound itself. A sum that lost a term or took one from
  /// another row is off by millions of units.
  static let tolerance = 4 * Float.ulpOfOne

  /// What a second look at a row found.
  enum Finding: Equatable {
    /// The sum holds for every element; `nonFinite` counts the elements with a non-finite `A`, `M` or `Y`.
    case holds(nonFinite: Int)
    /// The sum fails at `element`.
    case fails(element: Int, expected: Double, found: Double)
  }

  /// Judges a row of `[D]` elements each. All spans have the same length.
  static func judge(
    before: Span<Float>, attention: Span<Float>, mlp: Span<Float>, after: Span<Float>
  ) -> Finding {
    var nonFinite = 0
    for index in 0..<before.count {
      let x = Double(before[index])
      let a = Double(attention[index])
      let m = Double(mlp[index])
      let y = Double(after[index])
      if !(a.isFinite && m.isFinite && y.isFinite) { nonFinite += 1 }
      if !holds(x, a, m, y) { return .fails(element: index, expected: x + a + m, found: y) }
    }
    return .holds(nonFinite: nonFinite)
  }

  private static func holds(_ x: Double, _ a: Double, _ m: Double, _ y: Double) -> Bool {
    let bound = abs(x) + abs(a) + abs(m)
    // What is not finite goes in and comes out as such, or appears where float32 runs over; it never goes away.
    guard bound.isFinite else { return !y.isFinite }
    guard y.isFinite else { return bound > Double(Float.greatestFiniteMagnitude) }
    return abs(x + a + m - y) <= Double(tolerance) * bound
  }
}
