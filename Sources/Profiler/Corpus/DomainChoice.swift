import LlamaCore

/// Domains to take of a corpus or a run, by name.
///
/// An element may list several names, `cpp,python`, unless a domain has just that name. Without an element all domains
/// are taken.
public struct DomainChoice: Sendable, ExpressibleByArrayLiteral {
  /// Names, or lists of names; empty for all domains.
  public var elements: [String]

  public init(_ elements: [String] = []) { self.elements = elements }

  public init(arrayLiteral elements: String...) { self.elements = elements }

  /// Returns the chosen names, given those that there are; empty for all.
  public func names(among known: [String]) -> [String] {
    elements.flatMap { element in
      let parts = element.split(separator: ",").map(String.init)
      return known.containsBytes(of: element) || parts.isEmpty ? [element] : parts
    }
  }

  /// True if a domain may be chosen, whatever other domains there are.
  func mayName(_ domain: String) -> Bool {
    elements.isEmpty
      || elements.contains { element in
        element.hasSameBytes(as: domain) || element.split(separator: ",").contains { domain.hasSameBytes(as: $0) }
      }
  }
}
