package import Foundation

/// A checkpoint in which the block that changes the stream least is the one that cannot be spared
/// (`Fixtures/make_planted.py`).
package enum PlantedModel {
  package static let folder = Repository.fixtures.appending(path: "planted")
  package static let corpus = folder.appending(path: "corpus.json")
  package static let blockCount = 8
  /// The block of the lowest `block_influence`, without which the model knows nothing.
  package static let block = 3

  /// What transformers measures of a text in float64, by block.
  package struct Text: Decodable {
    /// Nil for a text of one token, as each of `deltaNLL`.
    package let nll: Double?
    package let blockInfluence: [Double]
    package let deltaNLL: [Double?]

    private enum CodingKeys: String, CodingKey {
      case nll
      case blockInfluence = "block_influence"
      case deltaNLL = "delta_nll"
    }
  }

  /// Returns the texts of each domain.
  package static func golden() throws -> [String: [Text]] {
    try JSONDecoder().decode(
      [String: [Text]].self, from: Data(contentsOf: folder.appending(path: "planted.json")))
  }
}
