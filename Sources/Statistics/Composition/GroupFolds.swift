import Foundations

/// Division of texts into folds, such that no group is in two of them and every domain is spread as evenly as its
/// groups allow.
package enum GroupFolds {
  /// Returns the fold of each text.
  ///
  /// Groups are taken in a random order, larger ones first, and each goes to the fold that has fewest of its domains'
  /// texts; of equal ones to that with fewest texts, then to the first.
  ///
  /// - Parameters:
  ///   - domainOf: domain of each text.
  ///   - groupOf: group of each text, from 0 to `groups - 1`.
  package static func folds(
    _ domainOf: [Int], domains: Int, _ groupOf: [Int], groups: Int, count: Int, _ generator: inout SplitMix64
  ) -> [Int] {
    var members = Array(repeating: [Int](), count: groups)
    for (text, group) in groupOf.enumerated() { members[group].append(text) }
    var order = Array(0..<groups)
    generator.shuffle(&order, choosing: groups)
    // The sort is stable: among equal sizes the random order stays.
    order.sort { members[$0].count > members[$1].count }
    var totals = Array(repeating: 0.0, count: domains)
    for domain in domainOf { totals[domain] += 1 }
    var filled = Array(repeating: Array(repeating: 0.0, count: domains), count: count)
    var sizes = Array(repeating: 0, count: count)
    var folds = Array(repeating: 0, count: domainOf.count)
    for group in order {
      var best = (fold: 0, cost: Double.infinity, size: 0)
      for fold in 0..<count {
        // By how much the sum of squared shares of the domains grows.
        let cost = members[group].reduce(0.0) { sum, text in
          let domain = domainOf[text]
          return sum + filled[fold][domain] / (totals[domain] * totals[domain])
        }
        if (cost, sizes[fold]) < (best.cost, best.size) { best = (fold, cost, sizes[fold]) }
      }
      for text in members[group] {
        folds[text] = best.fold
        filled[best.fold][domainOf[text]] += 1
      }
      sizes[best.fold] += members[group].count
    }
    return folds
  }
}
