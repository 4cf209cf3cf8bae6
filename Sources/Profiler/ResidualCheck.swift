/// The self-check of every run, `X + A + M = Y`, and the count of non-finite elements.
///
/// The fast pass over a row only detects that something is wrong; this check reads such a row again, element by
/// element, and reports the cause.
enum ResidualCheck {
  /// Maximum distance of `Y` from `X + A + M`, in units of `|X| + |A| + |M|`: `4 · 2⁻²³`.
  ///
  /// Two float32 additions, in whatever order, are each off by at most half a unit of `2⁻²³` of their result, which is
  /// at most `|X| + |A| + |M|`: together one unit for the model, one more for the fast check, which adds in float32
  /// too. The other two allow for the roundings of the bound itself. A sum that lost a term or used one of another row
  /// is off by millions of units.
  static let tolerance = 4 * Float.ulpOfOne

  /// Result of checking a row again.
  enum Finding: Equatable {
    /// The sum holds for every element; `nonFinite` counts the elements with a non-finite `A`, `M` or `Y`.
    case holds(nonFinite: Int)
    /// The sum fails at `element`.
    case fails(element: Int, expected: Double, found: Double)
  }

  /// Checks a row of `[D]` elements each. All spans have the same length.
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
    // A non-finite input stays non-finite, and overflow of float32 adds new ones; they never vanish.
    guard bound.isFinite else { return !y.isFinite }
    guard y.isFinite else { return bound > Double(Float.greatestFiniteMagnitude) }
    return abs(x + a + m - y) <= Double(tolerance) * bound
  }
}
