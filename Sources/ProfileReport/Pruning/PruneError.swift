public import Foundations

/// Reason why no blocks can be suggested. The description is one line.
public enum PruneError: DescribedError, Equatable, Sendable {
  /// The number of blocks to remove is out of range: some must go and some must stay.
  case blocks(found: Int, measured: Int)
  /// The metric is not one whose smallest values mark the smallest changes.
  case metric(found: String, known: [String])
  case unknownDomain(name: String, known: [String])
  /// The run lacks the scope.
  case scope(MissingScope)
  /// No text has finite values for the metric and scope.
  case noTexts(metric: String, scope: String)
  /// No model is in the folder, which is that of the run or another.
  case noModel(folder: String, isOfRun: Bool)
  /// The model is not the one that was profiled.
  case otherModel(folder: String)
  /// The run's model was changed in a way that no checkpoint holds.
  case edits(String)

  public var description: String {
    switch self {
    case .blocks(let found, let measured):
      measured < 2
        ? "blocks: expected a run of at least 2 blocks, found \(measured)"
        : "blocks: expected 1 to \(measured - 1) of the \(measured) measured blocks, found \(found)"
    case .metric(let found, let known):
      "metric: expected \(known.joined(separator: ", ")), found \(found.onOneLine)"
    case .unknownDomain(let name, let known): "run: no domain \(name.quoted), its domains are \(known.quotedList)"
    case .scope(let missing): missing.description
    case .noTexts(let metric, let scope): "run: expected texts with finite \(metric) in scope \(scope), found none"
    case .noModel(let folder, let isOfRun):
      "\(folder.onOneLine): expected the \(isOfRun ? "run's " : "")model, found no config.json; --model names its folder"
    case .otherModel(let folder):
      "\(folder.onOneLine): expected the model that was profiled, found another configuration or other weights; "
        + "--model names the folder of a copy"
    case .edits(let edits):
      "run: expected a model whose blocks are those of a checkpoint, found \(edits.quoted), which no checkpoint holds; "
        + "profile the model with --layers only"
    }
  }
}
