import ArgumentParser
import ProfileReport

/// Domains whose texts are combined.
struct PoolOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Takes the texts of domains together as one: NAME=DOMAIN,DOMAIN; may be repeated. Domains in no pool are left out.",
      valueName: "pool"))
  var pool: [PoolArgument] = []

  var pools: [DomainPool] { pool.map(\.pool) }
}

/// Argument such as `code=cpp,python`.
struct PoolArgument: ExpressibleByArgument {
  let pool: DomainPool

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let domains = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard domains.allSatisfy({ !$0.isEmpty }) else { return nil }
    pool = DomainPool(name: parts[0], domains: domains)
  }
}
