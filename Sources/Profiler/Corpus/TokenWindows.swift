import Foundations
public import LlamaCore

/// Windows of a fixed number of tokens at random places of documents, several of each and without overlap.
///
/// The first tokens of documents resemble each other (licences, headings, imports): texts of one length that are cut
/// from random places do not.
public struct TokenWindows: Sendable {
  /// Tokens of a window, with those that the tokenizer's template adds.
  public let size: Int
  /// Maximum windows of a document.
  public let perDocument: Int
  private let tokenizer: Tokenizer
  /// Tokens of a window that are the document's.
  private let width: Int

  /// - Parameters:
  ///   - size: tokens of a window, with those that the tokenizer's template adds.
  ///   - perDocument: maximum windows of a document, at least 1.
  ///   - tokenizer: tokenizer of the model that is to run the texts.
  /// - Returns: nil if no token of the document fits into a window.
  public init?(size: Int, perDocument: Int, tokenizer: Tokenizer) {
    let width = size - tokenizer.prefixTokens.count - tokenizer.suffixTokens.count
    guard width > 0, perDocument > 0 else { return nil }
    (self.size, self.perDocument, self.tokenizer, self.width) = (size, perDocument, tokenizer, width)
  }

  /// Returns windows of a document in their order; none if it is shorter than a window.
  ///
  /// Every choice of places without overlap is equally likely. It depends on the seed and the document's characters.
  /// - Throws: `TokenizerError` for a text that cannot be merged in bounded memory.
  package func cut(_ document: String, seed: UInt64) throws(TokenizerError) -> [[TokenID]] {
    let tokens = try tokenizer.encode(document, maximumTokens: .max, addingSpecialTokens: false).tokens
    let count = min(perDocument, tokens.count / width)
    guard count > 0 else { return [] }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in document.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SplitMix64(seed: seed ^ hash)
    return Self.starts(count, width: width, of: tokens.count, &generator).map { start in
      tokenizer.prefixTokens + tokens[start..<start + width] + tokenizer.suffixTokens
    }
  }

  /// Returns the places of `count` windows, ascending: with each window as one item between the tokens outside of
  /// windows, places are a selection of items (Floyd's algorithm).
  static func starts(_ count: Int, width: Int, of tokens: Int, _ generator: inout SplitMix64) -> [Int] {
    let items = tokens - count * width + count
    var chosen: Set<Int> = []
    for last in items - count..<items {
      let item = Int(generator.next(below: UInt64(last + 1)))
      chosen.insert(chosen.contains(item) ? last : item)
    }
    return chosen.sorted().enumerated().map { place, item in item + place * (width - 1) }
  }
}
