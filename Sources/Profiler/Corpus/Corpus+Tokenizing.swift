public import Foundation
public import LlamaCore

extension Corpus {
  /// True if at least one text must be tokenized; a corpus of token ids needs no tokenizer.
  public var hasStrings: Bool {
    domains.contains { domain in
      domain.texts.contains { if case .string = $0.content { true } else { false } }
    }
  }

  /// Returns the corpus with every string replaced by its token ids; lists of ids, empty texts and groups are unchanged.
  ///
  /// - Throws: `CorpusError.cannotTokenize`, naming the first text for which `encode` throws.
  public func tokenized(_ encode: (String) throws -> [TokenID]) throws(CorpusError) -> Corpus {
    var tokenized: [Domain] = []
    for domain in domains {
      var texts: [CorpusText] = []
      for (index, text) in domain.texts.enumerated() {
        guard case .string(let string) = text.content else {
          texts.append(text)
          continue
        }
        do {
          texts.append(CorpusText(.tokens(string.isEmpty ? [] : try encode(string)), group: text.group))
        } catch {
          throw .cannotTokenize(domain: domain.name, index: index, reason: String(describing: error))
        }
      }
      tokenized.append(Domain(name: domain.name, texts: texts))
    }
    return Corpus(unchecked: tokenized)
  }

  /// Reads a corpus file and replaces every string by its token ids, see ``tokenized(_:)``.
  ///
  /// - Throws: ``CorpusError`` if the file cannot be read; `FileError` naming the file and the first text for which
  ///   `encode` throws.
  public init(tokenizing file: URL, _ encode: (String) throws -> [TokenID]) throws {
    let texts = try Corpus(contentsOf: file)
    do throws(CorpusError) {
      self = try texts.tokenized(encode)
    } catch {
      // The corpus no longer knows its file.
      guard case .cannotTokenize(let domain, let index, let reason) = error else { throw error }
      let text = TextIdentity(domain: domain, index: index)
      throw FileError(path: file.relativePath, reason: .malformed("\(text), \(reason)"))
    }
  }
}
