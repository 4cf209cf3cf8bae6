public import Foundation
import Foundations
import LlamaCore
public import ProfileStore
public import Profiler

/// Run read back from its file: its texts and every row of `texts.csv`. Rows are read by metric or by text on demand;
/// memory holds only a few numbers per text.
public struct LoadedRun: Sendable {
  /// Text that was run.
  public struct Text: Sendable {
    /// Index of its domain in the run's corpus.
    let corpusDomain: Int
    /// 0-based index in the domain's list.
    public let index: Int
    /// Number of tokens, after truncation.
    public let tokens: Int
    /// Hash of the token ids.
    public let hash: TextHash
    /// True if an earlier text of the domain has the same token ids. Such texts are in the files, but are excluded from
    /// comparisons, rankings and intervals.
    public internal(set) var isCopy = false
    /// Number of the text's group in ``LoadedRun/groups``.
    public let group: Int
    /// Positions that the scope without sinks leaves out, ascending.
    public let sinks: [Int]
    /// Bit set of the scopes with rows.
    private let scopes: UInt8

    init(corpusDomain: Int, index: Int, tokens: Int, hash: TextHash, group: Int, sinks: [Int], scopes: [Scope]) {
      self.corpusDomain = corpusDomain
      self.index = index
      self.tokens = tokens
      self.hash = hash
      self.group = group
      self.sinks = sinks
      self.scopes = Scope.allCases.enumerated().reduce(0) { $0 | (scopes.contains($1.element) ? 1 << $1.offset : 0) }
    }

    /// True if the text has rows in a scope.
    public func hasRows(_ scope: Scope) -> Bool {
      Scope.allCases.firstIndex(of: scope).map { scopes >> $0 & 1 == 1 } ?? false
    }
  }

  /// Texts of one domain, in the order of the corpus.
  public struct Domain: Sendable {
    public let name: String
    public internal(set) var texts: [Text]

    /// Number of texts that are copies of an earlier one.
    public var copies: Int { texts.count(where: \.isCopy) }
    /// Number of groups of the texts, the units of statistics.
    public var groups: Int { Set(texts.lazy.filter { !$0.isCopy }.map(\.group)).count }
  }

  /// Tokens of each text that its rows are of; nil for all.
  public let tokens: PositionChoice?
  /// Folder of the run, as given.
  public let directory: URL
  /// 0-based indices of the measured blocks.
  public let layers: Range<Int>
  /// Metrics of blocks, in the order of `texts.csv`.
  public let metrics: [Metric]
  /// Metrics of whole texts, see `Metric.isOfText`.
  public let textMetrics: [Metric]
  /// Domains in the order of the run's corpus; a domain whose texts were all empty has no texts.
  public internal(set) var domains: [Domain]
  /// Groups of all texts of the run.
  public let groups: TextGroups
  /// Composition of the domains, if they are pools.
  public internal(set) var pools: [PoolShares] = []
  /// Domains of the corpus; `places` has the index of each among ``domains``, nil if it is in no pool.
  let corpusDomains: [String]
  /// Number of texts of each domain of the corpus.
  let textCounts: [Int]
  var places: [Int?]
  /// Number of cells of `texts.csv` that are `nan`, `inf` or `-inf`.
  public let nonFiniteCells: Int
  /// Statistics over the texts of each domain, as in `summary.csv`.
  public internal(set) var profile: CorpusProfile
  /// Settings of the run.
  public let settings: RunSettings
  /// Texts that were not run: the first of them, and their number.
  public internal(set) var failures: (first: [ProfileStore.Failure], count: Int)
  /// `manifest.json`, verbatim.
  package let manifestText: String
  /// Hash of all values, which distinguishes runs of the same settings.
  let digest: UInt64
  /// All texts by domain of the corpus; per text the block metrics by scope, then the metrics of texts.
  let spool: ColumnSpool

  /// Reads a run.
  ///
  /// - Parameter directory: folder of the run, which holds `profile.sqlite`.
  /// - Throws: `StoreError`; ``ReportError`` if a domain's name makes no file name; `FileError` if there is no room for
  ///   a large run's rows, neither in the folder nor in the one for temporary files.
  public init(contentsOf directory: URL) throws {
    try self.init(ProfileStore(reading: directory.appending(path: RunFolder.fileName)), directory: directory)
  }

  /// Reads a run as if its texts consisted of some of their tokens, from the sums that it keeps; texts that have not all of these
  /// are left out. Metrics of whole texts and of spectra are absent.
  ///
  /// - Parameters:
  ///   - directory: folder of the run.
  ///   - choice: tokens that count.
  /// - Throws: As ``init(contentsOf:)``; `RunComparisonError` if the run keeps no such sums.
  public init(contentsOf directory: URL, tokens choice: PositionChoice) throws {
    let store = try ProfileStore(reading: directory.appending(path: RunFolder.fileName))
    guard choice.buckets != nil else {
      throw RunComparisonError.positions(
        run: directory.relativePath, found: choice.description,
        ends: PositionBucket.ends(upTo: store.settings.maximumTokens))
    }
    guard try store.hasPositions() else { throw RunComparisonError.noPositions(run: directory.relativePath) }
    try self.init(store, directory: directory, tokens: choice)
  }

  /// Reads a run as if its texts were cut to a number of tokens: whole rows of a run that was made so, otherwise from the sums that
  /// it keeps.
  ///
  /// - Parameters:
  ///   - directory: folder of the run.
  ///   - tokens: number of tokens of each text.
  /// - Throws: As ``init(contentsOf:tokens:)``.
  public init(contentsOf directory: URL, cutTo tokens: Int) throws {
    let store = try ProfileStore(reading: directory.appending(path: RunFolder.fileName))
    if store.settings.maximumTokens == tokens {
      try self.init(store, directory: directory)
    } else {
      guard PositionChoice.first(tokens).buckets != nil else {
        throw RunComparisonError.tokens(tokens, store.settings, directory)
      }
      try self.init(contentsOf: directory, tokens: .first(tokens))
    }
  }

  /// Reads a run that is already open.
  ///
  /// - Parameter directory: folder of the run.
  /// - Throws: As ``init(contentsOf:)``.
  public init(_ store: ProfileStore, directory: URL) throws {
    try self.init(store, directory: directory, tokens: nil)
  }

  init(_ store: ProfileStore, directory: URL, tokens choice: PositionChoice?) throws {
    try store.checkFinished()
    let layers = store.settings.layers
    let metrics = store.settings.metrics.filter { choice == nil ? !$0.isOfText : $0.isOfTokens }
    let textMetrics = choice == nil ? store.settings.metrics.filter(\.isOfText) : []
    let stored = try store.domains()
    var profile = CorpusProfile(store, domains: stored)
    var domains = stored.map { Domain(name: $0.name, texts: []) }
    var nonFinite = 0
    let scopes = Scope.allCases
    let columns = scopes.count * metrics.count + textMetrics.count
    var spool = ColumnSpool(columns: columns, width: layers.count, in: directory)
    var cells = [Double](repeating: .nan, count: spool.columns * spool.width)
    var hashes = try choice.map { try store.prefixHashes($0.least) } ?? store.textHashes().map { $0 }
    hashes.reverse()
    let groups = try store.groups(firstTokens: choice?.least)
    var numbers = groups.numbers[...]
    var distinct: Set<TextHash> = []
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    try store.forEachText(withPositions: choice != nil) { domain, whole in
      // Rows and texts are stored in the same order.
      guard domains[(domain + 1)...].allSatisfy(\.texts.isEmpty), let known = hashes.popLast(),
        let group = numbers.popFirst()
      else {
        throw StoreError.malformed(
          file: store.file, place: "table text",
          reason: "\(whole.text): expected the texts of one domain after the other")
      }
      guard let hash = known, let text = choice.map({ whole.selecting($0) }) ?? whole else { return }
      profile.add(text, domain: domain)
      for (place, scope) in scopes.enumerated() {
        let start = place * metrics.count * layers.count
        for (block, row) in text.rows(scope).enumerated() {
          for (column, metric) in metrics.enumerated() {
            let value = row[metric]
            cells[start + column * layers.count + block] = value
            // A spectrum without sinks is absent rather than not finite.
            if !value.isFinite, metric.scopes.contains(scope) { nonFinite += 1 }
          }
        }
      }
      for (column, metric) in textMetrics.enumerated() {
        let start = (scopes.count * metrics.count + column) * layers.count
        for block in 0..<layers.count { cells[start + block] = text[metric] ?? .nan }
        // The value is repeated on every row of the text.
        if let value = text[metric], !value.isFinite { nonFinite += scopes.reduce(0) { $0 + text.rows($1).count } }
      }
      for cell in cells { digest = (digest ^ cell.bitPattern) &* 0x100_0000_01B3 }
      // Leftovers of another text in a scope without rows are never read.
      try spool.append(cells)
      if domains[domain].texts.isEmpty { distinct = [] }
      var entry = Text(
        corpusDomain: domain, index: text.text.index, tokens: text.tokens, hash: hash,
        group: group, sinks: text.sinks.map(\.position),
        scopes: scopes.filter { !text.rows($0).isEmpty })
      entry.isCopy = !distinct.insert(hash).inserted
      domains[domain].texts.append(entry)
    }
    let manifest = try RunManifest(store, profile)
    failures = manifest.failures
    manifestText = String(decoding: manifest.json, as: UTF8.self)
    nonFiniteCells = nonFinite
    self.profile = profile
    self.directory = directory
    tokens = choice
    self.layers = layers
    self.metrics = metrics
    self.textMetrics = textMetrics
    self.domains = domains
    corpusDomains = stored.map(\.name)
    textCounts = domains.map(\.texts.count)
    places = stored.indices.map { $0 }
    settings = store.settings
    self.groups = groups
    self.spool = spool
    self.digest = digest
  }

  /// Reads the run again, with the same pools, as if its texts consisted of some of their tokens; nil if it keeps no sums
  /// over these.
  ///
  /// - Throws: As ``init(contentsOf:tokens:)``.
  func cut(to choice: PositionChoice) throws -> LoadedRun? {
    let store = try opened()
    guard tokens == nil, choice.buckets != nil, try store.hasPositions() else { return nil }
    return try LoadedRun(store, directory: directory, tokens: choice)
      .pooled(pools.map { pool in DomainPool(name: pool.name, domains: pool.domains.map(\.name)) })
  }

  /// Returns the domain of a name, compared by bytes.
  func domain(_ name: String) -> Domain? { domains.first { $0.name.hasSameBytes(as: name) } }

  /// Metrics of blocks and of whole texts, in the order of the table of metrics.
  var allMetrics: [Metric] { Metric.allCases.filter { metrics.contains($0) || textMetrics.contains($0) } }

  /// Scopes in which any text has rows.
  public var scopes: [Scope] {
    Scope.allCases.filter { scope in domains.contains { $0.texts.contains { $0.hasRows(scope) } } }
  }

  /// Returns the scope for comparing and drawing a metric: without sinks if the run has that scope and the metric is
  /// defined in it.
  public func mainScope(_ metric: Metric) -> Scope {
    scopes.last(where: metric.scopes.contains) ?? .all
  }
}
