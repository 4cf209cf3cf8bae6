import ArgumentParser
import LlamaCore

/// The domains that a command is about, said the same way everywhere.
struct DomainOptions: ParsableArguments {
  @Option(
    name: .customLong("domain"),
    help: ArgumentHelp("A domain to take; may be given again, or as a list: a,b. All by default.", valueName: "name"))
  var single: [String] = []

  /// Another way to say it, for commands that people have in their scripts.
  @Option(name: .customLong("domains"), parsing: .upToNextOption, help: .hidden)
  var several: [String] = []

  var choice: DomainChoice { DomainChoice(arguments: single + several) }
}

/// The domains that were named, as they were.
struct DomainChoice {
  /// Names, or lists of names; none for all domains.
  var arguments: [String] = []

  /// Names of domains; `cpp,python` is two of them where no domain has that name. Empty where none was named.
  func names(among known: [String]) -> [String] {
    arguments.flatMap { argument in
      let parts = argument.split(separator: ",").map(String.init)
      return known.containsBytes(of: argument) || parts.isEmpty ? [argument] : parts
    }
  }

  /// Whether a domain may be one of those that were named, whatever others there are.
  func mayName(_ domain: String) -> Bool {
    arguments.isEmpty
      || arguments.contains { argument in
        argument.hasSameBytes(as: domain) || argument.split(separator: ",").contains { domain.hasSameBytes(as: $0) }
      }
  }
}
