import Foundation
import Foundations
import LlamaCore

extension Corpus {
  /// Reads a corpus file in one pass, without building a JSON tree.
  ///
  /// - Throws: `CorpusError` naming the file, and the domain and index of an invalid text.
  public init(contentsOf url: URL) throws(CorpusError) {
    self = try Self.reading(url).corpus
  }

  /// Reads a corpus file and the hash of exactly the bytes read, even if the file changes during a run.
  ///
  /// - Parameter tokenLimit: maximum number of token ids kept per list; the rest is validated.
  package static func reading(
    _ url: URL, tokenLimit: Int = .max
  ) throws(CorpusError) -> (corpus: Corpus, fingerprint: Fingerprint) {
    var domains: [Domain] = []
    var texts: [CorpusText] = []
    func close() {
      if let last = domains.popLast() { domains.append(Domain(name: last.name, texts: texts)) }
      texts = []
    }
    let fingerprint = try forEachText(of: url, tokenLimit: tokenLimit) { domain in
      close()
      domains.append(Domain(name: domain, texts: []))
    } text: { _, text in
      texts.append(text)
    }
    close()
    return (Corpus(unchecked: domains), fingerprint)
  }

  /// Calls `text` with the texts of a corpus file one after the other. Memory depends on the data kept, not on the size
  /// of the file.
  ///
  /// - Parameters:
  ///   - tokenLimit: maximum number of token ids passed per list; the rest is validated.
  ///   - checksFirst: true to validate the whole file before the first text is passed, so that expensive work, such as
  ///     tokenizing, is never done for a file that is refused in the end.
  ///   - keeps: selects texts by domain and index. The others are validated and skipped.
  ///   - domain: called with the name of each domain before its texts.
  ///   - text: called with the index and the content of each selected text.
  /// - Returns: the hash of the file.
  package static func forEachText(
    of url: URL, tokenLimit: Int = .max, checksFirst: Bool = false,
    keeps: @escaping (_ domain: String, _ index: Int) -> Bool = { _, _ in true },
    domain: @escaping (_ name: String) -> Void, text: @escaping (_ index: Int, _ text: CorpusText) -> Void
  ) throws(CorpusError) -> Fingerprint {
    let file = url.relativePath
    do {
      // Results are used only after the file is known to be unchanged in size.
      return try InputFile.reading(url) { input in
        let fingerprint = input.fingerprint
        if checksFirst {
          var reader = JSONReader(input.data.span)
          var parser = CorpusParser(
            file: file, tokenLimit: 0, input: input, keeps: { _, _ in false }, beginDomain: { _ in },
            takeText: { _, _ in })
          try parser.read(&reader)
          try reader.end()
        }
        var reader = JSONReader(input.data.span)
        var parser = CorpusParser(
          file: file, tokenLimit: tokenLimit, input: input, keeps: keeps, beginDomain: domain, takeText: text)
        try parser.read(&reader)
        try reader.end()
        return fingerprint
      }
    } catch let error as FileFailure {
      throw .cannotRead(file: file, reason: error.reason)
    } catch let error as JSONError {
      throw .malformed(file: file, error)
    } catch let error as CorpusError {
      throw error
    } catch {
      throw .cannotRead(file: file, reason: String(describing: error))
    }
  }
}

/// Parses the two forms of a corpus file. Throws `JSONError` or `CorpusError`.
private struct CorpusParser {
  let file: String
  /// Maximum number of ids kept per text.
  let tokenLimit: Int
  let input: InputFile
  let keeps: (_ domain: String, _ index: Int) -> Bool
  let beginDomain: (_ name: String) -> Void
  let takeText: (_ index: Int, _ text: CorpusText) -> Void
  /// Offset up to which pages of the file have been released.
  var released = 0

  init(
    file: String, tokenLimit: Int, input: InputFile, keeps: @escaping (String, Int) -> Bool,
    beginDomain: @escaping (String) -> Void, takeText: @escaping (Int, CorpusText) -> Void
  ) {
    self.file = file
    self.tokenLimit = tokenLimit
    self.input = input
    self.keeps = keeps
    self.beginDomain = beginDomain
    self.takeText = takeText
  }

  mutating func read(_ reader: inout JSONReader) throws {
    let kind = try reader.peek()
    switch kind {
    case .array:
      let name = (file as NSString).lastPathComponent
      let domain = name.hasSuffix(".json") && name.count > 5 ? String(name.dropLast(5)) : name
      try texts(of: domain, from: &reader)
    case .object:
      var names: Set<ByteString> = []
      try reader.beginObject()
      while let name = try reader.nextKey() {
        try Corpus.check(domainName: name, file: file)
        guard names.insert(ByteString(name)).inserted else { throw CorpusError.duplicateDomain(file: file, name: name) }
        let kind = try reader.peek()
        guard kind == .array else {
          throw CorpusError.notAList(file: file, domain: name, found: kind.rawValue)
        }
        try texts(of: name, from: &reader)
      }
      guard !names.isEmpty else { throw CorpusError.noDomain(file: file) }
    default:
      throw CorpusError.notACorpus(file: file, found: kind.rawValue)
    }
  }

  private mutating func texts(of domain: String, from reader: inout JSONReader) throws {
    beginDomain(domain)
    var index = 0
    try reader.beginArray()
    while try reader.nextElement() {
      let isKept = keeps(domain, index)
      let kind = try reader.peek()
      let text: CorpusText
      switch kind {
      case .string: text = .string(try reader.string())
      case .array:
        text = .tokens(try tokens(from: &reader, domain: domain, index: index, limit: isKept ? tokenLimit : 0))
      case .object: text = try object(from: &reader, domain: domain, index: index, limit: isKept ? tokenLimit : 0)
      default:
        throw CorpusError.notAText(file: file, domain: domain, index: index, found: kind.rawValue)
      }
      if isKept { takeText(index, text) }
      index += 1
      input.release(before: reader.offset, &released)
    }
  }

  /// Reads `{"text" | "tokens": …, "group": "…"}`. Other members are refused: they would have no effect.
  private func object(
    from reader: inout JSONReader, domain: String, index: Int, limit: Int
  ) throws -> CorpusText {
    func malformed(_ reason: String) -> CorpusError {
      .malformedText(file: file, domain: domain, index: index, reason: reason)
    }
    var content: CorpusText.Content?
    var group: String?
    var known: Set<String> = []
    try reader.beginObject()
    while let key = try reader.nextKey() {
      guard known.insert(key).inserted else { throw malformed("\(key.quoted) appears twice") }
      let kind = try reader.peek()
      switch key {
      case "text", "tokens":
        guard content == nil else { throw malformed("expected \"text\" or \"tokens\", found both") }
        guard kind == (key == "text" ? .string : .array) else {
          let expected = key == "text" ? "a string" : "a list of token ids"
          throw malformed("\(key.quoted): expected \(expected), found \(kind.rawValue)")
        }
        content =
          key == "text"
          ? .string(try reader.string())
          : .tokens(try tokens(from: &reader, domain: domain, index: index, limit: limit))
      case "group":
        if kind == .null {
          try reader.skipValue()
          continue
        }
        guard kind == .string else { throw malformed("\"group\": expected a string, found \(kind.rawValue)") }
        let name = try reader.string()
        if let fault = CorpusText.fault(inGroup: name) { throw malformed(fault) }
        group = name
      case "messages":
        throw malformed("expected \"text\" or \"tokens\", found \"messages\", which cannot be profiled yet")
      default:
        throw malformed("expected \"text\" or \"tokens\", and \"group\", found \(key.quoted)")
      }
    }
    guard let content else { throw malformed("expected \"text\" or \"tokens\", found none") }
    return CorpusText(content, group: group)
  }

  private func tokens(from reader: inout JSONReader, domain: String, index: Int, limit: Int) throws -> [TokenID] {
    var tokens: [TokenID] = []
    var position = -1
    try reader.beginArray()
    while try reader.nextElement() {
      position += 1
      let kind = try reader.peek()
      var found = kind.rawValue
      if kind == .number {
        let number = try reader.number()
        if let integer = number.integer, integer >= 0, let token = TokenID(exactly: integer) {
          if position < limit { tokens.append(token) }
          continue
        }
        found = number.found
      }
      throw CorpusError.notATokenID(file: file, domain: domain, index: index, position: position, found: found)
    }
    return tokens
  }
}
