public import Foundations
import ProfileStore
import Profiler

/// Domains whose texts are combined into one.
public struct DomainPool: Sendable, Equatable {
  public let name: String
  public let domains: [String]

  public init(name: String, domains: [String]) {
    self.name = name
    self.domains = domains
  }

  public static func == (a: DomainPool, b: DomainPool) -> Bool {
    a.name.hasSameBytes(as: b.name) && a.domains.hasSameBytes(as: b.domains)
  }
}

/// Composition of a pool.
public struct PoolShares: Sendable, Equatable {
  public let name: String
  /// Domains of the pool, with their number of distinct texts.
  public let domains: [(name: String, texts: Int)]

  public static func == (a: PoolShares, b: PoolShares) -> Bool {
    a.name.hasSameBytes(as: b.name) && a.domains.map(\.name).hasSameBytes(as: b.domains.map(\.name))
      && a.domains.map(\.texts) == b.domains.map(\.texts)
  }

  /// Phrase such as `code: cpp 60 texts (50 %), python 60 (50 %)`.
  var phrase: String {
    let total = domains.reduce(0) { $0 + $1.texts }
    let parts = domains.enumerated().map { place, domain in
      let count = place == 0 ? TextTable.count(domain.texts, "text") : TextTable.count(domain.texts)
      let share = total > 0 ? " (\(TextTable.percentage(Double(domain.texts) / Double(total))))" : ""
      return "\(domain.name.onOneLine) \(count)\(share)"
    }
    return "\(name.onOneLine): \(parts.joined(separator: ", "))"
  }
}

/// Reason why domains cannot be pooled. The description is one line.
public enum PoolError: DescribedError, Equatable, Sendable {
  case unknownDomain(pool: String, domain: String, known: [String])
  /// A domain is in two pools, or twice in one.
  case domainTwice(String)
  case nameTwice(String)

  public var description: String {
    switch self {
    case .unknownDomain(let pool, let domain, let known):
      "pool \(pool.quoted): expected domains of the run (\(known.quotedList)), found \(domain.quoted)"
    case .domainTwice(let domain): "pools: expected each domain once, found \(domain.quoted) twice"
    case .nameTwice(let name): "pools: expected different names, found \(name.quoted) twice"
    }
  }
}

extension LoadedRun {
  /// Returns the run with its domains combined: the domains of the result are the pools, in their order; domains in no
  /// pool are left out. A copy is then a text that also occurs earlier in any domain of its pool.
  ///
  /// - Throws: ``PoolError``.
  public func pooled(_ pools: [DomainPool]) throws(PoolError) -> LoadedRun {
    guard !pools.isEmpty else { return self }
    let known = domains.map(\.name)
    var names: Set<ByteString> = []
    var used: Set<ByteString> = []
    for pool in pools {
      guard names.insert(ByteString(pool.name)).inserted else { throw .nameTwice(pool.name) }
      for domain in pool.domains {
        guard known.containsBytes(of: domain) else {
          throw .unknownDomain(pool: pool.name, domain: domain, known: known)
        }
        guard used.insert(ByteString(domain)).inserted else { throw .domainTwice(domain) }
      }
    }
    var result = self
    result.places = corpusDomains.map { name in pools.firstIndex { $0.domains.containsBytes(of: name) } }
    // Follows the order of the corpus, whatever the order in the pool.
    result.domains = pools.map { Domain(name: $0.name, texts: []) }
    for (domain, place) in zip(domains, result.places) {
      if let place { result.domains[place].texts += domain.texts }
    }
    for place in pools.indices {
      var distinct: Set<TextHash> = []
      for index in result.domains[place].texts.indices {
        result.domains[place].texts[index].isCopy =
          !distinct.insert(result.domains[place].texts[index].hash).inserted
      }
    }
    result.pools = zip(pools, result.domains).map { pool, domain in
      let shares = pool.domains.map { name in
        let place = corpusDomains.firstIndex(ofBytes: name)
        return (name: name, texts: domain.texts.count { $0.corpusDomain == place && !$0.isCopy })
      }
      return PoolShares(name: pool.name, domains: shares)
    }
    result.profile = profile.pooled(
      pools.map { pool in
        (pool.name, profile.domains.indices.filter { pool.domains.containsBytes(of: profile.domains[$0].name) })
      })
    let kept = failures.first.filter { used.contains(ByteString($0.text.domain)) }
    // If only some of them are listed, the full total is kept.
    result.failures = (kept, failures.first.count == failures.count ? kept.count : failures.count)
    return result
  }
}
