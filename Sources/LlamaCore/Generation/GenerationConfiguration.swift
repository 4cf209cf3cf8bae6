import Foundation
import Foundations

/// Generation settings of a model directory: the tokens that end a text.
///
/// The sampling settings of `generation_config.json` are not applied; they would make the result of a call depend on
/// the model's defaults.
public struct GenerationConfiguration: Sendable, Equatable {
  /// Tokens that end a text, ascending.
  public let endTokens: [TokenID]

  /// Reads `eos_token_id`, an id or a list of ids, from `generation_config.json`, or from `config.json` if the former
  /// has none.
  ///
  /// The key is optional in both files, and so is the former file.
  /// - Throws: ``FileError`` naming the file and the key.
  public init(directory: URL) throws {
    for name in ["generation_config.json", "config.json"] {
      let file = directory.appending(path: name)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      let json = try JSONValue(contentsOf: file, limit: 10_000_000)
      func malformed(_ expected: String, _ found: JSONValue) -> FileError {
        FileError(path: file.relativePath, reason: .malformed("\(expected), found \(found.found)"))
      }
      guard json.object != nil else { throw malformed("expected an object", json) }
      guard let value = JSONFields(json).value("eos_token_id") else { continue }
      let expected = "eos_token_id: expected a token id or a list of them"
      let elements = value.array ?? [value]
      guard elements.count <= 10_000 else { throw malformed(expected, value) }
      var tokens: Set<TokenID> = []
      for element in elements {
        guard let id = element.integer.flatMap(TokenID.init(exactly:)), id >= 0 else {
          throw malformed(expected, element)
        }
        tokens.insert(id)
      }
      endTokens = tokens.sorted()
      return
    }
    endTokens = []
  }
}
