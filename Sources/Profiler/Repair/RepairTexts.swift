import Foundations
import LlamaCore
import Statistics

/// Texts of a corpus in two halves: one fits the maps of a repair, the other measures it.
package struct RepairTexts: Sendable {
  /// Texts to fit on, and texts to measure on, in the order of the corpus.
  package let fitted, measured: [Text]

  /// One text of at least two tokens.
  package struct Text: Sendable {
    package let identity: TextIdentity
    package let tokens: [TokenID]

    package init(identity: TextIdentity, tokens: [TokenID]) { (self.identity, self.tokens) = (identity, tokens) }
  }

  /// Deals the texts of each domain at random to the two halves. Texts of one token, which have no likelihood, and copies
  /// of earlier texts, of whatever domain, are left out: no text that is measured was fitted.
  ///
  /// - Parameters:
  ///   - corpus: the texts.
  ///   - seed: seed of the draws.
  /// - Throws: `RepairError` for fewer than two texts.
  package init(_ corpus: TokenizedCorpus, seed: UInt64) throws(RepairError) {
    var known: Set<[TokenID]> = []
    var fitted: Set<Int> = []
    var texts: [Text] = []
    var dealt = 0
    for (number, domain) in corpus.domains.enumerated() {
      let start = texts.count
      for text in domain.texts where text.tokens.count > 1 && known.insert(text.tokens).inserted {
        texts.append(Text(identity: TextIdentity(domain: domain.name, index: text.index), tokens: text.tokens))
      }
      var order = Array(start..<texts.count)
      var generator = SplitMix64(seed: seed, purpose: .repair, index: number)
      generator.shuffle(&order, choosing: order.count)
      // By turns, on from the domain before: the halves have as many texts, also of domains with one each.
      for text in order {
        if dealt % 2 == 0 { fitted.insert(text) }
        dealt += 1
      }
    }
    guard texts.count > 1 else { throw .texts(found: texts.count) }
    self.fitted = texts.indices.filter(fitted.contains).map { texts[$0] }
    measured = texts.indices.filter { !fitted.contains($0) }.map { texts[$0] }
  }
}
