/// A metric of one text at one block, or of the text. The raw value is the column name in every file of a run; the order
/// of ``allCases`` is the order of the columns.
///
/// A metric is a file in `Metrics/Definitions` and a line in the table `MetricDefinition.all`: what it is called, how
/// it is computed, and what a page says about it.
///
/// With `X` the residual stream that enters the block, `A` and `M` the outputs of attention and MLP, `Y = X + A + M`
/// and `Δ = Y - X`, all `[T, D]`, a row of one token written with the index `t`. Means over tokens are unweighted.
/// `σ_1 ≥ σ_2 ≥ …` are the singular values of Δ, see <doc:TheSpectrumOfABlock>.
public struct Metric: Hashable, Sendable {
  /// Index in `MetricDefinition.all`.
  let place: Int
  /// Group of metrics with which a run measures it.
  public let group: Group

  /// The metric of a definition in the table.
  init(_ definition: MetricDefinition) {
    guard let metric = Metric(rawValue: definition.column) else {
      preconditionFailure("\(definition.column) is not in the table of metrics")
    }
    self = metric
  }

  private init(place: Int) { (self.place, group) = (place, MetricDefinition.all[place].group) }

  public var definition: MetricDefinition { MetricDefinition.all[place] }

  /// Groups of metrics, which a run measures together.
  public enum Group: CaseIterable, Sendable {
    /// Metrics of every run.
    case standard
    /// Likelihood of the text, which takes a product with the whole vocabulary for every token.
    case likelihood
    /// Singular values of Δ, see <doc:TheSpectrumOfABlock> for the cost.
    case spectrum

    /// Metrics of the group, in the order of the columns.
    public var metrics: [Metric] { Metric.allCases.filter { $0.group == self } }
  }

  /// Metrics of every run.
  public static let standard = Group.standard.metrics

  /// Columns of the files of a run: its metrics and all standard ones, of which a run of an older version has fewer.
  package static func columns(_ metrics: [Metric]) -> [Metric] {
    allCases.filter { $0.group == .standard || metrics.contains($0) }
  }

  /// Scopes in which a text has values of the metric: all, except for a spectrum, which is not computed without sinks.
  public var scopes: [Scope] {
    group == .spectrum ? [.all, .withoutFirstToken] : Scope.allCases
  }

  /// True if the metric may be negative, so that ratios of means are not meaningful.
  public var isSigned: Bool { definition.isSigned }

  /// True if the metric is a value of the text and not of a block: it then has neither layer nor scope, and one value
  /// whatever the number of blocks.
  public var isOfText: Bool { group == .likelihood }
}

extension Metric: CaseIterable {
  public static let allCases = MetricDefinition.all.indices.map(Metric.init(place:))
}

extension Metric: RawRepresentable {
  /// The name of the column.
  public var rawValue: String { definition.column }

  public init?(rawValue: String) {
    guard let place = MetricDefinition.all.firstIndex(where: { $0.column == rawValue }) else { return nil }
    self.init(place: place)
  }
}

extension Metric: CustomStringConvertible {
  public var description: String { rawValue }
}
