import ArgumentParser
import Foundations
import Profiler

/// Options that select domains, shared by all commands.
struct DomainOptions: ParsableArguments {
  @Option(
    name: .customLong("domain"),
    help: ArgumentHelp("Domain to take, or a list: a,b; may be repeated. All by default.", valueName: "name"))
  var single: [String] = []

  /// Alternative spelling, for existing scripts.
  @Option(name: .customLong("domains"), parsing: .upToNextOption, help: .hidden)
  var several: [String] = []

  var choice: DomainChoice { DomainChoice(single + several) }
}
