public import Foundations

/// The reason why a profile was stopped.
public enum ProfileError: DescribedError, Equatable, Sendable {
  /// The model's values are inconsistent: `X + A + M` differs from `Y` by more than float32 rounding.
  case residualMismatch(
    text: TextIdentity, layer: Int, position: Int, element: Int, expected: Double, found: Double)
  /// A site's span does not hold `[tokens, hiddenSize]` elements.
  case siteSize(text: TextIdentity, layer: Int, site: String, expected: String, found: Int)
  /// A value is not finite or does not exist, in a run that is to stop then.
  case notFinite(text: TextIdentity, NonFinite)
  /// The blocks did not arrive one by one, each with the texts in order.
  case unexpectedBlock(expected: String, found: String)
  /// The run ended before every text had passed through every block.
  case unfinished(texts: Int, finished: Int)
  /// There is no block to measure.
  case nothingToMeasure(layers: Int)
  /// No domain has two texts: one by which a rule chooses, and one to measure the choice on.
  case nothingToChooseBy

  public var description: String {
    switch self {
    case .residualMismatch(let text, let layer, let position, let element, let expected, let found):
      "\(text), block \(layer), position \(position), element \(element): "
        + "expected residual + attention + MLP = \(expected) after the block, found \(found)"
    case .siteSize(let text, let layer, let site, let expected, let found):
      "\(text), block \(layer): expected \(expected) elements of \(site), found \(found)"
    case .notFinite(let text, let found):
      "\(text), block \(found.layer), position \(found.position): \(found.words)"
    case .unexpectedBlock(let expected, let found):
      "blocks out of order: expected \(expected), found \(found)"
    case .unfinished(let texts, let finished):
      "expected \(texts) texts through the last block, found \(finished)"
    case .nothingToMeasure(let layers):
      "expected at least one block to measure, found \(layers) in the model and the first one left out"
    case .nothingToChooseBy:
      "--remove: expected a domain with two different texts of two tokens and more, to choose by one and measure on the other, "
        + "found none; give more texts"
    }
  }
}
