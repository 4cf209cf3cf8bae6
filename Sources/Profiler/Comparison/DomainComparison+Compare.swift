import Foundation
import Foundations
public import Statistics

extension DomainComparison {
  /// Compares the domains of one metric in one scope pairwise.
  ///
  /// - Parameters:
  ///   - samples: the domains, in the order in which pairs are formed.
  ///   - metric: metric of the samples' values.
  ///   - scope: scope of the values; nil for a metric of the text.
  ///   - layers: the blocks of a sample's values, in their order.
  ///   - settings: settings of the comparison.
  ///   - progress: called with the completed fraction, from 0 to 1, on the caller's thread.
  /// - Throws: ``ComparisonError``.
  public static func compare(
    _ samples: [DomainSample], metric: Metric, scope: Scope?, layers: Range<Int>,
    settings: ComparisonSettings = ComparisonSettings(), progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> DomainComparison {
    let input = MetricSamples(metric: metric, scope: scope, domains: samples)
    return try compare([input], layers: layers, settings: settings, progress: progress)[0]
  }

  /// Compares several metrics at once, which is much faster than one by one: metrics with the same numbers of texts
  /// share their random draws. Each result is the same as that of a separate comparison.
  ///
  /// - Returns: a comparison for each input, in their order.
  /// - Throws: ``ComparisonError``.
  public static func compare(
    _ inputs: [MetricSamples], layers: Range<Int>, settings: ComparisonSettings = ComparisonSettings(),
    progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    try compare(
      inputs.map { input in SampleSource { input } }, layers: layers, settings: settings, progress: progress)
  }

  /// As above, for samples that are read on demand, one pair of domains at a time if they do not fit into memory.
  ///
  /// - Parameter folder: location of the file for values that do not fit, see `ScratchFile`.
  package static func compare(
    _ sources: [SampleSource], layers: Range<Int>, settings: ComparisonSettings,
    scratch folder: URL = FileManager.default.temporaryDirectory, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    try settings.check()
    // Invalid samples are reported before any computation, and so is insufficient memory.
    var groups: [(shape: SampleShape, members: [Int])] = []
    for (index, source) in sources.enumerated() {
      let samples = try source.samples()
      try samples.check(layers, settings)
      let shape = SampleShape(samples)
      if let place = groups.firstIndex(where: { $0.shape.matches(shape) }) {
        groups[place].members.append(index)
      } else {
        groups.append((shape, [index]))
      }
    }
    var batches: [(shape: SampleShape, members: ArraySlice<Int>, folder: URL?)] = []
    for (shape, members) in groups {
      let plan = try ComparisonMemory(shape, blocks: layers.count, settings: settings).plan(metrics: members.count)
      for start in stride(from: 0, to: members.count, by: plan.metrics) {
        let batch = members[start..<min(members.count, start + plan.metrics)]
        batches.append((shape, batch, plan.isSpilled ? folder : nil))
      }
    }
    var results = [DomainComparison?](repeating: nil, count: sources.count)
    var done = 0
    for (shape, members, folder) in batches {
      let table = try ComparisonTable(
        shape, members.map { sources[$0] }, layers: layers, settings: settings, in: folder)
      let found = try ComparisonError.attempt { () throws(FileError) in
        try table.compare { progress((Double(done) + $0 * Double(members.count)) / Double(sources.count)) }
      }
      for (index, result) in zip(members, found) { results[index] = result }
      done += members.count
    }
    return results.compactMap { $0 }
  }
}
