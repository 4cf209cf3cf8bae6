import Foundation
import LlamaCore
import Testing

/// What the tests of the tokenizer read.
enum TokenizerTestData {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Third-party test data beside the repository.
  static let shared = repository.deletingLastPathComponent().appendingPathComponent("shared")
  static let hasShared = FileManager.default.fileExists(atPath: shared.path)

  /// A small tokenizer with what the Hugging Face library makes of some texts.
  struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let contents: JSONValue

    var testDescription: String { name }

    func tokenizer() throws -> Tokenizer {
      try Tokenizer(json: try #require(contents["tokenizer"]).serialized, name: name)
    }

    /// Texts with their ids, and what these decode to without special tokens.
    func cases() throws -> [(text: String, ids: [TokenID], decoded: String)] {
      try (try #require(contents["cases"]?.array)).map { element in
        let parts = try #require(element.array)
        let ids = try #require(parts[1].array).compactMap(\.integer).map(TokenID.init)
        return (try #require(parts[0].string), ids, try #require(parts[2].string))
      }
    }
  }

  static let goldens = goldens(in: "goldens.json")

  /// Tokenizers with added tokens of white space, and texts that are mostly white space.
  static let whiteSpace = goldens(in: "white-space.json")

  private static func goldens(in name: String) -> [Golden] {
    let file = repository.appendingPathComponent("Fixtures/tokenizers/\(name)")
    guard let data = try? Data(contentsOf: file), let json = try? JSONValue(parsing: [UInt8](data).span) else {
      return []
    }
    return (json.object ?? [:]).map(Golden.init).sorted { $0.name < $1.name }
  }
}

extension JSONValue {
  /// The value as JSON again, keys in order: the same bytes in every run.
  var serialized: [UInt8] { Array(text.utf8) }

  private var text: String {
    switch self {
    case .object(let members):
      "{" + members.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ",")
        + "}"
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .string(let string): Self.quoted(string)
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .null: "null"
    }
  }

  private static func quoted(_ string: String) -> String {
    var output = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": output += "\\\(scalar)"
      case "\0"..<" ": output += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
