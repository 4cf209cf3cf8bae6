import LlamaCore

extension DomainComparison {
  /// Compares the domains of one metric in one scope, each with each.
  ///
  /// - Parameters:
  ///   - samples: the domains, in the order in which pairs are made of them.
  ///   - metric: what the samples' values are.
  ///   - scope: which tokens they are over; nil for a metric of the text.
  ///   - layers: the blocks of a sample's values, in their order.
  ///   - settings: what a comparison takes into account.
  ///   - progress: called with the share that is done, from 0 to 1, on the caller's thread.
  /// - Throws: ``ComparisonError``.
  public static func compare(
    _ samples: [DomainSample], metric: Metric, scope: Scope?, layers: Range<Int>,
    settings: ComparisonSettings = ComparisonSettings(), progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> DomainComparison {
    let input = MetricSamples(metric: metric, scope: scope, domains: samples)
    try settings.check()
    let table = try ComparisonTable([input], layers: layers, settings: settings)
    return table.compare(progress: progress)[0]
  }

  /// Compares several metrics at once, which takes much less time than one by one: metrics with the same numbers of texts
  /// share their random draws. The result of each is the same as alone.
  ///
  /// - Returns: a comparison for each input, in their order.
  /// - Throws: ``ComparisonError``.
  public static func compare(
    _ inputs: [MetricSamples], layers: Range<Int>, settings: ComparisonSettings = ComparisonSettings(),
    progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    try settings.check()
    var groups: [(key: Shape, members: [Int])] = []
    for (index, input) in inputs.enumerated() {
      let key = Shape(
        names: input.domains.map(\.name), counts: input.domains.map(\.values.count), pairs: input.pairs,
        isPaired: input.isPaired, isOfText: input.metric.isOfText)
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].members.append(index)
      } else {
        groups.append((key, [index]))
      }
    }
    // Mistakes in the samples are told before anything is computed.
    var tables: [ComparisonTable] = []
    for group in groups {
      tables.append(try ComparisonTable(group.members.map { inputs[$0] }, layers: layers, settings: settings))
    }
    var results = [DomainComparison?](repeating: nil, count: inputs.count)
    var done = 0
    for (group, table) in zip(groups, tables) {
      let found = table.compare { fraction in
        progress((Double(done) + fraction * Double(group.members.count)) / Double(inputs.count))
      }
      for (index, result) in zip(group.members, found) { results[index] = result }
      done += group.members.count
    }
    return results.compactMap { $0 }
  }
}

/// What metrics must have in common to be compared in one table.
private struct Shape: Equatable {
  let names: [String]
  let counts: [Int]
  let pairs: [DomainPair]
  let isPaired: Bool
  let isOfText: Bool
}
