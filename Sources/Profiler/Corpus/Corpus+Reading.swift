import Foundation
import LlamaCore

extension Corpus {
  /// Reads a corpus file in one pass, without a tree of the whole.
  ///
  /// - Throws: `CorpusError` naming the file, and the domain and index of a text that is not one.
  public init(contentsOf url: URL) throws(CorpusError) {
    self = try Self.reading(url) { input in try Corpus(input, file: url.relativePath) }
  }

  /// Reads a corpus file with the hash of the very bytes it was read from, whatever becomes of the file during a run.
  ///
  /// - Parameter tokenLimit: of a list with more token ids only the first `tokenLimit` are kept; the rest is checked.
  package static func reading(
    _ url: URL, tokenLimit: Int = .max
  ) throws(CorpusError) -> (corpus: Corpus, fingerprint: Fingerprint) {
    try reading(url) { input in
      (try Corpus(input, file: url.relativePath, tokenLimit: tokenLimit), Fingerprint(of: input.content.span))
    }
  }

  private static func reading<Result>(
    _ url: URL, _ body: (InputFile) throws -> Result
  ) throws(CorpusError) -> Result {
    do {
      return try InputFile.reading(url, body)
    } catch let error as FileFailure {
      throw .cannotRead(file: url.relativePath, reason: error.reason)
    } catch let error as JSONError {
      throw .malformed(file: url.relativePath, error)
    } catch let error as CorpusError {
      throw error
    } catch {
      throw .cannotRead(file: url.relativePath, reason: String(describing: error))
    }
  }

  private init(_ input: InputFile, file: String, tokenLimit: Int = .max) throws {
    var reader = JSONReader(input.data.span)
    let domains = try CorpusParser(file: file, tokenLimit: tokenLimit).domains(of: &reader)
    try reader.end()
    self.init(unchecked: domains)
  }
}

/// Reads the two shapes a corpus file can have. Throws `JSONError` or `CorpusError`.
private struct CorpusParser {
  let file: String
  /// The most ids of a text to keep.
  let tokenLimit: Int

  func domains(of reader: inout JSONReader) throws -> [Corpus.Domain] {
    let kind = try reader.peek()
    switch kind {
    case .array:
      let name = (file as NSString).lastPathComponent
      let domain = name.hasSuffix(".json") && name.count > 5 ? String(name.dropLast(5)) : name
      return [try self.domain(domain, from: &reader)]
    case .object:
      var domains: [Corpus.Domain] = []
      var names: Set<ByteString> = []
      try reader.beginObject()
      while let name = try reader.nextKey() {
        guard !name.utf8.contains(0) else { throw CorpusError.nulInDomain(file: file, name: name) }
        guard names.insert(ByteString(name)).inserted else { throw CorpusError.duplicateDomain(file: file, name: name) }
        let kind = try reader.peek()
        guard kind == .array else {
          throw CorpusError.notAList(file: file, domain: name, found: kind.rawValue)
        }
        domains.append(try domain(name, from: &reader))
      }
      guard !domains.isEmpty else { throw CorpusError.noDomain(file: file) }
      return domains
    default:
      throw CorpusError.notACorpus(file: file, found: kind.rawValue)
    }
  }

  private func domain(_ name: String, from reader: inout JSONReader) throws -> Corpus.Domain {
    var texts: [CorpusText] = []
    try reader.beginArray()
    while try reader.nextElement() {
      let kind = try reader.peek()
      switch kind {
      case .string: texts.append(.string(try reader.string()))
      case .array: texts.append(.tokens(try tokens(from: &reader, domain: name, index: texts.count)))
      default:
        throw CorpusError.notAText(file: file, domain: name, index: texts.count, found: kind.rawValue)
      }
    }
    return Corpus.Domain(name: name, texts: texts)
  }

  private func tokens(from reader: inout JSONReader, domain: String, index: Int) throws -> [TokenID] {
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
          if position < tokenLimit { tokens.append(token) }
          continue
        }
        found = number.found
      }
      throw CorpusError.notATokenID(file: file, domain: domain, index: index, position: position, found: found)
    }
    return tokens
  }
}
