import LlamaCore

/// Output of `tokenize` for a text.
struct TokenList {
  private let ids: [TokenID]
  private let tokens: [String]

  init(_ ids: [TokenID], _ tokenizer: Tokenizer) {
    self.ids = ids
    tokens = ids.map { tokenizer.token(for: $0) ?? "" }
  }

  func text(_ format: TextFormat) -> String { format == .json ? json : lines }

  private var json: String {
    let document = JSONValue.object([
      "ids": .array(ids.map { .integer(Int($0)) }), "tokens": .array(tokens.map(JSONValue.string)),
    ])
    return document.text() + "\n"
  }

  /// Line of id and token, quoted as in JSON, for each token.
  private var lines: String {
    let width = ids.map { "\($0)".count }.max() ?? 0
    return zip(ids, tokens).map { id, token in
      String(repeating: " ", count: width - "\(id)".count) + "\(id) \(JSONValue.string(token).text())\n"
    }.joined()
  }
}
