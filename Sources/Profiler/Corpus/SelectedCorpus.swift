public import Foundation
public import LlamaCore

/// Texts that were selected from a corpus file and tokenized for a model, with their provenance; see
/// ``CorpusSelection``.
public struct SelectedCorpus: Sendable {
  /// Corpus file, as given.
  public let file: URL
  /// Texts to run.
  public let tokenized: TokenizedCorpus
  /// Hash of the corpus file.
  public let fingerprint: Fingerprint
  /// Maximum tokens of a text.
  public let maximumTokens: Int
  /// Maximum texts of a domain; nil for all.
  public let limit: Int?
  /// Tokenizer of the model; nil if every text is a list of ids.
  public let tokenizer: Tokenizer?

  init(
    file: URL, tokenized: TokenizedCorpus, fingerprint: Fingerprint, maximumTokens: Int, limit: Int?,
    tokenizer: Tokenizer?
  ) {
    self.file = file
    self.tokenized = tokenized
    self.fingerprint = fingerprint
    self.maximumTokens = maximumTokens
    self.limit = limit
    self.tokenizer = tokenizer
  }

  /// Origin of a BOS token at position 0, for the manifest.
  public var bosPolicy: String {
    guard let tokenizer else { return "as in the corpus (token ids)" }
    let prefix = tokenizer.prefixTokens.map { tokenizer.token(for: $0) ?? "\($0)" }.joined(separator: " ")
    return prefix.isEmpty ? "tokenizer template, adds none" : "tokenizer template, adds \(prefix)"
  }

  /// Returns the characters that a token stands for; nil without a tokenizer.
  public func text(of token: TokenID) -> String? { tokenizer?.decode([token], skippingSpecialTokens: false) }
}
