/// Two observers of one run, each with its own type; groups can be nested for more. Both are called for every block
/// that either requests, the first before the second, with the union of their sites.
public struct ObserverGroup<First: LayerObserver, Second: LayerObserver>: LayerObserver {
  /// The members, with the data they have gathered.
  public var first: First
  public var second: Second

  /// Creates a group of two observers, which are called in this order.
  public init(_ first: First, _ second: Second) { (self.first, self.second) = (first, second) }

  public func sites(at layer: Int) -> LayerSites { first.sites(at: layer).union(second.sites(at: layer)) }

  public mutating func observe(_ block: borrowing BlockTrace) throws {
    try first.observe(block)
    try second.observe(block)
  }

  public mutating func observe(batch: BatchTraces) throws {
    try first.observe(batch: batch)
    try second.observe(batch: batch)
  }
}
