import LlamaCore
public import Profiler

/// `removal.csv`: what each step of each rule costs.
public enum RemovalCSV {
  /// File name in the folder of a run.
  public static let fileName = "removal.csv"

  static let header = [
    "rule", "step", "part", "layer", "domain", "split", "nll", "delta_nll", "low", "high", "perplexity",
  ]

  /// Returns the file: a row for each curve and step. Step 0 is the unchanged model, with the part `none`; a step of random
  /// orders has neither part nor layer.
  public static func text(_ curves: [RemovalCurve]) -> String {
    var csv = CSVText()
    csv.header(header)
    for curve in curves {
      for step in curve.steps {
        csv.field(curve.rule)
        csv.field(step.step)
        csv.field(step.step == 0 ? "none" : step.unit?.part.rawValue ?? "")
        csv.field(step.unit.map { String($0.layer) } ?? "")
        csv.field(curve.domain)
        csv.field(curve.split.rawValue)
        for cell in [step.nll, step.deltaNLL, step.interval?.lowerBound, step.interval?.upperBound, step.perplexity] {
          csv.field(cell)
        }
        csv.endRow()
      }
    }
    return csv.text
  }
}
