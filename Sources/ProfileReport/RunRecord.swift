public import Foundation
import LlamaCore
public import ProfileStore
public import Profiler

/// A run read back from its file: every row of `texts.csv`, and `manifest.json`.
public struct RunRecord: Sendable {
  /// The rows of one text.
  public struct Text: Sendable {
    /// 0-based index in the domain's list.
    public let index: Int
    /// Number of tokens, after truncation.
    public let tokens: Int
    let layers: Range<Int>
    /// By scope: block by block, the metrics in the run's order.
    var values: [Scope: [Double]]

    /// The values of the run's metrics at a block; nil where the text has no such row.
    public func row(_ scope: Scope, _ layer: Int) -> [Double]? { cells(scope, layer).map(Array.init) }

    /// The same without a copy.
    func cells(_ scope: Scope, _ layer: Int) -> ArraySlice<Double>? {
      guard let values = values[scope], layers.contains(layer) else { return nil }
      let count = values.count / layers.count
      let start = (layer - layers.lowerBound) * count
      return values[start..<start + count]
    }

    /// The values at a block where those of every standard metric, which come first, are finite: such rows enter the
    /// statistics, as in `summary.csv`.
    func countedCells(_ scope: Scope, _ layer: Int) -> ArraySlice<Double>? {
      guard let row = cells(scope, layer), row.prefix(Metric.standard.count).allSatisfy(\.isFinite) else { return nil }
      return row
    }
  }

  /// The texts of one domain, in the order of the corpus.
  public struct Domain: Sendable {
    public let name: String
    public internal(set) var texts: [Text]
  }

  /// The folder of the run, as it was given.
  public let directory: URL
  /// 0-based indices of the measured blocks.
  public let layers: Range<Int>
  /// The columns of `texts.csv`.
  public let metrics: [Metric]
  /// In the order of the run's corpus; a domain whose texts were all empty has none.
  public let domains: [Domain]
  /// Cells of `texts.csv` that are `nan`, `inf` or `-inf`.
  public let nonFiniteCells: Int
  /// `manifest.json`.
  let manifest: JSONValue
  /// `manifest.json` as it stands in the file.
  package let manifestText: String

  /// Reads a run.
  ///
  /// - Parameter directory: the folder of the run, which holds `profile.sqlite`.
  /// - Throws: `StoreError`; ``ReportError`` where a domain's name makes no file name.
  public init(contentsOf directory: URL) throws {
    try self.init(ProfileStore(reading: directory.appending(path: RunFolder.fileName)), directory: directory)
  }

  /// Reads a run that is open.
  ///
  /// - Parameter directory: the folder of the run.
  /// - Throws: `StoreError`; ``ReportError`` where a domain's name makes no file name.
  public init(_ store: ProfileStore, directory: URL) throws {
    let counts = try store.counts()
    guard counts.isFinished else {
      throw StoreError.unfinished(file: store.file, texts: counts.texts, finished: counts.finished)
    }
    let (layers, metrics) = (store.settings.layers, store.settings.metrics)
    let stored = try store.domains()
    var profile = CorpusProfile(store, domains: stored)
    var domains = stored.map { Domain(name: $0.name, texts: []) }
    var nonFinite = 0
    try store.forEachText { domain, text in
      profile.add(text, domain: domain)
      var values: [Scope: [Double]] = [:]
      for scope in Scope.allCases {
        let cells = text.rows(scope).flatMap { row in metrics.map { row[$0] } }
        if !cells.isEmpty { values[scope] = cells }
        nonFinite += cells.count { !$0.isFinite }
      }
      domains[domain].texts.append(
        Text(index: text.text.index, tokens: text.tokens, layers: layers, values: values))
    }
    let json = try RunManifest(store, profile).json
    manifest = try JSONValue(parsing: json.span)
    manifestText = String(decoding: json, as: UTF8.self)
    nonFiniteCells = nonFinite
    self.directory = directory
    self.layers = layers
    self.metrics = metrics
    self.domains = domains
  }

  /// The scopes that a text has rows in.
  public var scopes: [Scope] {
    Scope.allCases.filter { scope in domains.contains { $0.texts.contains { $0.values[scope] != nil } } }
  }

  /// One metric of the texts of every domain. A text whose value is not finite at a block, or that has no rows in the
  /// scope, is left out, and so is one of fewer than `minimumTokens` tokens.
  public func samples(_ metric: Metric, _ scope: Scope, minimumTokens: Int = 0) -> [DomainSample] {
    guard let column = metrics.firstIndex(of: metric) else {
      return domains.map { DomainSample(name: $0.name, values: []) }
    }
    return domains.map { domain in
      let values = domain.texts.compactMap { text -> [Double]? in
        guard text.tokens >= minimumTokens, let cells = text.values[scope] else { return nil }
        let values = stride(from: column, to: cells.count, by: metrics.count).map { cells[$0] }
        return values.allSatisfy(\.isFinite) ? values : nil
      }
      return DomainSample(name: domain.name, values: values)
    }
  }
}
