import ArgumentParser
import Foundations

/// Options that select domains, shared by all commands.
struct DomainOptions: ParsableArguments {
  @Option(
    name: .customLong("domain"),
    help: ArgumentHelp("A domain to take; may be given again, or as a list: a,b. All by default.", valueName: "name"))
  var single: [String] = []

  /// Alternative spelling, for existing scripts.
  @Option(name: .customLong("domains"), parsing: .upToNextOption, help: .hidden)
  var several: [String] = []

  var choice: DomainChoice { DomainChoice(arguments: single + several) }
}

/// Selected domains, as typed.
struct DomainChoice {
  /// Names, or lists of names; empty for all domains.
  var arguments: [String] = []

  /// Returns the selected names; `cpp,python` is two of them unless a domain has that name. Empty if none was selected.
  func names(among known: [String]) -> [String] {
    arguments.flatMap { argument in
      let parts = argument.split(separator: ",").map(String.init)
      return known.containsBytes(of: argument) || parts.isEmpty ? [argument] : parts
    }
  }

  /// True if a domain may be selected, whatever other domains there are.
  func mayName(_ domain: String) -> Bool {
    arguments.isEmpty
      || arguments.contains { argument in
        argument.hasSameBytes(as: domain) || argument.split(separator: ",").contains { domain.hasSameBytes(as: $0) }
      }
  }
}
