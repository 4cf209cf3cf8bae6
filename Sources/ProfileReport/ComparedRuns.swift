import Foundation
import LlamaCore
import ProfileStore
public import Profiler

/// The domains of one run, or the same domains of two, as samples to be compared.
///
/// Copies of a text do not count. Two runs of the same texts are paired, text by text: token ids, after truncation, are
/// what makes a text the same. A text that only one of them has is then left out; where both have such texts they are no
/// runs of the same corpus, and compared only when told so, as independent samples.
public struct ComparedRuns: Sendable {
  /// What the two sides of a pair are.
  public enum Design: String, Sendable {
    /// Two domains of one run.
    case domains
    /// The same texts in two runs.
    case paired
    /// A domain in two runs, as if these were of different texts.
    case independentRuns = "independent_runs"
  }

  let runs: [RunRecord]
  /// What tells the runs apart in the names of domains; empty for one run.
  let labels: [String]
  /// Names of the domains that are compared, without labels.
  let names: [String]
  /// Tokens of a text, where only texts of one length are compared.
  let tokens: Int?
  public let design: Design
  /// What the two runs do not have in common, apart from their texts.
  public let differences: [RunDifference]
  /// Paired, domain by domain: the texts that both runs have.
  private let partners: [Set<TextHash>]
  /// Those of them whose sinks are other positions in one run than in the other: without sinks, their values are over other
  /// tokens.
  let otherSinks: [Set<TextHash>]

  /// 0-based indices of the blocks.
  public var layers: Range<Int> { runs[0].layers }
  /// The metrics that every run has, of blocks and of texts, in the order of its files.
  public let metrics: [Metric]
  /// The scopes that every run has.
  public let scopes: [Scope]

  /// - Parameters:
  ///   - other: a second run with the same blocks; its domains are compared with those of the same name.
  ///   - tokens: compares texts of at least so many tokens only, by their first ones. The rows of a run are over whole
  ///     texts, so the runs must have been made with `--max-tokens` of this number.
  ///   - isUnpaired: compares two runs as independent samples, whatever their texts.
  /// - Throws: ``RunComparisonError``.
  public init(
    _ run: RunRecord, _ other: RunRecord? = nil, matchingTokens tokens: Int? = nil, isUnpaired: Bool = false
  ) throws(RunComparisonError) {
    runs = [run] + (other.map { [$0] } ?? [])
    self.tokens = tokens
    for run in runs {
      if let tokens { try Self.check(run, tokens: tokens) }
    }
    metrics = run.settings.metrics.filter { other?.settings.metrics.contains($0) ?? true }
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
    _ run: RunRecord, _ other: RunRecord, _ name: String, of matched: Set<TextHash>
  ) -> Set<TextHash> {
    let sinks = [run, other].map { record in
      Dictionary(
        (record.domain(name)?.texts ?? []).lazy.filter { matched.contains($0.hash) }.map { ($0.hash, $0.sinks) },
        uniquingKeysWith: { first, _ in first })
    }
    return matched.filter { sinks[0][$0] != sinks[1][$0] }
  }

  /// The texts that both runs have, and the numbers of distinct texts of each.
  private static func partners(
    _ run: RunRecord, _ other: RunRecord, _ names: [String], least: Int
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

  /// The samples of one metric; with two runs a domain is called `cpp (RUN)`, and only those of the same name are a pair. A
  /// domain without a text is no pair's.
  ///
  /// - Throws: `FileError` where the rows of a run cannot be read back.
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
      let found = try runs.map { run in try samples(of: run, metric, scope) }
      domains = labelled(
        names.map { name in
          found.map { samples in
            samples.first { $0.name.hasSameBytes(as: name) } ?? DomainSample(name: name, values: [])
          }
        })
    }
    pairs.removeAll { domains[$0.a].values.isEmpty || domains[$0.b].values.isEmpty }
    return MetricSamples(
      metric: metric, scope: scope, domains: domains, pairs: pairs, isPaired: design == .paired)
  }

  private func samples(of run: RunRecord, _ metric: Metric, _ scope: Scope?) throws -> [DomainSample] {
    let least = tokens ?? 0
    return try run.samples(metric, scope) { _, text in text.tokens >= least }
  }

  /// Domain by domain one run after the other, with the runs' labels.
  private func labelled(_ domains: [[DomainSample]]) -> [DomainSample] {
    domains.flatMap { samples in
      zip(samples, labels).map { sample, label in
        DomainSample(name: "\(sample.name) (\(label))", values: sample.values, tokens: sample.tokens)
      }
    }
  }

  /// Domain by domain the texts of both runs, in one order. A text whose value is not finite in either is left out.
  private func paired(_ metric: Metric, _ scope: Scope?) throws -> [[DomainSample]] {
    var others: [[TextHash: [Double]]] = names.map { _ in [:] }
    var samples = names.map { _ in (first: [[Double]](), second: [[Double]](), tokens: 0) }
    let places = runs.map { run in run.domains.map { names.firstIndex(ofBytes: $0.name) } }
    try runs[1].forEachValue(metric, scope) { domain, text, values in
      guard let place = places[1][domain], isCompared(text, place, scope) else { return }
      others[place][text.hash] = values
    }
    try runs[0].forEachValue(metric, scope) { domain, text, values in
      guard let place = places[0][domain], let other = others[place][text.hash] else { return }
      samples[place].first.append(values)
      samples[place].second.append(other)
      samples[place].tokens += text.tokens
    }
    return zip(names, samples).map { name, sample in
      [sample.first, sample.second].map { DomainSample(name: name, values: $0, tokens: sample.tokens) }
    }
  }

  /// Whether a text of a pair of runs is compared in a scope.
  private func isCompared(_ text: RunRecord.Text, _ place: Int, _ scope: Scope?) -> Bool {
    partners[place].contains(text.hash) && (scope != .withoutSinks || !otherSinks[place].contains(text.hash))
  }

  /// Texts that are compared but for this metric and scope, where a value is not finite.
  ///
  /// - Throws: `FileError` where the rows of a run cannot be read back.
  func incompleteTexts(_ metric: Metric, _ scope: Scope?) throws -> Int {
    let compared = texts.enumerated().reduce(0) { sum, domain in
      sum
        + domain.element.texts.count { text in
          // A text of one token has no likelihood to begin with.
          (scope.map(text.hasRows) ?? (text.tokens > 1))
            && (design != .paired || isCompared(text, domain.offset / 2, scope))
        }
    }
    let missing = compared - (try samples(metric, scope).domains.reduce(0) { $0 + $1.values.count })
    // A text of two runs is one.
    return design == .paired ? missing / 2 : missing
  }

  /// The texts that count, domain by domain, with two runs one after the other; of the names of samples.
  var texts: [(name: String, run: Int, texts: [RunRecord.Text])] {
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

  private static func check(_ run: RunRecord, tokens: Int) throws(RunComparisonError) {
    guard run.settings.maximumTokens == tokens else {
      throw .tokens(
        run: run.directory.relativePath, expected: tokens, found: run.settings.maximumTokens,
        model: run.settings.model, corpus: run.settings.corpus)
    }
  }

  private static func text(_ layers: Range<Int>) -> String { "\(layers.lowerBound)…\(layers.upperBound - 1)" }
}
