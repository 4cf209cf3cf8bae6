import Foundations

/// The groups of a run's texts: texts with the same given group, copies and near-copies of each other are in one.
///
/// Groups are numbered from 0 in the order of their first texts.
public struct TextGroups: Sendable {
  /// Number of each text's group, in the order of the run.
  public let numbers: [Int]
  /// Number of groups.
  public let count: Int
  /// Given names by number of the group: that of the first of its texts that has one.
  public let names: [Int: String]
  /// Number of texts that share a group with an earlier text only because they are near-copies of it, or copies of a text
  /// of another domain.
  public let nearCopies: Int
  /// False for a run of an earlier version, which knew no groups and searched no near-copies.
  public let isSearched: Bool

  /// True if any two texts are in one group.
  public var areShared: Bool { count < numbers.count }

  /// - Parameters:
  ///   - given: the group of each text in the corpus; nil for none.
  ///   - copies: pairs of places of texts of one domain that are copies of each other.
  ///   - nearCopies: other pairs of texts that are copies or near-copies of each other.
  ///   - isSearched: false if groups are not known and near-copies were not searched.
  package init(
    given: [String?], copies: [NearCopies.Pair] = [], nearCopies: [NearCopies.Pair] = [], isSearched: Bool = true
  ) {
    self.isSearched = isSearched
    var sets = DisjointSets(given.count)
    var first: [ByteString: Int] = [:]
    for (place, name) in given.enumerated() {
      guard let name else { continue }
      let key = ByteString(name)
      if let other = first[key] { sets.join(place, other) } else { first[key] = place }
    }
    func join(_ pairs: [NearCopies.Pair]) -> Int {
      pairs.count { pair in
        given.indices.contains(pair.text) && given.indices.contains(pair.other) && sets.join(pair.text, pair.other)
      }
    }
    _ = join(copies)
    self.nearCopies = join(nearCopies)
    var order: [Int: Int] = [:]
    var names: [Int: String] = [:]
    numbers = given.enumerated().map { place, name in
      let root = sets.root(of: place)
      let number = order[root] ?? order.count
      order[root] = number
      if let name, names[number] == nil { names[number] = name }
      return number
    }
    count = order.count
    self.names = names
  }
}

/// Sets of numbers that are joined (union by size, with path halving).
package struct DisjointSets {
  private var parents: [Int], sizes: [Int]

  /// Creates a set for each number below `count`.
  package init(_ count: Int) {
    parents = Array(0..<max(0, count))
    sizes = Array(repeating: 1, count: max(0, count))
  }

  /// Returns a number that stands for the set.
  package mutating func root(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }

  /// Joins the sets of two numbers; false if they are in one already.
  @discardableResult
  package mutating func join(_ a: Int, _ b: Int) -> Bool {
    var (a, b) = (root(of: a), root(of: b))
    guard a != b else { return false }
    if sizes[a] < sizes[b] { swap(&a, &b) }
    parents[b] = a
    sizes[a] += sizes[b]
    return true
  }
}
