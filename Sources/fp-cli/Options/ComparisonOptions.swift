import ArgumentParser
import ProfileReport
import Profiler
import Statistics

/// What is compared, and how.
struct ComparisonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Metric, as texts.csv calls it; may be repeated; by default all.", valueName: "name"),
    completion: .list(Metric.allCases.map(\.rawValue)))
  var metric: [Metric] = []

  @Option(
    help: ArgumentHelp(
      "Scope of tokens; may be repeated. By default without_sinks; for spectra, and for a run of an earlier version, "
        + "which has no sinks, without_first_token.",
      valueName: "scope"))
  var scope: [Scope] = []

  @OptionGroup var tests: TestOptions

  @Option(
    help: ArgumentHelp(
      "Differences within ± this are equivalent: standard deviations (Hedges' g), such as 0.2, or percent of the mean, "
        + "such as 5%, of the metrics that are never negative.",
      valueName: "g|percent"))
  var equivalenceBound = ComparisonSettings().equivalenceBound

  @Option(
    help: ArgumentHelp(
      "Compares the first N tokens of texts that have as many; the run must be one of profile --max-tokens N.",
      valueName: "n"))
  var matchTokens: Int?

  @Flag(help: "Compares logarithms, of the metrics that are never negative.")
  var log = false

  @OptionGroup var pooling: PoolOption

  @Flag(help: "Compares two runs as independent samples, whatever their texts.")
  var unpaired = false

  func validate() throws {
    try checkCounts(["--match-tokens": (matchTokens, 1...Int.max)])
    guard equivalenceBound.isValid else {
      throw ValidationError("--equivalence-bound: expected a positive number, found \(equivalenceBound)")
    }
    guard let signed = metric.first(where: \.isSigned) else { return }
    if log {
      throw ValidationError("--log: \(signed) may be negative and has no logarithm; leave out --log or this --metric")
    }
    if equivalenceBound.isRatio {
      throw ValidationError(
        "--equivalence-bound: \(signed) may be negative and has no percentages; give a number of standard deviations, "
          + "or leave out this --metric")
    }
  }

  /// True if only metrics that are never negative can be compared.
  var isPositive: Bool { log || equivalenceBound.isRatio }

  /// Returns the columns to compare, in the order of the files.
  func columns(of runs: ComparedRuns) throws(RunComparisonError) -> [ComparedColumn] {
    try runs.columns(metrics: metric, scopes: scope, isPositive: isPositive)
  }

  func settings(threads: Int) -> ComparisonSettings {
    var settings = tests.settings(threads: threads)
    settings.equivalenceBound = equivalenceBound
    settings.usesLogScale = log
    return settings
  }
}

extension EquivalenceBound: ExpressibleByArgument {
  /// Creates the bound of an argument such as `0.2` or `5%`.
  public init?(argument: String) { self.init(argument) }
  public var defaultValueDescription: String { description }
}
extension Metric: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}
