public import Foundation
public import LlamaCore

/// Texts that a run takes of a corpus file.
///
/// ```swift
/// let model = try LlamaModel(directory: URL(filePath: "Llama-3.2-1B"))
/// let texts = try CorpusSelection(domains: ["cpp"], limit: 16).read(URL(filePath: "corpus.json"), for: model)
/// let profiler = CorpusProfiler(corpus: texts.tokenized, model: model)
/// ```
public struct CorpusSelection: Sendable {
  /// Domains to take.
  public var domains: DomainChoice
  /// Maximum texts of a domain, its first ones; nil for all.
  public var limit: Int?
  /// Maximum tokens of a text, if less than the model's positions. Longer texts are truncated.
  public var maximumTokens: Int?
  /// True if a text that cannot be tokenized is an error; otherwise it is one only if no text of the file can be.
  public var isStrict: Bool

  public init(domains: DomainChoice = [], limit: Int? = nil, maximumTokens: Int? = nil, isStrict: Bool = false) {
    self.domains = domains
    self.limit = limit
    self.maximumTokens = maximumTokens
    self.isStrict = isStrict
  }

  /// Reads, selects and tokenizes the texts, and checks them against the model.
  ///
  /// The model's tokenizer is read with the first text that needs it: a corpus of token ids needs none. Texts that are
  /// not selected are not held in memory.
  /// - Parameters:
  ///   - file: corpus file, see ``Corpus``.
  ///   - model: model that is to run the texts.
  /// - Throws: ``CorpusError``; `TokenizerError` or `FileError` if the tokenizer cannot be read; `FileError` naming the
  ///   corpus file for an unknown domain, for a text that cannot be run, see ``isStrict``, or if no text is left.
  public func read(_ file: URL, for model: LlamaModel) throws -> SelectedCorpus {
    func malformed(_ reason: String) -> FileError { FileError(path: file.relativePath, reason: .malformed(reason)) }
    let spec = model.spec
    let maximum = min(maximumTokens ?? .max, spec.maximumPositions)
    var tokenizer: Tokenizer?
    var failure: (any Error)?
    func encode(_ text: String) throws -> [TokenID] {
      if tokenizer == nil, failure == nil {
        do { tokenizer = try model.tokenizer() } catch { failure = error }
      }
      return try tokenizer?.encode(text, maximumTokens: maximum + 1).tokens ?? []
    }
    var builder = TokenizedCorpus.Builder(maximumTokens: maximum, vocabularySize: spec.vocabularySize)
    var known: [String] = []
    // One id more than will be run reveals that a text was truncated.
    let fingerprint = try Corpus.forEachText(of: file, tokenLimit: maximum + 1, checksFirst: true) { domain, index in
      domains.mayName(domain) && index < limit ?? .max && failure == nil
    } domain: { domain in
      known.append(domain)
      builder.begin(domain)
    } text: { index, text in
      builder.add(text, index: index, encode: encode)
    }
    if let failure { throw failure }
    let chosen = domains.names(among: known)
    if let name = chosen.first(where: { name in !known.containsBytes(of: name) }) {
      throw malformed("no domain \(name.quoted), its domains are \(known.quotedList)")
    }
    var tokenized = builder.finish()
    if !chosen.isEmpty {
      let wanted = Set(chosen.map { ByteString($0) })
      tokenized = TokenizedCorpus(domains: tokenized.domains.filter { wanted.contains(ByteString($0.name)) })
    }
    for domain in tokenized.domains where isStrict || tokenized.textCount == 0 {
      guard let failure = domain.failures.first else { continue }
      // A tokenizer may have more tokens than the model, as long as no text uses them.
      let size = tokenizer?.vocabularySize ?? 0
      let hint = size > spec.vocabularySize ? "; the model's tokenizer.json has \(size) ids" : ""
      throw malformed("\(TextIdentity(domain: domain.name, index: failure.index)), \(failure.reason)\(hint)")
    }
    guard tokenized.textCount > 0 else { throw malformed("expected at least one text with a token, found none") }
    return SelectedCorpus(
      file: file, tokenized: tokenized, fingerprint: fingerprint, maximumTokens: maximum, limit: limit,
      tokenizer: tokenizer)
  }
}
