import Foundation
import Foundations
import LlamaCore
import Profiler

/// Texts of a profile, selected, tokenized and checked against the model before anything is computed or written.
struct ProfileInput {
  let tokenized: TokenizedCorpus
  /// Hash of the corpus file.
  let fingerprint: Fingerprint
  /// Maximum tokens of a text.
  let maximumTokens: Int
  /// Nil if every text is a list of ids.
  let tokenizer: Tokenizer?
  /// Origin of a BOS token at position 0, for the manifest.
  let bosPolicy: String

  /// - Parameters:
  ///   - corpus: corpus file.
  ///   - model: model directory, whose tokenizer is read if a text is not a list of ids.
  ///   - domains: domains to use; all if none is selected.
  ///   - limit: maximum texts of a domain.
  ///   - maxTokens: maximum tokens of a text, if less than the model's positions.
  ///   - isStrict: true if a text that cannot be tokenized is an error; otherwise it is one only if no text can be.
  init(
    corpus: String, model: String, spec: ModelSpec, domains: DomainChoice, limit: Int?,
    maxTokens: Int?, isStrict: Bool
  ) throws {
    func malformed(_ reason: String) -> FileError { FileError(path: corpus, reason: .malformed(reason)) }
    let maximum = min(maxTokens ?? .max, spec.maximumPositions)
    maximumTokens = maximum
    var tokenizer: Tokenizer?
    var failure: (any Error)?
    func encode(_ text: String) throws -> [TokenID] {
      // Read with the first text that needs it: a corpus of token ids needs none.
      if tokenizer == nil, failure == nil {
        do { tokenizer = try Tokenizer(contentsOf: URL(filePath: model)) } catch { failure = error }
      }
      return try tokenizer?.encode(text, maximumTokens: maximum + 1).tokens ?? []
    }
    var builder = TokenizedCorpus.Builder(maximumTokens: maximum, vocabularySize: spec.vocabularySize)
    var known: [String] = []
    // One id more than will be run reveals that a text was truncated.
    fingerprint = try Corpus.forEachText(of: URL(filePath: corpus), tokenLimit: maximum + 1, checksFirst: true) {
      domain, index in
      domains.mayName(domain) && index < limit ?? .max && failure == nil
    } domain: { domain in
      known.append(domain)
      builder.begin(domain)
    } text: { index, text in
      builder.add(text, index: index, encode: encode)
    }
    if let failure { throw failure }
    var tokenized = builder.finish()
    let chosen = domains.names(among: known)
    if let name = chosen.first(where: { name in !known.containsBytes(of: name) }) {
      throw malformed("no domain \(name.quoted), its domains are \(known.quotedList)")
    }
    if !chosen.isEmpty {
      let wanted = Set(chosen.map { ByteString($0) })
      tokenized = TokenizedCorpus(domains: tokenized.domains.filter { wanted.contains(ByteString($0.name)) })
    }
    self.tokenized = tokenized
    self.tokenizer = tokenizer
    for domain in tokenized.domains where isStrict || tokenized.textCount == 0 {
      guard let failure = domain.failures.first else { continue }
      // A tokenizer may have more tokens than the model, as long as no text uses them.
      let size = tokenizer?.vocabularySize ?? 0
      let hint = size > spec.vocabularySize ? "; the model's tokenizer.json has \(size) ids" : ""
      throw malformed("\(TextIdentity(domain: domain.name, index: failure.index)), \(failure.reason)\(hint)")
    }
    guard tokenized.textCount > 0 else { throw malformed("expected at least one text with a token, found none") }
    bosPolicy = Self.bosPolicy(tokenizer)
  }

  private static func bosPolicy(_ tokenizer: Tokenizer?) -> String {
    guard let tokenizer else { return "as in the corpus (token ids)" }
    let prefix = tokenizer.prefixTokens.map { tokenizer.token(for: $0) ?? "\($0)" }.joined(separator: " ")
    return prefix.isEmpty ? "tokenizer template, adds none" : "tokenizer template, adds \(prefix)"
  }
}
