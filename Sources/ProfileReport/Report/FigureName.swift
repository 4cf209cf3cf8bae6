import Profiler

/// Name of a picture, which is that of its file without the extension. Names are made and recognised here only.
enum FigureName {
  /// Four pictures of the page that this project began with.
  enum Picture: String {
    case mean = "1-mean"
    case absMean = "2-abs_mean"
    case bands = "3-abs_mean-std-of-mean"
    case variances = "4-abs_mean-variance"
  }

  enum Kind: String {
    case interval, heat, deviation, verdicts, ranking, stability, variance
  }

  case picture(Picture, Scope)
  case ofBlocks(ReportData.Quantity, Kind, Scope)
  /// Values of a metric of the text.
  case ofTexts(Metric)
  case lengths

  private static let textsPart = "texts"
  private static let lengthsName = "lengths"

  var text: String {
    switch self {
    case .picture(let picture, let scope): "\(picture.rawValue).\(scope.rawValue)"
    case .ofBlocks(let quantity, let kind, let scope): "\(quantity.name).\(kind.rawValue).\(scope.rawValue)"
    case .ofTexts(let metric): "\(metric.rawValue).\(Self.textsPart)"
    case .lengths: Self.lengthsName
    }
  }

  /// Recognises a name; nil if no picture can have it.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let scope = parts.last.flatMap { Scope(rawValue: $0) }
    if text == Self.lengthsName {
      self = .lengths
    } else if parts.count == 2, parts[1] == Self.textsPart, let metric = Metric(rawValue: parts[0]) {
      self = .ofTexts(metric)
    } else if parts.count == 2, let picture = Picture(rawValue: parts[0]), let scope {
      self = .picture(picture, scope)
    } else if parts.count == 3, let quantity = ReportData.Quantity(name: parts[0]), let kind = Kind(rawValue: parts[1]),
      let scope
    {
      self = .ofBlocks(quantity, kind, scope)
    } else {
      return nil
    }
  }
}
