import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// What the tests of the tokenizer read.
enum TokenizerTestData {
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

  /// A whole vocabulary, with what the Hugging Face library makes of texts with it.
  struct Vocabulary: Sendable, CustomTestStringConvertible {
    let name: String
    /// Holds `tokenizer.json` and `domains.ids.json`.
    let folder: URL
    /// Seven domains of texts, whose ids those are.
    let corpus: URL
    /// Odd texts with their ids, special tokens left out.
    let cases: @Sendable () throws -> [(text: String, ids: [TokenID])]

    var testDescription: String { name }

    func tokenizer() throws -> Tokenizer { try Tokenizer(contentsOf: folder) }

    func texts() throws -> [String: [String]] {
      try json(corpus).mapValues { ($0.array ?? []).compactMap(\.string) }
    }

    func ids() throws -> [String: [[TokenID]]] {
      try json(folder.appendingPathComponent("domains.ids.json")).mapValues { TokenizerTestData.lists($0) }
    }

    private func json(_ file: URL) throws -> [String: JSONValue] {
      let members = try #require(JSONValue(contentsOf: file).object)
      return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
    }
  }

  /// Our own vocabularies of the kinds of Llama 2 and 3, and theirs where they lie beside the repository.
  static let vocabularies: [Vocabulary] = {
    let fixtures = Repository.fixtures
    let own = ["llama2", "llama3"].map { name in
      let folder = fixtures.appendingPathComponent("vocabularies/\(name)")
      return Vocabulary(
        name: "own \(name)", folder: folder, corpus: fixtures.appendingPathComponent("corpora/demo.json")
      ) {
        let cases = try #require(JSONValue(contentsOf: folder.appendingPathComponent("cases.json")).array)
        return try cases.map { (try #require($0.array?[0].string), lists(.array([$0.array?[1] ?? .null]))[0]) }
      }
    }
    let conformance = Repository.shared.appendingPathComponent("conformance/tokenizers")
    let real = [("llama2", "llama-spm"), ("llama3", "llama-bpe")].map { name, cases in
      let corpus = Repository.shared.appendingPathComponent("corpora/domains.json")
      return Vocabulary(name: name, folder: conformance.appendingPathComponent(name), corpus: corpus) {
        func read(_ ending: String) throws -> String {
          let file = conformance.appendingPathComponent("\(cases).\(ending)")
          return String(decoding: try Data(contentsOf: file), as: UTF8.self)
        }
        let texts = try read("inp").components(separatedBy: "\n__ggml_vocab_test__\n")
        let lines = try read("out").split(separator: "\n", omittingEmptySubsequences: false).prefix(texts.count)
        return zip(texts, lines).map { ($0, $1.split(separator: " ").compactMap { TokenID($0) }) }
      }
    }
    return own + (Repository.hasShared ? real : [])
  }()

  private static func lists(_ json: JSONValue) -> [[TokenID]] {
    (json.array ?? []).map { ($0.array ?? []).compactMap(\.integer).map(TokenID.init) }
  }

  static let goldens = goldens(in: "goldens.json")

  /// Tokenizers with added tokens of white space, and texts that are mostly white space.
  static let whiteSpace = goldens(in: "white-space.json")

  private static func goldens(in name: String) -> [Golden] {
    let file = Repository.fixtures.appending(path: "tokenizers/\(name)")
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
