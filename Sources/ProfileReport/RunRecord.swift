public import Foundation
import LlamaCore
public import ProfileStore
public import Profiler

/// A run read back from its file: what its texts are, and every row of `texts.csv`, which are read metric by metric or
/// text by text when they are asked for. In memory are a few numbers for each text, whatever was measured.
public struct RunRecord: Sendable {
  /// A text that was run.
  public struct Text: Sendable {
    /// 0-based index in the domain's list.
    public let index: Int
    /// Number of tokens, after truncation.
    public let tokens: Int
    /// The positions that the scope without sinks leaves out, ascending.
    public let sinks: [Int]
    /// A bit for each scope that it has rows in.
    private let scopes: UInt8

    init(index: Int, tokens: Int, sinks: [Int], scopes: [Scope]) {
      self.index = index
      self.tokens = tokens
      self.sinks = sinks
      self.scopes = Scope.allCases.enumerated().reduce(0) { $0 | (scopes.contains($1.element) ? 1 << $1.offset : 0) }
    }

    /// Whether it has rows in a scope.
    public func hasRows(_ scope: Scope) -> Bool {
      Scope.allCases.firstIndex(of: scope).map { scopes >> $0 & 1 == 1 } ?? false
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
  /// The statistics over the texts of each domain, as `summary.csv` has them.
  public let profile: CorpusProfile
  /// `manifest.json`.
  let manifest: JSONValue
  /// `manifest.json` as it stands in the file.
  package let manifestText: String
  /// Every text, domain by domain; scope by scope the metrics.
  let spool: ColumnSpool

  /// Reads a run.
  ///
  /// - Parameter directory: the folder of the run, which holds `profile.sqlite`.
  /// - Throws: `StoreError`; ``ReportError`` where a domain's name makes no file name; `FileError` where a large run's rows
  ///   find no room on the disk, neither in the folder nor in that for temporary files.
  public init(contentsOf directory: URL) throws {
    try self.init(ProfileStore(reading: directory.appending(path: RunFolder.fileName)), directory: directory)
  }

  /// Reads a run that is open.
  ///
  /// - Parameter directory: the folder of the run.
  /// - Throws: as ``init(contentsOf:)``.
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
    let scopes = Scope.allCases
    var spool = ColumnSpool(columns: scopes.count * metrics.count, width: layers.count, in: directory)
    var cells = [Double](repeating: .nan, count: spool.columns * spool.width)
    try store.forEachText { domain, text in
      // As a run is written: rows and texts have one order.
      guard domains[(domain + 1)...].allSatisfy(\.texts.isEmpty) else {
        throw StoreError.malformed(
          file: store.file, place: "table text",
          reason: "\(text.text): expected the texts of one domain after the other")
      }
      profile.add(text, domain: domain)
      for (place, scope) in scopes.enumerated() {
        let start = place * metrics.count * layers.count
        for (block, row) in text.rows(scope).enumerated() {
          for (column, metric) in metrics.enumerated() {
            let value = row[metric]
            cells[start + column * layers.count + block] = value
            // A spectrum without sinks is not there, rather than not finite.
            if !value.isFinite, metric.scopes.contains(scope) { nonFinite += 1 }
          }
        }
      }
      // What is left of another text in a scope that this one has no rows in is never read.
      try spool.append(cells)
      domains[domain].texts.append(
        Text(
          index: text.text.index, tokens: text.tokens, sinks: text.sinks.map(\.position),
          scopes: scopes.filter { !text.rows($0).isEmpty }))
    }
    let json = try RunManifest(store, profile).json
    manifest = try JSONValue(parsing: json.span)
    manifestText = String(decoding: json, as: UTF8.self)
    nonFiniteCells = nonFinite
    self.profile = profile
    self.directory = directory
    self.layers = layers
    self.metrics = metrics
    self.domains = domains
    self.spool = spool
  }

  /// The scopes that a text has rows in.
  public var scopes: [Scope] {
    Scope.allCases.filter { scope in domains.contains { $0.texts.contains { $0.hasRows(scope) } } }
  }

  /// The scope to compare and draw a metric in: without sinks where the run has that, and the metric is taken there.
  public func mainScope(_ metric: Metric) -> Scope {
    scopes.last(where: metric.scopes.contains) ?? .all
  }
}
