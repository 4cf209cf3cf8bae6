public import Foundation
import Foundations
import ProfileStore
public import Profiler
public import Statistics

/// File that holds the rows of a comparison.
///
/// `comparison.csv` is the run's own full comparison: its domains, all metrics, all scopes and the default settings;
/// the report relies on it. Every other comparison has a file of its own in `comparisons`, named after the hash of
/// everything it depends on: the runs, the settings, and the compared columns.
public struct ComparisonFile: Sendable {
  /// Name of the folder beside `comparison.csv`.
  public static let folderName = "comparisons"

  /// Path relative to the folder of the run.
  public let path: String
  private let runs: ComparedRuns
  private let settings: ComparisonSettings

  /// - Parameters:
  ///   - runs: the runs to compare.
  ///   - columns: the columns to compare.
  ///   - isOwnFolder: true if the file goes to the folder of the run or of its report.
  public init(_ runs: ComparedRuns, columns: [ComparedColumn], settings: ComparisonSettings, isOwnFolder: Bool = true) {
    self.runs = runs
    self.settings = settings
    let usual = ComparisonSettings()
    let isOwn =
      isOwnFolder && runs.design == .domains && runs.prefix.isEmpty && runs.runs[0].pools.isEmpty
      && columns == runs.columns && settings.alpha == usual.alpha
      && settings.equivalenceBound == usual.equivalenceBound && settings.permutations == usual.permutations
      && settings.resamples == usual.resamples && settings.seed == usual.seed && !settings.usesLogScale
    guard !isOwn else {
      path = ComparisonCSV.fileName
      return
    }
    var lines = runs.runs.map { "run \($0.settings.fingerprint) \($0.digest)" }
    lines += [
      "design \(runs.design.rawValue)", "tokens \(runs.prefix)",
      "columns \(columns.map { "\($0.metric.rawValue) \($0.scope?.rawValue ?? "")" }.joined(separator: ","))",
      "alpha \(settings.alpha)",
      "bound \(settings.equivalenceBound)", "permutations \(settings.permutations)",
      "resamples \(settings.resamples)", "seed \(settings.seed)", "log \(settings.usesLogScale)",
    ]
    for pool in runs.runs[0].pools {
      lines.append("pool \(pool.name.quoted) \(pool.domains.map(\.name.quoted).joined(separator: ","))")
    }
    let hash = Fingerprint(of: Array(lines.joined(separator: "\n").utf8).span).hexadecimal
    path = "\(Self.folderName)/\(hash.prefix(16)).csv"
  }

  /// Refuses to replace a file that is not a run's, or to write into something that is not a folder; call it before
  /// computing.
  ///
  /// - Throws: ``ReportError``.
  public func check(in directory: URL) throws(ReportError) {
    var status = stat()
    if stat(directory.path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
      throw .cannotWrite(file: directory.relativePath, reason: "expected a folder, found a file")
    }
    try OwnFile.comparison.check(directory.appending(path: path))
    guard isOwn else { return }
    for (kind, name) in CompositionCSV.files { try kind.check(directory.appending(path: name)) }
  }

  /// Writes the file atomically into the given folder; with `comparison.csv`, also `shape.csv` and `identification.csv`,
  /// which are computed for it. Creates missing folders.
  ///
  /// - Throws: ``ReportError``; `FileError` if the rows of the run cannot be read back.
  public func write(_ comparisons: [DomainComparison], to directory: URL) throws {
    var files = StagedFiles(directory, of: runs.runs[0].settings)
    let composition =
      isOwn ? try runs.runs[0].composition(seed: settings.seed, threads: settings.threads) : nil
    try stage(comparisons, composition, into: &files)
    try files.commit()
  }

  /// Writes the files under hidden names.
  ///
  /// - Parameter composition: what the run's profiles are made of.
  func stage(
    _ comparisons: [DomainComparison], _ composition: ProfileComposition?, into files: inout StagedFiles
  ) throws {
    try files.add(.comparison, path, ComparisonCSV.text(comparisons, prefix: runs.prefix))
    guard isOwn else { return }
    let shapes = try runs.runs[0].shapes(seed: settings.seed, threads: settings.threads)
    try files.add(.shape, CompositionCSV.shapeFileName, CompositionCSV.shape(shapes))
    try files.add(
      .identification, CompositionCSV.identificationFileName, CompositionCSV.identification(composition))
  }

  /// True for the run's own full comparison.
  private var isOwn: Bool { path == ComparisonCSV.fileName }
}
