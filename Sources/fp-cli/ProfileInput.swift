import Foundation
import LlamaCore
import Profiler

/// The texts of a profile, chosen, tokenized and checked against the model before anything is computed or written.
struct ProfileInput {
  let tokenized: TokenizedCorpus
  /// The hash of the corpus file.
  let fingerprint: Fingerprint
  /// The longest text allowed, in tokens.
  let maximumTokens: Int
  /// nil where every text is a list of ids.
  let tokenizer: Tokenizer?
  /// Where a BOS token at position 0 comes from, for the manifest.
  let bosPolicy: String

  /// - Parameters:
  ///   - corpus: the corpus file.
  ///   - model: the model directory, whose tokenizer is read where a text is not a list of ids.
  ///   - domains: which to take; all where none is named.
  ///   - limit: most texts of a domain.
  ///   - maxTokens: most tokens of a text, where that is less than the model's positions.
  ///   - isStrict: a text that cannot be tokenized is an error; otherwise only where no text can be.
  init(
    corpus: String, model: String, configuration: LlamaConfiguration, domains: DomainOptions, limit: Int?,
    maxTokens: Int?, isStrict: Bool
  ) throws {
    func malformed(_ reason: String) -> FileError { FileError(path: corpus, reason: .malformed(reason)) }
    let maximum = min(maxTokens ?? .max, configuration.maximumPositions)
    maximumTokens = maximum
    var texts: Corpus
    // One more than is run shows that a text was cut.
    (texts, fingerprint) = try Corpus.reading(URL(filePath: corpus), tokenLimit: maximum + 1)
    let chosen = domains.names(among: texts.domains.map(\.name))
    if !chosen.isEmpty {
      do throws(CorpusError) {
        texts = try texts.selecting(domains: chosen)
      } catch {
        // The corpus has forgotten its file.
        guard case .unknownDomain(let name, let known) = error else { throw error }
        throw malformed("no domain \(name.quoted), its domains are \(known.quotedList)")
      }
    }
    if let limit { texts = texts.limited(to: limit) }

    tokenizer = texts.hasStrings ? try Tokenizer(contentsOf: URL(filePath: model)) : nil
    tokenized = TokenizedCorpus(texts, maximumTokens: maximum, vocabularySize: configuration.vocabularySize) {
      try tokenizer?.encode($0, maximumTokens: maximum + 1).tokens ?? []
    }
    for domain in tokenized.domains where isStrict || tokenized.textCount == 0 {
      guard let failure = domain.failures.first else { continue }
      // A tokenizer may know more tokens than the model, as long as no text uses one.
      let size = tokenizer?.vocabularySize ?? 0
      let hint = size > configuration.vocabularySize ? "; the model's tokenizer.json has \(size) ids" : ""
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
