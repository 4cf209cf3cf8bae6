public import Foundation
import Foundations
public import Profiler
import Statistics

/// What is printed and written of several runs in order, beside the file of each comparison.
extension OrderedRuns {
  private static let header = [
    "metric", "scope", "layer", "domain", "texts", "groups", "runs", "slope", "slope_low", "slope_high", "t", "df", "p",
    "q", "relative",
  ]

  /// Returns the trends as CSV: one row per domain and block. An undefined number is `nan`.
  static func text(_ trends: [[OrderedTrend]]) -> String {
    var csv = CSVText()
    csv.header(header)
    for row in trends.joined() {
      csv.field(row.metric.rawValue)
      csv.field(row.scope?.rawValue ?? "")
      csv.field(row.layer.map(String.init) ?? "")
      csv.field(row.domain)
      csv.field(row.texts)
      csv.field(row.groups)
      csv.field(row.runs)
      for value in [row.slope, row.low, row.high, row.t, row.degreesOfFreedom, row.p, row.q, row.relative] {
        csv.field(value)
      }
      csv.endRow()
    }
    return csv.text
  }

  /// Path of the trends' file, named by a hash of the paths of all comparisons.
  private static func path(_ files: [ComparisonFile]) -> String {
    let text = files.map(\.path).joined(separator: "\n")
    return "\(ComparisonFile.folderName)/\(Fingerprint(of: Array(text.utf8).span).hexadecimal.prefix(16))-order.csv"
  }

  /// Refuses to replace a file that is not a run's; call it before computing.
  ///
  /// - Throws: ``ReportError``.
  public static func check(_ files: [ComparisonFile], in directory: URL) throws(ReportError) {
    for file in files { try file.check(in: directory) }
    try OwnFile.order.check(directory.appending(path: path(files)))
  }

  /// Writes the comparisons of each run with the first, and the trends unless there are none.
  ///
  /// - Returns: paths of all files relative to the folder.
  /// - Throws: ``ReportError``; `FileError` if the rows of a run cannot be read back.
  public func write(
    _ found: [[DomainComparison]], _ trends: [[OrderedTrend]], _ files: [ComparisonFile], to directory: URL
  ) throws -> [String] {
    guard let first = comparisons.first else { return [] }
    var staged = StagedFiles(directory, of: first.runs[0].settings)
    for (file, comparison) in zip(files, found) { try file.stage(comparison, nil, into: &staged) }
    var paths = files.map(\.path)
    if !trends.isEmpty {
      paths.append(Self.path(files))
      try staged.add(.order, Self.path(files), Self.text(trends))
    }
    try staged.commit()
    return paths
  }

  /// Returns a table per metric: a line for each run against the first, and what changes along the order.
  public func text(_ found: [[DomainComparison]], _ trends: [[OrderedTrend]]) -> String {
    let count = found.map(\.count).min() ?? 0
    var parts = (0..<count).map { column in
      table(found.map { $0[column] }, trends.isEmpty ? nil : trends[column])
    }
    let notes = zip(comparisons, 1...).flatMap { comparison, place in
      comparison.notes.map { "\(comparison.labels[1].onOneLine): \($0)\n" }
    }
    if !notes.isEmpty { parts.append(notes.joined()) }
    return parts.joined(separator: "\n")
  }

  private func table(_ found: [DomainComparison], _ trends: [OrderedTrend]?) -> String {
    guard let first = found.first, let base = comparisons.first?.labels.first else { return "" }
    let scope = first.scope.map { ", \($0.phrase)" } ?? ", of the whole text"
    let scale = first.settings.usesLogScale ? ", log scale" : ""
    var table = TextTable(
      header: ["run", "different", "negligible", "equivalent", "inconclusive", "untested", "block", "g", "ratio"],
      names: 1)
    for (comparison, runs) in zip(found, comparisons) {
      let blocks = comparison.blocks
      func count(_ holds: (Verdict) -> Bool) -> String { TextTable.count(blocks.count { holds($0.verdict) }) }
      let largest = blocks.filter(\.verdict.isTested).max { abs($0.hedgesG) < abs($1.hedgesG) }
      table.add([
        TextTable.label(runs.labels[1], limit: 20), count { $0 == .different }, count { $0 == .negligible },
        count { $0 == .equivalent }, count { $0 == .inconclusive }, count { !$0.isTested },
        largest?.layer.map(String.init) ?? "-", largest.map { VerdictTable.effect($0.hedgesG) } ?? "-",
        largest.map { $0.ratio.isNaN ? "-" : VerdictTable.ratio($0.ratio) } ?? "-",
      ])
    }
    return "\(first.metric.rawValue)\(scope)\(scale), each run against \(base.onOneLine)\n" + table.text
      + (trends.map { Self.sentence($0, alpha: first.settings.alpha) } ?? "")
  }

  /// Returns a line on the change along the order.
  private static func sentence(_ trends: [OrderedTrend], alpha: Double) -> String {
    let tested = trends.filter { !$0.p.isNaN }
    guard !tested.isEmpty else { return "along the order: nothing can be tested\n" }
    let found = tested.filter { $0.q < alpha }
    let rising = found.count { $0.slope > 0 }
    var text =
      "along the order: \(TextTable.count(rising)) rising, \(TextTable.count(found.count - rising)) falling, "
      + "\(TextTable.count(tested.count - found.count)) neither (q < \(alpha))"
    let steepest = found.filter { $0.relative.isFinite }.max { abs($0.relative) < abs($1.relative) }
    if let steepest {
      let place = steepest.layer.map { ", block \($0)" } ?? ""
      text +=
        "; steepest \(TextTable.label(steepest.domain, limit: 20))\(place): "
        + String(format: "%+.2f %% a run", 100 * steepest.relative)
    }
    return text + "\n"
  }
}
