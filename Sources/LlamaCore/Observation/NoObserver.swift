/// An observer that requests no sites.
public struct NoObserver: LayerObserver {
  /// Creates an observer without state.
  public init() {}
  public func sites(at layer: Int) -> LayerSites { [] }
  public mutating func observe(_ block: borrowing BlockTrace) {}
}
