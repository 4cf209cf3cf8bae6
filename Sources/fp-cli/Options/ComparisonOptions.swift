import ArgumentParser
import Foundation
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
      "Compares the first N tokens of texts that have as many: 1, 8, 32, 128 and so on, each four times the one before, or N of "
        + "profile --max-tokens N.",
      valueName: "n"))
  var matchTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Compares the tokens at some positions, of texts that have all of them: 0, 1-7, 8-31, 32-127 and so on.",
      valueName: "positions"))
  var positions: PositionBucket?

  @Flag(help: "Compares logarithms, of the metrics that are never negative.")
  var log = false

  @OptionGroup var pooling: PoolOption

  @Flag(help: "Compares two runs as independent samples, whatever their texts.")
  var unpaired = false

  func validate() throws {
    try checkCounts(["--match-tokens": (matchTokens, 1...Int.max)])
    if matchTokens != nil, positions != nil {
      throw ValidationError("--match-tokens and --positions exclude each other")
    }
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

  /// Reads a run with the tokens that are compared.
  func record(_ folder: URL) throws -> LoadedRun {
    if let positions { return try LoadedRun(contentsOf: folder, tokens: .bucket(positions)) }
    return try matchTokens.map { try LoadedRun(contentsOf: folder, cutTo: $0) } ?? LoadedRun(contentsOf: folder)
  }

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

extension PositionBucket: ExpressibleByArgument {
  public init?(argument: String) {
    guard let bucket = PositionBucket.all.first(where: { $0.description == argument }) else { return nil }
    self = bucket
  }

  public static var allValueStrings: [String] { ["0", "1-7", "8-31", "32-127", "128-511", "512-2047"] }
}
