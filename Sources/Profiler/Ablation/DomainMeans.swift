package import LlamaCore

/// Means of what attention and the MLP of each block add to the stream of the unchanged model, over all tokens of the texts
/// of a domain that choose.
package struct DomainMeans: Sendable, Equatable {
  /// `[blocks][hidden size]`, in double precision.
  package let attention, mlp: [[Double]]

  package init(attention: [[Double]], mlp: [[Double]]) { (self.attention, self.mlp) = (attention, mlp) }

  /// The vectors that removed parts add.
  package var outputs: MeanOutputs { MeanOutputs(attention: attention, mlp: mlp) }
}

/// The means of all domains, known before an ablation's sweep.
package struct AblationMeans: Sendable {
  /// By domain of the corpus; nil for a domain without texts.
  package let domains: [DomainMeans?]
  /// Share of the operations of means and ablation that the means have taken; 0 if they were known.
  let workShare: Double
  /// Time that they have taken; nil if they were known.
  let timing: RunTiming?

  /// Means that a run has stored.
  package init(stored domains: [DomainMeans?]) { self.init(domains, workShare: 0, timing: nil) }

  init(_ domains: [DomainMeans?], workShare: Double, timing: RunTiming?) {
    (self.domains, self.workShare, self.timing) = (domains, workShare, timing)
  }
}
