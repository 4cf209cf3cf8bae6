public import Foundation
import LlamaCore
public import Profiler

/// `comparison.csv`: a row for each block of each pair of domains.
public enum ComparisonCSV {
  /// The file's name in the folder of a run.
  public static let fileName = "comparison.csv"

  static let header = [
    "metric", "scope", "layer", "domain_a", "domain_b", "n_a", "n_b", "difference", "hedges_g", "g_low", "g_high", "t",
    "df", "p", "q", "p_permutation", "p_maxt", "p_tost", "verdict",
  ]

  /// The file's text, in the order of the comparisons. What does not exist is `nan`.
  public static func text(_ comparisons: [DomainComparison]) -> String {
    var csv = CSVText()
    csv.header(header)
    for row in comparisons.flatMap(\.blocks) {
      csv.field(row.metric.rawValue)
      csv.field(row.scope.rawValue)
      csv.field(row.layer)
      csv.field(row.domainA)
      csv.field(row.domainB)
      csv.field(row.countA)
      csv.field(row.countB)
      for value in [
        row.difference, row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.q,
        row.pPermutation, row.pMaximum, row.pEquivalence,
      ] { csv.field(value) }
      csv.field(row.verdict.rawValue)
      csv.endRow()
    }
    return csv.text
  }

  /// Writes the file into a folder, whole or not at all. The folder is made where it is missing.
  ///
  /// - Throws: ``ReportError``.
  public static func write(_ comparisons: [DomainComparison], to directory: URL) throws(ReportError) {
    do {
      try OutputFolder.make(at: directory)
    } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    try OwnFile.comparison.write(text(comparisons), to: directory.appending(path: fileName))
  }
}
