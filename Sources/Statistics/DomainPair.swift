/// Two domains to be compared, as indices of samples.
public struct DomainPair: Hashable, Sendable {
  public let a: Int
  public let b: Int

  public init(_ a: Int, _ b: Int) {
    self.a = a
    self.b = b
  }

  /// Returns all pairs of a number of domains, A before B.
  public static func all(of count: Int) -> [DomainPair] {
    (0..<max(0, count)).flatMap { a in (a + 1..<max(a + 1, count)).map { DomainPair(a, $0) } }
  }
}
