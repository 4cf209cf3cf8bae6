import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct ConfigurationTests {
  /// A configuration that is right, as JSON members that a test may replace.
  private static let valid: [String: String] = [
    "model_type": "\"llama\"", "hidden_size": "64", "intermediate_size": "160", "num_hidden_layers": "2",
    "num_attention_heads": "4", "vocab_size": "100",
  ]

  private func parse(_ changes: [String: String], without missing: String? = nil) throws -> ModelSpec {
    let folder = try TemporaryFolder()
    var members = Self.valid
    for (key, value) in changes { members[key] = value }
    if let missing { members[missing] = nil }
    let text = members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",\n")
    try folder.write("{\(text)}", to: "config.json")
    return try ModelSpec(contentsOf: folder.url)
  }

  @Test func `absent keys have the defaults of transformers`() throws {
    let spec = try parse([:])
    #expect(spec.maximumPositions == 2048)
    #expect(!spec.tiedEmbeddings)
    #expect(spec.finalNorm == NormSpec(epsilon: 1e-6))
    #expect(spec.layerCount == 2)
    for block in spec.blocks {
      let attention = block.attention
      #expect(attention.keyValueHeadCount == 4)
      #expect(attention.headDimension == 16)
      #expect(attention.rope == RotaryParameters(theta: 10_000, scaling: .default))
      #expect(attention.biases.isEmpty)
      #expect(attention.window == nil)
      #expect(attention.softCap == nil)
      #expect(block.mlp == MLPSpec(intermediateSize: 160))
      #expect(block.preNorm == spec.finalNorm)
      #expect(block.postNorm == nil)
      #expect(block.residualMultiplier == 1)
    }
  }

  @Test func `the shape of Llama 3_2 3B is read, and its parameters are counted`() throws {
    let spec = try parse([
      "vocab_size": "128256", "hidden_size": "3072", "intermediate_size": "8192", "num_hidden_layers": "28",
      "num_attention_heads": "24", "num_key_value_heads": "8", "head_dim": "128", "max_position_embeddings": "131072",
      "rms_norm_eps": "1e-05", "tie_word_embeddings": "true", "rope_theta": "500000.0",
      "rope_scaling": """
      {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
      "rope_type": "llama3"}
      """,
    ])
    try checkLlama3B(spec)
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `the real configuration of Llama 3_2 3B is read`() throws {
    let folder = Repository.shared.appending(path: "conformance/models/llama-3.2-3b-config")
    try checkLlama3B(ModelSpec(contentsOf: folder))
  }

  private func checkLlama3B(_ spec: ModelSpec) throws {
    #expect(spec.layerCount == 28)
    #expect(spec.hiddenSize == 3072)
    let attention = try #require(spec.blocks.first?.attention)
    #expect(attention.headDimension == 128)
    #expect(attention.keyValueHeadCount == 8)
    #expect(spec.parameterCount == 3_212_749_824)
    let scaling = RotaryParameters.Scaling.llama3(
      factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192)
    #expect(spec.blocks.allSatisfy { $0.attention.rope == RotaryParameters(theta: 500_000, scaling: scaling) })
  }

  @Test func `both key styles say the same`() throws {
    let old = try parse(["rope_theta": "5e5", "rope_scaling": #"{"type": "linear", "factor": 4.0}"#])
    let new = try parse(["rope_parameters": #"{"rope_type": "linear", "factor": 4.0, "rope_theta": 500000.0}"#])
    #expect(old == new)
    #expect(new.blocks.first?.attention.rope == RotaryParameters(theta: 500_000, scaling: .linear(factor: 4)))
  }

  @Test(arguments: [
    ("model_type", "\"qwen2\"", "model_type: \"qwen2\" is not supported, expected llama"),
    ("hidden_act", "\"gelu\"", "hidden_act: \"gelu\" is not supported, expected silu"),
    ("rope_scaling", #"{"rope_type": "yarn", "factor": 2.0}"#, "rope_scaling.rope_type: \"yarn\" is not supported"),
    ("rope_scaling", #"{"type": "dynamic", "factor": 2.0}"#, "rope_scaling.type: \"dynamic\" is not supported"),
    ("rope_scaling", #"{"type": "linear"}"#, "rope_scaling.factor: expected a number"),
    ("rope_scaling", #"{"type": "linear", "factor": 0}"#, "rope_scaling.factor: expected a number"),
    ("rope_scaling", "4", "rope_scaling: expected an object, found the integer 4"),
    ("rope_parameters", #"{"full_attention": {}}"#, "rope_parameters.full_attention: unknown key"),
    ("quantization_config", "{}", "quantization_config: quantized weights are not supported"),
    ("partial_rotary_factor", "0.5", "partial_rotary_factor: \"the number 0.5\" is not supported"),
    ("hidden_size", "0", "hidden_size: expected an integer from 1 to 1048576, found the integer 0"),
    ("hidden_size", "-64", "hidden_size: expected an integer from 1 to 1048576, found the integer -64"),
    ("hidden_size", "64.5", "hidden_size: expected an integer from 1 to 1048576, found the number 64.5"),
    ("hidden_size", "1e30", "hidden_size: expected an integer from 1 to 1048576"),
    ("hidden_size", "99999999999", "hidden_size: expected an integer from 1 to 1048576"),
    ("hidden_size", "66", "hidden_size: expected a multiple of num_attention_heads 4, found 66"),
    ("num_hidden_layers", "\"2\"", "num_hidden_layers: expected an integer from 1 to 10000, found the string \"2\""),
    ("num_key_value_heads", "3", "num_attention_heads: expected a multiple of num_key_value_heads 3, found 4"),
    ("head_dim", "15", "head_dim: expected an even number, found 15"),
    ("rms_norm_eps", "-1", "rms_norm_eps: expected a number from 0.0 to 1.0, found the integer -1"),
    ("rms_norm_eps", "NaN", "expected a value, found 'N'"),
    ("attention_bias", "1", "attention_bias: expected true or false, found the integer 1"),
  ])
  func `what is not supported or impossible is refused by name`(key: String, value: String, message: String) {
    let error = #expect(throws: FileError.self) { try parse([key: value]) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("config.json") == true)
  }

  @Test(arguments: valid.keys.sorted())
  func `a missing dimension is refused`(key: String) {
    let error = #expect(throws: FileError.self) { try parse([:], without: key) }
    #expect(error?.description.contains("\(key): expected") == true)
    #expect(error?.description.hasSuffix("found nothing") == true)
  }
}
