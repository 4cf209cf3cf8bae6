import LlamaCore

/// Negative log-likelihoods of texts under models without some units, as far as they are known. Rules ask for more of
/// them until they have come to their end.
package struct RemovalLikelihoods: Sendable {
  /// Text of a run.
  package struct Text: Sendable {
    /// Place in the run's list of texts.
    package let id: Int
    /// Number of tokens.
    package let tokens: Int
    /// Number of the text's group, whose texts are one observation; nil for a text that is a group of its own.
    package let group: Int?

    package init(id: Int, tokens: Int, group: Int? = nil) { (self.id, self.tokens, self.group) = (id, tokens, group) }
  }

  /// By removed units in their text form, which is empty for the unchanged model, and by text, in nats a token. A value
  /// that is not finite is kept as it is.
  private var values: [String: [Int: Double]] = [:]

  package init() {}

  /// Adds what is known of a text.
  ///
  /// - Parameter removed: text form of the removed units, see `Removal`.
  package mutating func add(_ removed: String, _ text: Int, _ nll: Double) { values[removed, default: [:]][text] = nll }

  /// Returns the negative log-likelihood of a text, in nats a token; nil if it is not known.
  func nll(_ removed: Removal?, _ text: Int) -> Double? { values[removed?.description ?? ""]?[text] }

  /// Returns the rise of the negative log-likelihood; NaN if it is not known.
  func deltaNLL(_ removed: Removal?, _ text: Int) -> Double {
    (nll(removed, text) ?? .nan) - (nll(nil, text) ?? .nan)
  }

  /// True if all are known.
  package func has(_ removed: Removal, _ texts: some Collection<Int>) -> Bool {
    guard let known = values[removed.description] else { return texts.isEmpty }
    return texts.allSatisfy { known[$0] != nil }
  }
}
