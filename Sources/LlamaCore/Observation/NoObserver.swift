/// Asks for nothing and sees nothing.
public struct NoObserver: LayerObserver {
  /// An observer without state.
  public init() {}
  public func sites(at layer: Int) -> LayerSites { [] }
  public mutating func observe(_ block: borrowing BlockTrace) {}
}
