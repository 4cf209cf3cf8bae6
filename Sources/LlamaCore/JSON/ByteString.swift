import Foundation

/// A text that is another only where its bytes are, as everywhere but in Swift: there "é" is "e" with a combining accent, and
/// a dictionary takes both for one key.
///
/// What came from a file is looked up, told apart and ordered by this: keys, tensor names, domains.
package struct ByteString: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let text: String

  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }

  package var description: String { text }

  package static func == (left: ByteString, right: ByteString) -> Bool { left.text.hasSameBytes(as: right.text) }

  /// The order of the bytes, which is that of the scalars.
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
  /// Whether both are the same text, byte for byte.
  package func hasSameBytes(as other: some StringProtocol) -> Bool {
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
  /// Whether a text is among these, byte for byte.
  package func containsBytes(of text: some StringProtocol) -> Bool { contains { $0.hasSameBytes(as: text) } }

  /// Whether both are the same texts in the same order, byte for byte.
  package func hasSameBytes(as other: some Collection<String>) -> Bool {
    elementsEqual(other) { $0.hasSameBytes(as: $1) }
  }

  /// The place of the first that is the text, byte for byte.
  package func firstIndex(ofBytes text: some StringProtocol) -> Index? { firstIndex { $0.hasSameBytes(as: text) } }
}
