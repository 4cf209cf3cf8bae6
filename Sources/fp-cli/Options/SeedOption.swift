import ArgumentParser

/// Seed of everything that a command draws.
struct SeedOption: ParsableArguments {
  @Option(help: ArgumentHelp("Seed of the random draws.", valueName: "n"))
  var seed: UInt64 = 0
}
