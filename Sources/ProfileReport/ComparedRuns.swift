import Foundation
import Foundations
import LlamaCore
import ProfileStore
public import Profiler
import Statistics

/// Domains of one run, or the common domains of two runs, as samples to be compared.
///
/// Copies of a text are excluded. Two runs of the same texts are paired text by text; texts are identified by their
/// token ids after truncation. A text that only one run has is then left out; if both runs have such texts, they are
/// not runs of the same corpus, and are compared only on request, as independent samples.
public struct ComparedRuns: Sendable {
  /// Relation between the two sides of a pair.
  public enum Design: String, Sendable {
    /// Two domains of one run.
    case domains
    /// The same texts in two runs.
    case paired
    /// A domain in two runs, treated as if their texts were different.
    case independentRuns = "independent_runs"
  }

  let runs: [LoadedRun]
  /// Labels that distinguish the runs in the names of domains; empty for one run.
  let labels: [String]
  /// Names of the compared domains, without labels.
  let names: [String]
  /// Number of tokens per text, if only texts of one length are compared.
  let tokens: Int?
  /// Tokens of each text that are compared, as in the column `prefix`: their number, a bucket such as `8-31`, or nothing for all.
  public var prefix: String {
    if case .bucket(let bucket) = runs[0].tokens { return bucket.description }
    return tokens.map(String.init) ?? ""
  }
  public let design: Design
  /// Differences between the two runs, apart from their texts.
  public let differences: [RunDifference]
  /// Texts that both runs have, by domain; paired designs only.
  private let partners: [Set<TextHash>]
  /// Subset of the paired texts whose sinks are at different positions in the two runs: without sinks, their values are
  /// over different tokens.
  let otherSinks: [Set<TextHash>]

  /// 0-based indices of the blocks.
  public var layers: Range<Int> { runs[0].layers }
  /// Metrics that every run has, of blocks and of texts, in the order of the table of metrics.
  public let metrics: [Metric]
  /// Scopes that every run has.
  public let scopes: [Scope]

  /// - Parameters:
  ///   - other: a second run with the same blocks; its domains are compared with those of the same name.
  ///   - tokens: compares only texts of at least this many tokens, by their first `tokens` tokens. The rows of a run
  ///     are over whole texts, so the runs must have been made with `--max-tokens` of this number, or read with
  ///     `LoadedRun.init(contentsOf:cutTo:)`.
  ///   - isUnpaired: compares two runs as independent samples, whatever their texts.
  /// - Throws: ``RunComparisonError``.
  public init(
    _ run: LoadedRun, _ other: LoadedRun? = nil, matchingTokens tokens: Int? = nil, isUnpaired: Bool = false
  ) throws(RunComparisonError) {
    runs = [run] + (other.map { [$0] } ?? [])
    self.tokens = tokens
    for run in runs {
      if let tokens { try Self.check(run, tokens: tokens) }
    }
    metrics = run.allMetrics.filter { other?.allMetrics.contains($0) ?? true }
    scopes = run.scopes.filter { other?.scopes.contains($0) ?? true }
    guard let other else {
      names = run.domains.map(\.name)
      (labels, differences, partners, otherSinks, design) = ([], [], [], [], .domains)
      return
    }
    let paths = [run.directory, other.directory]
    guard !paths[0].isSameFolder(as: paths[1]) else {
      throw .sameRun(run.directory.relativePath)
    }
    guard run.layers == other.layers else {
      throw .blocks(
        run: other.directory.relativePath, expected: Self.text(run.layers), found: Self.text(other.layers))
    }
    let known = Set(other.domains.map { ByteString($0.name) })
    names = run.domains.map(\.name).filter { known.contains(ByteString($0)) }
    guard !names.isEmpty else {
      throw .noCommonDomain(
        run: other.directory.relativePath, expected: run.domains.map(\.name), found: other.domains.map(\.name))
    }
    let short = paths.map { $0.standardizedFileURL.lastPathComponent }
    labels = short[0] == short[1] ? paths.map(\.relativePath) : short
    differences = RunDifference.all(run.settings, other.settings)
    let (matched, counts) = Self.partners(run, other, names, least: tokens ?? 0)
    guard !isUnpaired else {
      (partners, otherSinks, design) = ([], [], .independentRuns)
      return
    }
    let common = matched.reduce(0) { $0 + $1.count }
    guard common > 0, common == counts.first || common == counts.second else {
      throw .otherTexts(
        run: other.directory.relativePath, first: counts.first, second: counts.second, common: common,
        differences: differences)
    }
    (partners, design) = (matched, .paired)
    otherSinks = zip(names, matched).map { name, matched in Self.otherSinks(run, other, name, of: matched) }
  }

  private static func otherSinks(
    _ run: LoadedRun, _ other: LoadedRun, _ name: String, of matched: Set<TextHash>
  ) -> Set<TextHash> {
    let sinks = [run, other].map { record in
      Dictionary(
        (record.domain(name)?.texts ?? []).lazy.filter { matched.contains($0.hash) }.map { ($0.hash, $0.sinks) },
        uniquingKeysWith: { first, _ in first })
    }
    return matched.filter { sinks[0][$0] != sinks[1][$0] }
  }

  /// Returns the texts that both runs have, and the number of distinct texts of each.
  private static func partners(
    _ run: LoadedRun, _ other: LoadedRun, _ names: [String], least: Int
  ) -> (matched: [Set<TextHash>], counts: (first: Int, second: Int)) {
    var counts = (first: 0, second: 0)
    let matched = names.map { name -> Set<TextHash> in
      let sets = [run, other].map { record in
        Set((record.domain(name)?.texts ?? []).lazy.filter { $0.tokens >= least }.map(\.hash))
      }
      counts.first += sets[0].count
      counts.second += sets[1].count
      return sets[0].intersection(sets[1])
    }
    return (matched, counts)
  }

  /// Returns the samples of one metric. With two runs, a domain is called `cpp (RUN)`, and only domains of the same
  /// name form a pair. A domain without texts forms no pair.
  ///
  /// - Throws: `FileError` if the rows of a run cannot be read back.
  public func samples(_ metric: Metric, _ scope: Scope?) throws -> MetricSamples {
    let domains: [DomainSample]
    var pairs = names.indices.map { DomainPair(2 * $0, 2 * $0 + 1) }
    switch design {
    case .domains:
      domains = try samples(of: runs[0], metric, scope)
      pairs = DomainPair.all(of: domains.count)
    case .paired:
      domains = labelled(try paired(metric, scope))
    case .independentRuns:
      var found = try runs.map { run in try samples(of: run, metric, scope) }
      // Groups are numbered run by run, and the runs are compared as if their texts were different.
      let first = runs[0].groups.count
      found[1] = found[1].map { $0.replacing(groups: $0.groups.map { $0 + first }) }
      domains = labelled(
        names.map { name in
          found.map { samples in
            samples.first { $0.name.hasSameBytes(as: name) } ?? DomainSample(name: name, values: [])
          }
        })
    }
    pairs.removeAll { domains[$0.a].values.isEmpty || domains[$0.b].values.isEmpty }
    return MetricSamples(
      metric: metric, scope: scope, domains: domains, pairs: pairs, isPaired: design == .paired,
      matched: design == .domains ? runs[0].matchedDomains(atLeast: tokens ?? 0) : [])
  }

  private func samples(of run: LoadedRun, _ metric: Metric, _ scope: Scope?) throws -> [DomainSample] {
    let least = tokens ?? 0
    return try run.samples(metric, scope) { _, text in text.tokens >= least }
  }

  /// Flattens the samples by domain, then run, and adds the labels of the runs.
  private func labelled(_ domains: [[DomainSample]]) -> [DomainSample] {
    domains.flatMap { samples in
      zip(samples, labels).map { sample, label in
        DomainSample(
          name: "\(sample.name) (\(label))", values: sample.values, groups: sample.groups, lengths: sample.lengths)
      }
    }
  }

  /// Returns the texts of both runs by domain, in the same order. A text with a non-finite value in either run is left
  /// out.
  private func paired(_ metric: Metric, _ scope: Scope?) throws -> [[DomainSample]] {
    var others: [[TextHash: [Double]]] = names.map { _ in [:] }
    var samples = names.map { _ in (first: [[Double]](), second: [[Double]](), groups: [Int](), lengths: [Int]()) }
    let places = runs.map { run in run.domains.map { names.firstIndex(ofBytes: $0.name) } }
    try runs[1].forEachValue(metric, scope) { domain, text, values in
      guard let place = places[1][domain], isCompared(text, place, scope) else { return }
      others[place][text.hash] = values
    }
    try runs[0].forEachValue(metric, scope) { domain, text, values in
      guard let place = places[0][domain], let other = others[place][text.hash] else { return }
      samples[place].first.append(values)
      samples[place].second.append(other)
      // Both runs have the same texts, so the groups of one are those of both.
      if runs[0].groups.areShared { samples[place].groups.append(text.group) }
      samples[place].lengths.append(text.tokens)
    }
    return zip(names, samples).map { name, sample in
      [sample.first, sample.second].map {
        DomainSample(name: name, values: $0, groups: sample.groups, lengths: sample.lengths)
      }
    }
  }

  /// True if a text of a pair of runs is compared in a scope.
  func isCompared(_ text: LoadedRun.Text, _ place: Int, _ scope: Scope?) -> Bool {
    partners[place].contains(text.hash) && (scope != .withoutSinks || !otherSinks[place].contains(text.hash))
  }

  /// Number of compared texts that this metric and scope exclude because of a non-finite value.
  ///
  /// - Throws: `FileError` if the rows of a run cannot be read back.
  func incompleteTexts(_ metric: Metric, _ scope: Scope?) throws -> Int {
    let compared = texts.enumerated().reduce(0) { sum, domain in
      sum
        + domain.element.texts.count { text in
          // A text of one token has no likelihood.
          (scope.map(text.hasRows) ?? (text.tokens > 1))
            && (design != .paired || isCompared(text, domain.offset / 2, scope))
        }
    }
    let missing = compared - (try samples(metric, scope).domains.reduce(0) { $0 + $1.values.count })
    // A text of two runs counts once.
    return design == .paired ? missing / 2 : missing
  }

  /// Texts that count, by domain, then run; named like the samples.
  var texts: [(name: String, run: Int, texts: [LoadedRun.Text])] {
    names.enumerated().flatMap { place, name in
      runs.enumerated().map { number, run in
        let texts = run.domain(name)?.texts ?? []
        return (
          labels.isEmpty ? name : "\(name) (\(labels[number]))", number,
          texts.filter {
            !$0.isCopy && $0.tokens >= tokens ?? 0 && (design != .paired || partners[place].contains($0.hash))
          }
        )
      }
    }
  }

  private static func check(_ run: LoadedRun, tokens: Int) throws(RunComparisonError) {
    guard run.tokens == .first(tokens) || run.tokens == nil && run.settings.maximumTokens == tokens else {
      throw .tokens(tokens, run.settings, run.directory)
    }
  }

  private static func text(_ layers: Range<Int>) -> String { "\(layers.lowerBound)…\(layers.upperBound - 1)" }
}
