public import Profiler

extension ComparedRuns {
  /// Compares by some metrics in some scopes, which are read one after the other.
  ///
  /// - Parameter progress: called with the share that is done, from 0 to 1.
  /// - Returns: scope by scope the metrics of blocks, then those of texts.
  /// - Throws: `ComparisonError`.
  public func comparisons(
    _ metrics: [Metric], _ scopes: [Scope], _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    let ofBlocks = scopes.flatMap { scope in metrics.filter { !$0.isOfText }.map { ($0, Scope?.some(scope)) } }
    let ofTexts = metrics.filter(\.isOfText).map { ($0, Scope?.none) }
    let sources = (ofBlocks + ofTexts).map { metric, scope in SampleSource { try samples(metric, scope) } }
    return try DomainComparison.compare(sources, layers: layers, settings: settings, progress: progress)
  }

  /// What it takes to compare by so many metrics in so many scopes.
  package func memory(metrics: Int, scopes: Int) -> ReportMemory {
    let texts = texts.map(\.texts.count)
    return ReportMemory(
      texts: texts, blocks: layers.count, metrics: metrics, scopes: scopes, isPaired: design == .paired,
      // The texts of both runs by their hashes, with the values of one.
      held: design == .paired ? texts.reduce(0, +) * (8 * layers.count + 120) : 0)
  }
}
