import Foundations

/// The identity of a text in results and messages.
public struct TextIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The domain's name.
  public let domain: String
  /// 0-based index in the domain's list, including empty texts.
  public let index: Int

  public init(domain: String, index: Int) {
    self.domain = domain
    self.index = index
  }

  public static func == (left: TextIdentity, right: TextIdentity) -> Bool {
    left.index == right.index && left.domain.hasSameBytes(as: right.domain)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ByteString(domain))
    hasher.combine(index)
  }

  /// `text 12 of "cpp"`
  public var description: String { "text \(index) of \(domain.quoted)" }
}
