import Foundation
import Foundations
import LlamaCore
import Testing

/// Configurations of other blocks, in the keys of transformers' families.
@Suite struct PrunedConfigurationTests {
  /// Four blocks, of which those of `windowed` have a window and those of `still` no rotation.
  private func blocks(windowed: Set<Int> = [], still: Set<Int> = []) -> [BlockSpec] {
    (0..<4).map { layer in
      BlockSpec(
        attention: AttentionSpec(
          headCount: 2, keyValueHeadCount: 1, headDimension: 4, window: windowed.contains(layer) ? 8 : nil,
          rope: still.contains(layer) ? nil : RotaryParameters(theta: 10_000, scaling: .default)),
        mlp: MLPSpec(intermediateSize: 8))
    }
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8).span) }

  private func rewritten(_ source: String, _ blocks: [BlockSpec], _ program: [Int]) throws -> JSONValue {
    try json(PrunedConfiguration(blocks: blocks, program: program).text(of: Array(source.utf8)))
  }

  /// Members of a configuration with four blocks, and what they become for the program 0, 3, 3, 1.
  private static let lists: [(before: String, after: String)] = [
    (#""layer_types": ["a", "b", "c", "d"]"#, #""layer_types": ["a", "d", "d", "b"]"#),
    (#""no_rope_layers": [1, 1, 1, 0]"#, #""no_rope_layers": [1, 0, 0, 1]"#),
    // Gemma 3n, OpenELM: whatever has an entry for each block.
    (#""intermediate_size": [8, 16, 24, 32]"#, #""intermediate_size": [8, 32, 32, 16]"#),
    (
      #""activation_sparsity_pattern": [0.95, 0.9, 0.0, 0.10]"#,
      #""activation_sparsity_pattern": [0.95, 0.10, 0.10, 0.9]"#
    ),
    (#""cache": [[1], {"a": 2}, null, "x"]"#, #""cache": [[1], "x", "x", {"a": 2}]"#),
    // No lists of blocks, whatever their length.
    (#""architectures": ["A", "B", "C", "D"]"#, #""architectures": ["A", "B", "C", "D"]"#),
    (#""eos_token_id": [1, 2, 3, 4]"#, #""eos_token_id": [1, 2, 3, 4]"#),
    (#""suppress_tokens": [1, 2, 3, 4]"#, #""suppress_tokens": [1, 2, 3, 4]"#),
    (#""keys_to_ignore_at_inference": ["a", "b", "c", "d"]"#, #""keys_to_ignore_at_inference": ["a", "b", "c", "d"]"#),
    (#""three": [1, 2, 3]"#, #""three": [1, 2, 3]"#),
    (#""rope_scaling": {"long_factor": [1, 2, 3, 4]}"#, #""rope_scaling": {"long_factor": [1, 2, 3, 4]}"#),
  ]

  @Test(arguments: lists.indices)
  func `a list with an entry for each block has one for each place, and other lists stay`(index: Int) throws {
    let (before, after) = Self.lists[index]
    let found = try rewritten(#"{"num_hidden_layers": 4, \#(before)}"#, blocks(), [0, 3, 3, 1])
    #expect(try found == json(#"{"num_hidden_layers": 4, \#(after)}"#))
  }

  @Test(arguments: lists.indices)
  func `so it is in text_config, while a vision model's blocks are not ours`(index: Int) throws {
    let (before, after) = Self.lists[index]
    let vision = #""vision_config": {"num_hidden_layers": 4, "layer_types": [1, 2, 3, 4]}"#
    let found = try rewritten(
      #"{"text_config": {"num_hidden_layers": 4, \#(before)}, \#(vision)}"#, blocks(), [0, 3, 3, 1])
    #expect(try found == json(#"{"text_config": {"num_hidden_layers": 4, \#(after)}, \#(vision)}"#))
  }

  struct Family: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var windowed: Set<Int> = []
    var still: Set<Int> = []
    let before, after: String
  }

  static let families = [
    Family(
      testDescription: "gemma2: alternates without a key", windowed: [0, 2], before: #""sliding_window": 8"#,
      after: #""sliding_window": 8, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]"#),
    Family(
      testDescription: "gemma3: every so many", windowed: [0, 1, 2],
      before: #""sliding_window": 8, "sliding_window_pattern": 4, "_sliding_window_pattern": 4"#,
      after: #""sliding_window": 8, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]"#),
    Family(
      testDescription: "gemma3: list and pattern", windowed: [0, 1, 2],
      before: #""_sliding_window_pattern": 4, "layer_types": ["sliding_attention", "x", "y", "full_attention"]"#,
      after: #""layer_types": ["sliding_attention", "full_attention", "y"]"#),
    Family(
      testDescription: "a list that is null", windowed: [0, 2], before: #""layer_types": null"#,
      after: #""layer_types": ["sliding_attention", "full_attention", "sliding_attention"]"#),
    Family(
      testDescription: "qwen2: from a block on", windowed: [2, 3],
      before: #""max_window_layers": 2, "use_sliding_window": true"#,
      after:
        #""use_sliding_window": true, "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]"#),
    Family(
      testDescription: "qwen2: a number without windows",
      before: #""max_window_layers": 28, "use_sliding_window": false"#,
      after: #""use_sliding_window": false, "layer_types": ["full_attention", "full_attention", "full_attention"]"#),
    Family(
      testDescription: "smollm3: every so many", still: [3], before: #""no_rope_layer_interval": 4"#,
      after: #""no_rope_layers": [1, 0, 1]"#),
    Family(
      testDescription: "smollm3: without a key", still: [3], before: #""a": 1"#,
      after: #""a": 1, "no_rope_layers": [1, 0, 1]"#),
    Family(
      testDescription: "smollm3: both", still: [3],
      before: #""no_rope_layer_interval": 4, "no_rope_layers": [1, 1, 1, 0]"#, after: #""no_rope_layers": [1, 0, 1]"#),
    Family(
      testDescription: "mistral: the same window everywhere", windowed: [0, 1, 2, 3], before: #""sliding_window": 8"#,
      after: #""sliding_window": 8"#),
    Family(testDescription: "llama", before: #""hidden_act": "silu""#, after: #""hidden_act": "silu""#),
  ]

  @Test(arguments: families)
  func `patterns become lists that say what each block is`(family: Family) throws {
    let found = try rewritten(
      #"{"num_hidden_layers": 4, \#(family.before)}"#, blocks(windowed: family.windowed, still: family.still),
      [0, 3, 2])
    #expect(try found == json(#"{"num_hidden_layers": 3, \#(family.after)}"#))
  }

  @Test func `what does not depend on blocks keeps its order and its text`() throws {
    let source = """
      {
        "z": 9.999999747378752e-06,
        "num_hidden_layers": 4,
        "sliding_window_pattern": 2,
        "a": {"b":  [1,2, 3, 4]},
        "m": 1e5
      }

      """
    let expected = """
      {
        "z": 9.999999747378752e-06,
        "num_hidden_layers": 2,
        "layer_types": [
          "sliding_attention",
          "full_attention"
        ],
        "a": {"b":  [1,2, 3, 4]},
        "m": 1e5
      }

      """
    let rewriting = PrunedConfiguration(blocks: blocks(windowed: [0, 2]), program: [2, 1])
    #expect(try rewriting.text(of: Array(source.utf8)) == expected)
  }

  @Test(arguments: ["[]", "{", #"{"a": 1, "a": 2}"#, #"{"text_config": {"a": 1, "a": 2}}"#])
  func `a configuration that is none is refused`(text: String) {
    #expect(throws: JSONError.self) {
      try PrunedConfiguration(blocks: blocks(), program: [0]).text(of: Array(text.utf8))
    }
  }
}
