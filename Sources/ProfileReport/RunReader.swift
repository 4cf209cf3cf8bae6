import Foundation
import LlamaCore
import Profiler

/// Reads `texts.csv` row by row, and takes nothing but what `RunWriter` writes: the texts of a domain in one place and
/// ascending, the rows of a text by scope, those of a scope block by block, the same blocks everywhere.
struct RunReader {
  /// What the file holds.
  struct Rows {
    var layers: Range<Int>
    var metrics: [Metric]
    var domains: [RunRecord.Domain]
    var nonFiniteCells = 0
    var missingCells = 0
  }

  /// The rows of one text in one scope, as far as they are read.
  private struct Group {
    let domain: String
    let text: Int
    let tokens: Int
    let scope: Scope
    let line: Int
    let firstLayer: Int
    var layerCount = 0
    var values: [Double] = []
  }

  private let file: String
  private let metrics: [Metric]
  private var parser: CSVParser
  private var group: Group?
  private var layers: Range<Int>?
  private var domains: [RunRecord.Domain] = []
  private var names: Set<String> = []
  private var nonFiniteCells = 0
  private var missingCells = 0

  /// - Throws: ``RunReadError``.
  static func read(_ url: URL) throws(RunReadError) -> Rows {
    let input: MappedFile
    do { input = try MappedFile(url) } catch {
      throw .cannotRead(file: error.path, reason: error.reason.description)
    }
    return try input.withSpan { bytes throws(RunReadError) in
      var reader = try RunReader(file: url.relativePath, bytes)
      while try reader.nextRow(bytes) {}
      return try reader.finish()
    }
  }

  /// Reads the header.
  private init(file: String, _ bytes: Span<UInt8>) throws(RunReadError) {
    self.file = file
    var parser = CSVParser()
    do {
      guard try parser.nextRow(in: bytes) else {
        throw RunReadError.malformed(file: file, line: 1, column: nil, reason: "expected a header, found nothing")
      }
    } catch let error as CSVParser.Failure {
      throw .malformed(file: file, line: error.line, column: nil, reason: error.reason)
    } catch let error as RunReadError {
      throw error
    } catch {
      throw .cannotRead(file: file, reason: String(describing: error))
    }
    let header = parser.fields.map { String(decoding: parser.content(of: $0, in: bytes), as: UTF8.self) }
    self.parser = parser
    metrics = try Self.metrics(of: header, file: file)
  }

  /// Names of the columns before the metrics.
  private static let keys = ["domain", "text", "tokens", "scope", "layer"]

  /// The metrics of a header: the standard ones, then any of the optional ones, in the order of `Metric`.
  private static func metrics(of header: [String], file: String) throws(RunReadError) -> [Metric] {
    func failure(_ column: String?, _ reason: String) -> RunReadError {
      .malformed(file: file, line: 1, column: column, reason: reason)
    }
    let expected = keys + Metric.standard.map(\.rawValue)
    for (place, name) in expected.enumerated() {
      guard place < header.count else {
        throw failure(name, "expected this column in place \(place + 1), found \(header.count) columns")
      }
      guard header[place] == name else {
        throw failure(name, "expected this column in place \(place + 1), found \(header[place].quoted)")
      }
    }
    var metrics = Metric.standard
    var rest = Metric.allCases.filter { !metrics.contains($0) }[...]
    for name in header.dropFirst(expected.count) {
      guard let place = rest.firstIndex(where: { $0.rawValue == name }) else {
        let known = rest.isEmpty ? "the end of the row" : "one of \(rest.map(\.rawValue).joined(separator: ", "))"
        throw failure(name, "expected \(known), found \(name.quoted)")
      }
      metrics.append(rest[place])
      rest = rest[(place + 1)...]
    }
    return metrics
  }

  /// Reads a row; false at the end.
  private mutating func nextRow(_ bytes: Span<UInt8>) throws(RunReadError) -> Bool {
    do {
      guard try parser.nextRow(in: bytes) else { return false }
    } catch {
      throw .malformed(file: file, line: error.line, column: nil, reason: error.reason)
    }
    let width = Self.keys.count + metrics.count
    guard parser.fields.count == width else {
      throw failure(nil, "expected \(width) columns, found \(parser.fields.count)")
    }
    let domain = try string(0, bytes)
    let text = try integer(1, bytes)
    let tokens = try integer(2, bytes)
    let name = try string(3, bytes)
    guard let scope = Scope(rawValue: name) else {
      let known = Scope.allCases.map(\.rawValue).joined(separator: " or ")
      throw failure("scope", "expected \(known), found \(name.quoted)")
    }
    let layer = try integer(4, bytes)
    if let group, group.domain != domain || group.text != text || group.scope != scope { try close() }
    var group =
      self.group
      ?? Group(domain: domain, text: text, tokens: tokens, scope: scope, line: parser.rowLine, firstLayer: layer)
    guard group.tokens == tokens else {
      throw failure("tokens", "expected \(group.tokens) as in the text's first row, found \(tokens)")
    }
    guard layer == group.firstLayer + group.layerCount else {
      throw failure("layer", "expected \(group.firstLayer + group.layerCount), found \(layer)")
    }
    self.group = nil
    group.layerCount += 1
    for column in metrics.indices { group.values.append(try number(column, bytes)) }
    self.group = group
    return true
  }

  /// Files the group that was read.
  private mutating func close() throws(RunReadError) {
    guard let group else { return }
    self.group = nil
    func failure(_ column: String, _ reason: String) -> RunReadError {
      .malformed(file: file, line: group.line, column: column, reason: reason)
    }
    let found = group.firstLayer..<group.firstLayer + group.layerCount
    let layers = self.layers ?? found
    guard found == layers else {
      throw failure("layer", "expected blocks \(Self.text(layers)), found \(Self.text(found))")
    }
    self.layers = layers
    if domains.last?.name != group.domain {
      guard names.insert(group.domain).inserted else {
        throw failure("domain", "expected the rows of \(group.domain.quoted) in one place, found them in two")
      }
      domains.append(RunRecord.Domain(name: group.domain, texts: []))
    }
    let place = domains.count - 1
    let last = domains[place].texts.last
    if group.scope == .all {
      if let last, group.text <= last.index {
        throw failure("text", "expected more than \(last.index), found \(group.text)")
      }
      let text = RunRecord.Text(
        index: group.text, tokens: group.tokens, layers: layers, values: [group.scope: group.values])
      domains[place].texts.append(text)
      return
    }
    guard let last, last.index == group.text, last.tokens == group.tokens, last.values[group.scope] == nil else {
      throw failure("scope", "expected rows of the scope all before these, found none")
    }
    domains[place].texts[domains[place].texts.count - 1].values[group.scope] = group.values
  }

  private mutating func finish() throws(RunReadError) -> Rows {
    try close()
    guard let layers else {
      throw .malformed(file: file, line: 2, column: nil, reason: "expected at least one row, found none")
    }
    return Rows(
      layers: layers, metrics: metrics, domains: domains, nonFiniteCells: nonFiniteCells, missingCells: missingCells)
  }

  private static func text(_ layers: Range<Int>) -> String { "\(layers.lowerBound)…\(layers.upperBound - 1)" }
}

// MARK: Fields

extension RunReader {
  private func failure(_ column: String?, _ reason: String) -> RunReadError {
    .malformed(file: file, line: parser.rowLine, column: column, reason: reason)
  }

  private func string(_ column: Int, _ bytes: Span<UInt8>) throws(RunReadError) -> String {
    let content = parser.content(of: parser.fields[column], in: bytes)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw failure(Self.keys[column], "expected UTF-8, found other bytes")
    }
    return text
  }

  /// A count or an index. The limit keeps sums of them from overflowing.
  private func integer(_ column: Int, _ bytes: Span<UInt8>) throws(RunReadError) -> Int {
    let text = try string(column, bytes)
    let digits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard digits, let value = Int(text), value <= 1 << 40 else {
      throw failure(Self.keys[column], "expected an integer from 0 to \(1 << 40), found \(text.quoted)")
    }
    return value
  }

  /// A metric's value; NaN for an empty field. What is not finite is counted and kept.
  private mutating func number(_ column: Int, _ bytes: Span<UInt8>) throws(RunReadError) -> Double {
    let content = parser.content(of: parser.fields[Self.keys.count + column], in: bytes)
    if content.isEmpty {
      missingCells += 1
      return .nan
    }
    let text = String(decoding: content, as: UTF8.self)
    if let value = ["nan": Double.nan, "inf": .infinity, "-inf": -.infinity][text] {
      nonFiniteCells += 1
      return value
    }
    // `Double` also reads hexadecimal digits and words.
    let plain = content.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "e")
    }
    guard plain, let value = Double(text), value.isFinite else {
      throw failure(metrics[column].rawValue, "expected a number, found \(text.quoted)")
    }
    return value
  }
}
