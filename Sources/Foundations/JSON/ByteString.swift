import Foundation

/// A string compared by its bytes. Swift's `String` compares by canonical equivalence: "é" equals "e" with a combining
/// accent, and a dictionary treats both as one key.
///
/// Names from files are looked up, distinguished and ordered by this type: keys, tensor names, domains.
package struct ByteString: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let text: String

  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }

  package var description: String { text }

  package static func == (left: ByteString, right: ByteString) -> Bool { left.text.hasSameBytes(as: right.text) }

  /// Compares by bytes, which is the order of the scalars.
  package static func < (left: ByteString, right: ByteString) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
    if isHashed == nil { Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    hasher.combine(0xFF as UInt8)
  }
}

extension StringProtocol {
  /// Returns true if both texts have the same bytes.
  @inlinable package func hasSameBytes(as other: some StringProtocol) -> Bool {
    let (one, two) = (utf8, other.utf8)
    let count = one.count
    guard count == two.count else { return false }
    let isSame = one.withContiguousStorageIfAvailable { one in
      two.withContiguousStorageIfAvailable { two in
        guard let one = one.baseAddress, let two = two.baseAddress else { return true }
        return memcmp(one, two, count) == 0
      }
    }
    return (isSame ?? nil) ?? one.elementsEqual(two)
  }
}

extension Collection<String> {
  /// Returns true if one of these texts has the same bytes.
  package func containsBytes(of text: some StringProtocol) -> Bool { contains { $0.hasSameBytes(as: text) } }

  /// Returns true if both collections hold texts of the same bytes in the same order.
  package func hasSameBytes(as other: some Collection<String>) -> Bool {
    elementsEqual(other) { $0.hasSameBytes(as: $1) }
  }

  /// Returns the index of the first text with the same bytes.
  package func firstIndex(ofBytes text: some StringProtocol) -> Index? { firstIndex { $0.hasSameBytes(as: text) } }
}
