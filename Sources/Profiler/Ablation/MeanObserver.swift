package import LlamaCore

/// Sums what attention and the MLP of each block add, by domain: in double precision, over the positions of a text and then over
/// the texts, both in their order, so that no bit depends on waves and threads.
///
/// A text with a number that is not finite at a block does not count there.
package struct MeanObserver: ConcurrentLayerObserver {
  /// Sums of a block over one or more texts.
  package struct Sums: Sendable {
    var tokens = 0
    /// `[hidden size]`.
    var attention: [Double]
    var mlp: [Double]

    init(width: Int) {
      attention = Array(repeating: 0, count: width)
      mlp = attention
    }

    init(_ block: borrowing BlockTrace) {
      tokens = block.positions.count
      attention = Self.sum(block.attention)
      mlp = Self.sum(block.mlp)
    }

    private static func sum(_ values: borrowing SiteValues) -> [Double] {
      var sums = Array(repeating: 0.0, count: values.width)
      for token in 0..<values.rowCount {
        let row = values.row(token)
        for index in sums.indices { sums[index] += Double(row[index]) }
      }
      return sums
    }

    mutating func add(_ text: Sums) {
      guard text.attention.allSatisfy(\.isFinite), text.mlp.allSatisfy(\.isFinite) else { return }
      tokens += text.tokens
      for index in attention.indices {
        attention[index] += text.attention[index]
        mlp[index] += text.mlp[index]
      }
    }

    /// The mean over tokens; NaN without any.
    func mean(_ sums: [Double]) -> [Double] { sums.map { $0 / Double(tokens) } }
  }

  /// The domain of each text.
  private let domains: [Int]
  /// `[domain][block]`.
  private var sums: [[Sums]]

  /// - Parameters:
  ///   - domains: the domain of each text of the run.
  ///   - count: number of domains.
  ///   - layers: number of blocks.
  ///   - width: the hidden size.
  package init(domains: [Int], of count: Int, layers: Int, width: Int) {
    self.domains = domains
    let zeros = Sums(width: width)
    sums = (0..<count).map { _ in Array(repeating: zeros, count: layers) }
  }

  package func sites(at layer: Int) -> LayerSites { [.attention, .mlp] }

  package var measure: @Sendable (_ block: borrowing BlockTrace) throws -> Sums { { Sums($0) } }

  package mutating func collect(_ measurement: Sums, layer: Int, text: Int, positions: Range<Int>) {
    sums[domains[text]][layer].add(measurement)
  }

  /// Returns the means of a domain.
  package func means(ofDomain domain: Int) -> DomainMeans {
    DomainMeans(
      attention: sums[domain].map { $0.mean($0.attention) }, mlp: sums[domain].map { $0.mean($0.mlp) })
  }
}
