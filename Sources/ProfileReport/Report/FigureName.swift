import LlamaCore
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
  /// Tree of domains by the shape of their profiles.
  case tree
  /// Costs of removing each part of a kind.
  case damage(BlockUnit.Part)
  /// The metric that blocks are usually pruned by, beside the costs.
  case influence
  /// A metric against the costs.
  case proxy(Metric, Scope)
  /// Effects of removals on later blocks in a domain, by its place.
  case effects(BlockUnit.Part, domain: Int)
  /// Damage of removing units one after the other, in the domain at a place of their list.
  case curves(domain: Int)

  private static let damageName = "delta_nll", proxyPart = "proxy", effectsName = "effects", curvesName = "removal"
  private static let influenceName = "block_influence.removals"
  private static let textsPart = "texts"
  private static let lengthsName = "lengths", treeName = "shape"

  var text: String {
    switch self {
    case .picture(let picture, let scope): "\(picture.rawValue).\(scope.rawValue)"
    case .ofBlocks(let quantity, let kind, let scope): "\(quantity.name).\(kind.rawValue).\(scope.rawValue)"
    case .ofTexts(let metric): "\(metric.rawValue).\(Self.textsPart)"
    case .lengths: Self.lengthsName
    case .tree: Self.treeName
    case .damage(let part): "\(Self.damageName).\(part.rawValue)"
    case .influence: Self.influenceName
    case .proxy(let metric, let scope): "\(metric.rawValue).\(Self.proxyPart).\(scope.rawValue)"
    case .effects(let part, let domain): "\(Self.effectsName).\(part.rawValue).\(domain)"
    case .curves(let domain): "\(Self.curvesName).\(domain)"
    }
  }

  /// Recognises a name; nil if no picture can have it.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let scope = parts.last.flatMap { Scope(rawValue: $0) }
    if text == Self.lengthsName {
      self = .lengths
    } else if text == Self.treeName {
      self = .tree
    } else if let removal = Self.ofRemovals(text, parts, scope) {
      self = removal
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

  private static func ofRemovals(_ text: String, _ parts: [String], _ scope: Scope?) -> FigureName? {
    if text == influenceName { return .influence }
    guard parts.count > 1 else { return nil }
    let domain = parts.last.flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    let name: FigureName? =
      switch (parts[0], parts.count) {
      case (damageName, 2): BlockUnit.Part(rawValue: parts[1]).map { .damage($0) }
      case (curvesName, 2): domain.map { .curves(domain: $0) }
      case (effectsName, 3):
        BlockUnit.Part(rawValue: parts[1]).flatMap { part in domain.map { .effects(part, domain: $0) } }
      case (_, 3) where parts[1] == proxyPart:
        Metric(rawValue: parts[0]).flatMap { metric in scope.map { .proxy(metric, $0) } }
      default: nil
      }
    // A number has one spelling.
    return name?.text == text ? name : nil
  }
}
