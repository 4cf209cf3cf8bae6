import Foundations

/// `config.json` of a checkpoint with other blocks, in the keys of transformers:
///
/// - `num_hidden_layers` is the length of the program, and every list with an entry for each block has one for each place
///   of the program, at the top and in `text_config`.
/// - Keys from which transformers derives such a list by the number of a block are removed: ``windowPatterns`` and
///   ``rotationPatterns``. `layer_types` and `no_rope_layers` say instead what each block is, also where a family alternates
///   without any key (Gemma 2).
/// - All other members keep their place and their text.
package struct PrunedConfiguration: Sendable {
  /// Keys that say which blocks have a sliding window (Gemma 3 and Cohere 2 in two spellings, Qwen 2 and 3, Qwen 3.5).
  package static let windowPatterns = [
    "sliding_window_pattern", "_sliding_window_pattern", "max_window_layers", "full_attention_interval",
  ]
  /// Keys that say which blocks do not rotate queries and keys (SmolLM 3, Llama 4).
  package static let rotationPatterns = ["no_rope_layer_interval"]

  private static let count = "num_hidden_layers"
  private let blocks: [BlockSpec]
  private let program: [Int]

  /// - Parameters:
  ///   - blocks: those of the original.
  ///   - program: 0-based indices of them, each below their number.
  package init(blocks: [BlockSpec], program: [Int]) { (self.blocks, self.program) = (blocks, program) }

  /// Returns the configuration for the original one.
  ///
  /// - Throws: `JSONError` if it is no JSON object, or has a key twice.
  package func text(of original: [UInt8]) throws(JSONError) -> String {
    var members = try JSONMembers(parsing: original)
    rewrite(&members, level: 0)
    if let inner = members["text_config"], inner.utf8.first == UInt8(ascii: "{") {
      var text = try JSONMembers(parsing: Array(inner.utf8))
      rewrite(&text, level: 1)
      members["text_config"] = text.text(level: 1)
    }
    return members.text() + "\n"
  }

  private func rewrite(_ members: inout JSONMembers, level: Int) {
    var listed: Set<String> = []
    members.replaceValues { key, value in
      guard value.utf8.first == UInt8(ascii: "["), !Self.isNoList(key), let elements = JSONMembers.elements(of: value),
        elements.count == blocks.count
      else { return nil }
      listed.insert(key)
      return JSONMembers.array(program.map { elements[$0] }, level: level + 1)
    }
    guard members[Self.count] == String(blocks.count) else { return }
    members[Self.count] = String(program.count)
    func write(_ key: String, _ values: [String], instead patterns: [String]) {
      let isDerived = patterns.contains { members[$0] != nil } || Set(values).count > 1
      if isDerived, !listed.contains(key) {
        members.set(key, JSONMembers.array(program.map { values[$0] }, level: level + 1), behind: Self.count)
      }
      for pattern in patterns { members[pattern] = nil }
    }
    write(
      "layer_types", blocks.map { $0.attention.window == nil ? #""full_attention""# : #""sliding_attention""# },
      instead: Self.windowPatterns)
    write("no_rope_layers", blocks.map { $0.attention.rope == nil ? "0" : "1" }, instead: Self.rotationPatterns)
  }

  /// True for lists whose length has nothing to do with blocks, but may be the same.
  private static func isNoList(_ key: String) -> Bool {
    ["architectures", "keys_to_ignore_at_inference"].containsBytes(of: key)
      || ["_token_id", "_token_ids", "_tokens"].contains { key.utf8.reversed().starts(with: $0.utf8.reversed()) }
  }
}
