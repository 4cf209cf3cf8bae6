/// The definition of a metric: its name, its formula and its computation, and its words for pages and documents.
public struct MetricDefinition: Sendable {
  /// Name of the column in every file.
  public let column: String
  let group: Metric.Group
  /// A few words, the first not capitalized.
  public let label: String
  /// Axis title: the quantity and its unit.
  public let axis: String
  public let formula: String
  /// Interpretation, in one sentence.
  public let meaning: String
  /// True if the metric may be negative.
  public let isSigned: Bool
  /// True if blocks may be ranked by the metric as candidates for pruning: a small value then means little change.
  public let ranksBlocks: Bool
  /// Computation of the metric.
  let measure: MetricMeasure

  init(
    _ column: String, in group: Metric.Group = .standard, label: String, axis: String, formula: String,
    meaning: String, isSigned: Bool = false, ranksBlocks: Bool = false, measure: MetricMeasure
  ) {
    self.column = column
    self.group = group
    self.label = label
    self.axis = axis
    self.formula = formula
    self.meaning = meaning
    self.isSigned = isSigned
    self.ranksBlocks = ranksBlocks
    self.measure = measure
  }
}
