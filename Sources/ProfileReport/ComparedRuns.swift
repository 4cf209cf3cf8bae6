import Foundation
import LlamaCore
public import Profiler

/// The domains of one run, or the same domains of two, as samples to be compared.
public struct ComparedRuns: Sendable {
  private let runs: [RunRecord]
  /// What tells the runs apart in the names of domains; empty for one run.
  private let labels: [String]
  /// Names of the domains that are compared, without labels.
  private let names: [String]
  /// Tokens of a text, where only texts of one length are compared.
  private let tokens: Int?

  /// 0-based indices of the blocks.
  public var layers: Range<Int> { runs[0].layers }
  /// The metrics that every run has, in the order of its files.
  public let metrics: [Metric]
  /// The scopes that every run has.
  public let scopes: [Scope]

  /// - Parameters:
  ///   - other: a second run with the same blocks; its domains are compared with those of the same name.
  ///   - tokens: compares texts of at least so many tokens only, by their first ones. The rows of a run are over whole
  ///     texts, so the runs must have been made with `--max-tokens` of this number.
  /// - Throws: ``RunComparisonError``.
  public init(_ run: RunRecord, _ other: RunRecord? = nil, matchingTokens tokens: Int? = nil) throws(RunComparisonError)
  {
    runs = [run] + (other.map { [$0] } ?? [])
    self.tokens = tokens
    for run in runs {
      if let tokens { try Self.check(run, tokens: tokens) }
    }
    metrics = run.metrics.filter { other?.metrics.contains($0) ?? true }
    scopes = run.scopes.filter { other?.scopes.contains($0) ?? true }
    guard let other else {
      names = run.domains.map(\.name)
      labels = []
      return
    }
    let paths = [run.directory, other.directory]
    guard paths[0].standardizedFileURL.path != paths[1].standardizedFileURL.path else {
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
  }

  /// The samples of one metric; with two runs a domain is called `cpp (RUN)`, and only those of the same name are a pair.
  ///
  /// - Throws: `FileError` where the rows of a run cannot be read back.
  public func samples(_ metric: Metric, _ scope: Scope) throws -> MetricSamples {
    let found = try runs.map { try $0.samples(metric, scope, minimumTokens: tokens ?? 0) }
    guard !labels.isEmpty else { return MetricSamples(metric: metric, scope: scope, domains: found[0]) }
    var domains: [DomainSample] = []
    for name in names {
      for (samples, label) in zip(found, labels) {
        let values = samples.first { $0.name.hasSameBytes(as: name) }?.values ?? []
        domains.append(DomainSample(name: "\(name) (\(label))", values: values))
      }
    }
    let pairs = names.indices.map { DomainPair(2 * $0, 2 * $0 + 1) }
    return MetricSamples(metric: metric, scope: scope, domains: domains, pairs: pairs)
  }

  /// Texts of the compared domains that ``samples(_:_:)`` leaves out because a value is not finite.
  func incompleteTexts(_ metric: Metric, _ scope: Scope) throws -> Int {
    try runs.reduce(0) { sum, run in
      let domains = zip(run.domains, try run.samples(metric, scope, minimumTokens: tokens ?? 0))
      return domains.filter { pair in names.contains { $0.hasSameBytes(as: pair.0.name) } }.reduce(sum) { sum, pair in
        let eligible = pair.0.texts.count { $0.tokens >= tokens ?? 0 && $0.hasRows(scope) }
        return sum + eligible - pair.1.values.count
      }
    }
  }

  /// A pair of domains in few characters: `cpp – legal`, or with two runs the domain's name alone.
  func title(_ a: String, _ b: String, limit: Int) -> String {
    if let label = labels.first, a.hasSuffix(" (\(label))") {
      return TextTable.label(String(a.dropLast(label.count + 3)), limit: 2 * limit + 3)
    }
    return "\(TextTable.label(a, limit: limit)) – \(TextTable.label(b, limit: limit))"
  }

  /// What the signs of differences mean; nil for one run.
  var legend: String? {
    labels.isEmpty ? nil : "g is positive where \(labels[0].onOneLine) is larger than \(labels[1].onOneLine)"
  }

  private static func check(_ run: RunRecord, tokens: Int) throws(RunComparisonError) {
    let limit = run.manifest["settings"]?["maximum_tokens"]?.integer
    guard limit == tokens else {
      throw .tokens(
        run: run.directory.relativePath, expected: tokens, found: limit,
        model: run.manifest["model"]?["directory"]?.string ?? "MODEL",
        corpus: run.manifest["corpus"]?["file"]?.string ?? "CORPUS")
    }
  }

  private static func text(_ layers: Range<Int>) -> String { "\(layers.lowerBound)…\(layers.upperBound - 1)" }
}

/// Why runs cannot be compared. The description is one line.
public enum RunComparisonError: DescribedError, Equatable, Sendable {
  /// Two runs that are one and the same folder.
  case sameRun(String)
  /// Two runs of different blocks.
  case blocks(run: String, expected: String, found: String)
  /// Two runs without a domain in common.
  case noCommonDomain(run: String, expected: [String], found: [String])
  /// A run whose texts were not cut to the length that is to be compared.
  case tokens(run: String, expected: Int, found: Int?, model: String, corpus: String)

  public var description: String {
    switch self {
    case .sameRun(let run): "\(run.onOneLine): expected two runs, found the same one twice"
    case .blocks(let run, let expected, let found):
      "\(run.onOneLine): expected blocks \(expected) as in the first run, found \(found)"
    case .noCommonDomain(let run, let expected, let found):
      "\(run.onOneLine): expected a domain of the first run (\(expected.quotedList)), found \(found.quotedList)"
    case .tokens(let run, let expected, let found, let model, let corpus):
      "\(run.onOneLine): expected texts cut to \(expected) tokens, found \(found.map { "\($0)" } ?? "no limit"); "
        + "make such a run with fp-cli profile --model \(model.onOneLine) --corpus \(corpus.onOneLine) "
        + "--max-tokens \(expected) --output \(run.onOneLine)-\(expected)"
    }
  }
}
