import Foundations
import Profiler

/// Names of two compared domains; names are equal only if their bytes are.
struct NamePair: Hashable {
  let a: String
  let b: String

  init(_ a: String, _ b: String) { (self.a, self.b) = (a, b) }

  static func == (left: NamePair, right: NamePair) -> Bool {
    left.a.hasSameBytes(as: right.a) && left.b.hasSameBytes(as: right.b)
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ByteString(a))
    hasher.combine(ByteString(b))
  }
}

extension PairComparison {
  var names: NamePair { NamePair(domainA, domainB) }
}

extension LengthOverlap {
  var names: NamePair { NamePair(domainA, domainB) }
}
