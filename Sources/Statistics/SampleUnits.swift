import Foundation

/// The units of observation of a sample: its groups of texts, or its texts if they have no groups.
///
/// The value of a group is the unweighted mean of its texts' values: texts of one document are not independent, and
/// their mean is a single observation of it. Units are in the order of their first texts.
package struct SampleUnits: Equatable, Sendable {
  /// Number of units.
  package let count: Int
  /// Number of each unit's group; empty if every text is a unit.
  package let groups: [Int]
  /// `[text]`: the unit of each text; empty if every text is a unit.
  private let places: [Int]
  /// Number of texts of each unit; empty if every text is a unit.
  private let sizes: [Int]
  /// Number of texts.
  package let texts: Int

  /// - Parameters:
  ///   - texts: number of texts.
  ///   - groups: the number of each text's group; if there is not one for each text, every text is a unit.
  package init(texts: Int, groups: [Int]) {
    self.texts = texts
    guard groups.count == texts, !groups.isEmpty else {
      (count, self.groups, places, sizes) = (texts, [], [], [])
      return
    }
    var known: [Int: Int] = [:]
    var order: [Int] = [], sizes: [Int] = []
    places = groups.map { group in
      let place = known[group] ?? order.count
      if place == order.count {
        known[group] = place
        order.append(group)
        sizes.append(0)
      }
      sizes[place] += 1
      return place
    }
    (count, self.groups, self.sizes) = (order.count, order, sizes)
  }

  /// Returns the value of each unit: the mean of `value` over its texts, which are added in order.
  package func means(_ value: (_ text: Int) -> Double) -> [Double] {
    if places.isEmpty { return (0..<texts).map(value) }
    var means = [Double](repeating: 0, count: count)
    for (text, place) in places.enumerated() { means[place] += value(text) }
    // A text alone keeps its bits.
    for place in means.indices where sizes[place] > 1 { means[place] /= Double(sizes[place]) }
    return means
  }

  /// Returns the length of each unit: the mean of ln(tokens) over its texts.
  ///
  /// - Parameter tokens: number of tokens of each text.
  package func logarithmicMeans(_ tokens: [Int]) -> [Double] {
    let logarithms = tokens.map { log(Double($0)) }
    let means = means { logarithms[$0] }
    guard !places.isEmpty else { return means }
    var (low, high) = (means.map { _ in Double.infinity }, means.map { _ in -Double.infinity })
    for (logarithm, place) in zip(logarithms, places) {
      low[place] = min(low[place], logarithm)
      high[place] = max(high[place], logarithm)
    }
    // Rounding must not make texts of one length a group of another length.
    return means.indices.map { min(max(means[$0], low[$0]), high[$0]) }
  }

  /// Returns the number of texts of each unit.
  package var unitSizes: [Int] { places.isEmpty ? Array(repeating: 1, count: texts) : sizes }

  /// Returns the sum of some numbers of texts by unit.
  package func sums(_ numbers: [Int]) -> [Int] {
    if places.isEmpty { return numbers }
    var sums = [Int](repeating: 0, count: count)
    for (number, place) in zip(numbers, places) { sums[place] += number }
    return sums
  }
}
