import Foundation
import Profiler
import Statistics

/// `shape.csv` and `identification.csv`, which are written with the run's own full comparison.
enum CompositionCSV {
  /// File names in the folder of a run.
  static let shapeFileName = "shape.csv", identificationFileName = "identification.csv"

  static let files: [(OwnFile, String)] = [(.shape, shapeFileName), (.identification, identificationFileName)]

  /// Returns `shape.csv`: one row per metric, scope and pair of domains. A distance is a share of 1, `exp(d) − 1` of the
  /// root mean square difference `d` of log profiles; the interval is of 95 %.
  static func shape(_ compositions: [ProfileComposition]) -> String {
    var csv = CSVText()
    csv.header(["metric", "scope", "domain_a", "domain_b", "distance", "low", "high"])
    for composition in compositions {
      for pair in DomainPair.all(of: composition.domains.count) {
        csv.field(composition.metric.rawValue)
        csv.field(composition.scope.rawValue)
        csv.field(composition.domains[pair.a])
        csv.field(composition.domains[pair.b])
        csv.field(expm1(composition.shape.distances[pair.a][pair.b]))
        let interval = composition.shape.intervals[pair.a][pair.b]
        csv.field(interval.map { expm1($0.lowerBound) })
        csv.field(interval.map { expm1($0.upperBound) })
        csv.endRow()
      }
    }
    return csv.text
  }

  /// Returns `identification.csv`: one row per input, domain, and domain that its texts are called; the number of texts
  /// is a mean over the repeats.
  static func identification(_ composition: ProfileComposition?) -> String {
    var csv = CSVText()
    csv.header(["input", "true", "named", "texts"])
    guard let composition else { return csv.text }
    for identification in composition.identifications {
      for (own, row) in zip(composition.domains, identification.named) {
        for (named, texts) in zip(composition.domains, row) {
          csv.field(identification.input)
          csv.field(own)
          csv.field(named)
          csv.field(texts)
          csv.endRow()
        }
      }
    }
    return csv.text
  }
}
