import ArgumentParser
import ProfileReport
import Profiler

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

  @Option(help: ArgumentHelp("Effects (Hedges' g) within ± this are equivalent.", valueName: "g"))
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
    if log, let signed = metric.first(where: \.isSigned) {
      throw ValidationError("--log: \(signed) may be negative and has no logarithm; leave out --log or this --metric")
    }
    guard equivalenceBound > 0, equivalenceBound < .infinity else {
      throw ValidationError("--equivalence-bound: expected a positive number, found \(equivalenceBound)")
    }
  }

  /// Returns the columns to compare, in the order of the files.
  func columns(of runs: ComparedRuns) throws(RunComparisonError) -> [ComparedColumn] {
    try runs.columns(metrics: metric, scopes: scope, usesLogScale: log)
  }

  func settings(threads: Int) -> ComparisonSettings {
    var settings = tests.settings(threads: threads)
    settings.equivalenceBound = equivalenceBound
    settings.usesLogScale = log
    return settings
  }
}

extension Metric: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}
