import ArgumentParser
import Profiler
import Statistics

/// Settings of the tests that compare domains.
struct TestOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Significance level of the tests: the share of false alarms.", valueName: "share"))
  var alpha = ComparisonSettings().alpha

  @Option(help: ArgumentHelp("Number of random relabellings of the texts for each pair.", valueName: "n"))
  var permutations = ComparisonSettings().permutations

  @OptionGroup var random: SeedOption

  func validate() throws {
    try checkCounts(["--permutations": (permutations, 1...10_000_000)])
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha: expected a number between 0 and 1, found \(alpha)")
    }
  }

  /// Settings with these values and the defaults of all others.
  func settings(threads: Int) -> ComparisonSettings {
    var settings = ComparisonSettings()
    (settings.alpha, settings.permutations, settings.seed) = (alpha, permutations, random.seed)
    settings.threads = threads
    return settings
  }

  /// First option that has not its default value.
  var firstChanged: String? {
    let usual = ComparisonSettings()
    if alpha != usual.alpha { return "--alpha" }
    if permutations != usual.permutations { return "--permutations" }
    return random.seed != usual.seed ? "--seed" : nil
  }
}
