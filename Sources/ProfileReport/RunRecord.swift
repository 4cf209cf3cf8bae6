public import Foundation
import LlamaCore
public import ProfileStore
public import Profiler

/// A run read back from its file: what its texts are, and every row of `texts.csv`, which are read metric by metric or
/// text by text when they are asked for. In memory are a few numbers for each text, whatever was measured.
public struct RunRecord: Sendable {
  /// A text that was run.
  public struct Text: Sendable {
    /// The place of its domain in the run's corpus.
    let corpusDomain: Int
    /// 0-based index in that domain's list.
    public let index: Int
    /// Number of tokens, after truncation.
    public let tokens: Int
    /// Of its token ids.
    public let hash: TextHash
    /// Whether an earlier text of the domain has the same token ids. Such texts are in the files, and count in no
    /// comparison, ranking or interval.
    public internal(set) var isCopy = false
    /// The positions that the scope without sinks leaves out, ascending.
    public let sinks: [Int]
    /// A bit for each scope that it has rows in.
    private let scopes: UInt8

    init(corpusDomain: Int, index: Int, tokens: Int, hash: TextHash, sinks: [Int], scopes: [Scope]) {
      self.corpusDomain = corpusDomain
      self.index = index
      self.tokens = tokens
      self.hash = hash
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

    /// Texts that are copies of an earlier one.
    public var copies: Int { texts.count(where: \.isCopy) }
  }

  /// The folder of the run, as it was given.
  public let directory: URL
  /// 0-based indices of the measured blocks.
  public let layers: Range<Int>
  /// What was measured of every block, in the order of `texts.csv`.
  public let metrics: [Metric]
  /// What was measured of every text as a whole, see `Metric.isOfText`.
  public let textMetrics: [Metric]
  /// In the order of the run's corpus; a domain whose texts were all empty has none.
  public internal(set) var domains: [Domain]
  /// What the domains were made of, where they are pools.
  public internal(set) var pools: [PoolShares] = []
  /// The domains of the corpus, and the place of each among ``domains``; nil for what is in no pool.
  let corpusDomains: [String]
  /// Texts of each of them.
  let textCounts: [Int]
  var places: [Int?]
  /// Cells of `texts.csv` that are `nan`, `inf` or `-inf`.
  public let nonFiniteCells: Int
  /// The statistics over the texts of each domain, as `summary.csv` has them.
  public internal(set) var profile: CorpusProfile
  /// What the run was asked for.
  public let settings: RunSettings
  /// `manifest.json`; of pooled domains, with the pools in their place.
  var manifest: JSONValue
  /// `manifest.json` as it stands in the file.
  package let manifestText: String
  /// A hash of all values, which tells runs apart that were asked for the same.
  let digest: UInt64
  /// Every text, domain by domain of the corpus; scope by scope the metrics, then those of texts.
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
    let layers = store.settings.layers
    let metrics = store.settings.metrics.filter { !$0.isOfText }
    let textMetrics = store.settings.metrics.filter(\.isOfText)
    let stored = try store.domains()
    var profile = CorpusProfile(store, domains: stored)
    var domains = stored.map { Domain(name: $0.name, texts: []) }
    var nonFinite = 0
    let scopes = Scope.allCases
    let columns = scopes.count * metrics.count + textMetrics.count
    var spool = ColumnSpool(columns: columns, width: layers.count, in: directory)
    var cells = [Double](repeating: .nan, count: spool.columns * spool.width)
    var hashes = try store.textHashes()[...]
    var distinct: Set<TextHash> = []
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    try store.forEachText { domain, text in
      // As a run is written: rows and texts have one order.
      guard domains[(domain + 1)...].allSatisfy(\.texts.isEmpty), let hash = hashes.popFirst() else {
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
      for (column, metric) in textMetrics.enumerated() {
        let start = (scopes.count * metrics.count + column) * layers.count
        for block in 0..<layers.count { cells[start + block] = text[metric] ?? .nan }
        // It stands on every row of the text.
        if let value = text[metric], !value.isFinite { nonFinite += scopes.reduce(0) { $0 + text.rows($1).count } }
      }
      for cell in cells { digest = (digest ^ cell.bitPattern) &* 0x100_0000_01B3 }
      // What is left of another text in a scope that this one has no rows in is never read.
      try spool.append(cells)
      if domains[domain].texts.isEmpty { distinct = [] }
      var entry = Text(
        corpusDomain: domain, index: text.text.index, tokens: text.tokens, hash: hash,
        sinks: text.sinks.map(\.position),
        scopes: scopes.filter { !text.rows($0).isEmpty })
      entry.isCopy = !distinct.insert(hash).inserted
      domains[domain].texts.append(entry)
    }
    let json = try RunManifest(store, profile).json
    manifest = try JSONValue(parsing: json.span)
    manifestText = String(decoding: json, as: UTF8.self)
    nonFiniteCells = nonFinite
    self.profile = profile
    self.directory = directory
    self.layers = layers
    self.metrics = metrics
    self.textMetrics = textMetrics
    self.domains = domains
    corpusDomains = stored.map(\.name)
    textCounts = domains.map(\.texts.count)
    places = stored.indices.map { $0 }
    settings = store.settings
    self.spool = spool
    self.digest = digest
  }

  /// The domain of a name, byte for byte.
  func domain(_ name: String) -> Domain? { domains.first { $0.name.hasSameBytes(as: name) } }

  /// The scopes that a text has rows in.
  public var scopes: [Scope] {
    Scope.allCases.filter { scope in domains.contains { $0.texts.contains { $0.hasRows(scope) } } }
  }

  /// The scope to compare and draw a metric in: without sinks where the run has that, and the metric is taken there.
  public func mainScope(_ metric: Metric) -> Scope {
    scopes.last(where: metric.scopes.contains) ?? .all
  }
}
