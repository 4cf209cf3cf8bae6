/// Metrics of one text at one block in one scope: a value for each ``Metric`` of the run, except those of whole texts.
///
/// A value is `nan` or infinite if it is not defined: a token whose `X_t` is all zeros has no cosine and no relative
/// norm. Such a row is reported and excluded from a domain's statistics, see ``isFinite(_:)``.
public struct BlockMetrics: Sendable {
  /// Values in the order of `Metric.allCases`.
  var values: [Double]

  /// The value of a metric; `nan` if it was not measured, and for a value of the text (``Metric/isOfText``).
  public subscript(metric: Metric) -> Double {
    get { values[metric.place] }
    set { values[metric.place] = newValue }
  }

  /// True if the values of those of `metrics` that every run has are finite. Only such rows enter a domain's statistics.
  /// Values of other metrics must also be finite themselves, so that measuring them changes nothing about the standard
  /// ones.
  ///
  /// - Parameter metrics: metrics of the run; a run of an older version has fewer.
  public func isFinite(_ metrics: [Metric] = Metric.standard) -> Bool {
    metrics.allSatisfy { $0.group != .standard || self[$0].isFinite }
  }

  /// Sets the metrics of a spectrum.
  mutating func set(_ metrics: [Metric], _ spectrum: BlockSpectrum) {
    for metric in metrics {
      if case .spectrum(let number) = metric.definition.measure { self[metric] = number(spectrum) }
    }
  }

  /// Removes the values of metrics that are not defined in a scope.
  mutating func clear(_ scope: Scope) {
    for metric in Metric.allCases where !metric.scopes.contains(scope) { self[metric] = .nan }
  }

  /// The row of a block for which no metric is defined, because the model's values there are not finite.
  public static let undefined = BlockMetrics(values: Array(repeating: .nan, count: Metric.allCases.count))
}

extension BlockMetrics: Equatable {
  /// True if all values are equal; `nan` is equal to `nan`.
  public static func == (one: BlockMetrics, other: BlockMetrics) -> Bool {
    zip(one.values, other.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }
}

extension BlockMetrics {
  /// Creates a row in which every value is `value(metric)`.
  public init(_ value: (Metric) -> Double) { self.init(values: Metric.allCases.map(value)) }
}
