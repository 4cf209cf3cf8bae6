import Foundations

/// Relabellings of texts that are as likely as the labels themselves, were domains alike.
///
/// Groups of one domain exchange their labels as wholes. In a group of several domains the texts exchange theirs.
package struct GroupLabels: Sendable {
  private let domainOf: [Int]
  /// Texts of the groups of one domain, and of the others.
  private let pure: [[Int]], mixed: [[Int]]

  package init(_ profiles: GroupedProfiles) {
    domainOf = profiles.domainOf
    var members = Array(repeating: [Int](), count: profiles.groups)
    for (text, group) in profiles.groupOf.enumerated() { members[group].append(text) }
    let domainOf = domainOf
    func isPure(_ texts: [Int]) -> Bool { texts.allSatisfy { domainOf[$0] == domainOf[texts[0]] } }
    pure = members.filter(isPure)
    mixed = members.filter { !isPure($0) }
  }

  /// Returns the domains of the texts after a random exchange.
  package func shuffled(_ generator: inout SplitMix64) -> [Int] {
    var labels = domainOf
    var domains = pure.map { domainOf[$0[0]] }
    generator.shuffle(&domains, choosing: domains.count)
    for (texts, domain) in zip(pure, domains) { for text in texts { labels[text] = domain } }
    for texts in mixed {
      var domains = texts.map { domainOf[$0] }
      generator.shuffle(&domains, choosing: domains.count)
      for (text, domain) in zip(texts, domains) { labels[text] = domain }
    }
    return labels
  }
}
