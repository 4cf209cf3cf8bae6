public import Foundation
import LlamaCore
public import Profiler

/// A run read back from its folder: every row of `texts.csv`, and `manifest.json`.
public struct RunRecord: Sendable {
  /// The rows of one text.
  public struct Text: Sendable {
    /// 0-based index in the domain's list.
    public let index: Int
    /// Number of tokens, after truncation.
    public let tokens: Int
    let layers: Range<Int>
    /// By scope: block by block, the metrics in the run's order; NaN where a cell is empty.
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
  /// Cells of `texts.csv` that are empty.
  public let missingCells: Int
  /// `manifest.json`.
  let manifest: JSONValue
  /// `manifest.json` as it stands in the file.
  package let manifestText: String

  /// Reads a run.
  ///
  /// - Parameter directory: the folder that `RunWriter` wrote.
  /// - Throws: ``RunReadError`` naming file, line and column.
  public init(contentsOf directory: URL) throws(RunReadError) {
    self.directory = directory
    let manifest = try RunManifestFile(directory.appending(path: "manifest.json"))
    let rows = try RunReader.read(directory.appending(path: "texts.csv"))
    layers = rows.layers
    metrics = rows.metrics
    nonFiniteCells = rows.nonFiniteCells
    missingCells = rows.missingCells
    domains = try manifest.arrange(rows.domains)
    self.manifest = manifest.json
    manifestText = manifest.text
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

/// `manifest.json` of a run, and what it says of the rows.
private struct RunManifestFile {
  let path: String
  let json: JSONValue
  let text: String

  init(_ url: URL) throws(RunReadError) {
    path = url.relativePath
    do {
      let file = try MappedFile(url)
      json = try JSONValue(contentsOf: url)
      text = file.withBytes { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw .cannotRead(file: error.path, reason: error.reason.description)
    }
  }

  /// The domains in the order of the manifest, each with as many texts as it says: where they differ, the files are of
  /// two runs.
  func arrange(_ found: [RunRecord.Domain]) throws(RunReadError) -> [RunRecord.Domain] {
    guard let listed = json["domains"]?.array else {
      throw .manifest(file: path, reason: "domains: expected a list, found \(json["domains"]?.found ?? "nothing")")
    }
    var rest = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
    var domains: [RunRecord.Domain] = []
    for entry in listed {
      guard let name = entry["name"]?.string, let texts = entry["texts"]?.integer else {
        throw .manifest(file: path, reason: "domains: expected objects with name and texts, found \(entry.found)")
      }
      let domain = rest.removeValue(forKey: name) ?? RunRecord.Domain(name: name, texts: [])
      guard domain.texts.count == texts else {
        let reason = "domain \(name.quoted): expected \(texts) texts in texts.csv, found \(domain.texts.count)"
        throw .manifest(file: path, reason: reason)
      }
      domains.append(domain)
    }
    if let name = found.map(\.name).first(where: { rest[$0] != nil }) {
      throw .manifest(file: path, reason: "domains: expected \(name.quoted), which texts.csv has, found nothing")
    }
    return domains
  }
}
