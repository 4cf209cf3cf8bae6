import Foundation
import LlamaCore

/// Checkpoints of random weights in the shapes of published models, for tests of speed and memory without a download.
package struct RandomCheckpoint: Sendable {
  /// Name of the shape, as used in requests.
  package let name: String
  package let vocabularySize, hiddenSize, intermediateSize, headCount, keyValueHeadCount: Int
  /// Number of blocks; by default that of the published model.
  package var layerCount: Int
  package let headDimension, maximumPositions: Int
  package let theta: Double
  package let normEpsilon: Double
  /// Llama 3.1's RoPE scaling factor; nil for other models.
  package let llama3Factor: Int?
  package let tiedEmbeddings: Bool

  private init(
    _ name: String, vocabulary: Int, hidden: Int, intermediate: Int, layers: Int, heads: Int, keyValueHeads: Int,
    headDimension: Int, positions: Int, theta: Double, epsilon: Double = 1e-5, llama3Factor: Int? = nil, tied: Bool
  ) {
    self.name = name
    vocabularySize = vocabulary
    hiddenSize = hidden
    intermediateSize = intermediate
    layerCount = layers
    headCount = heads
    keyValueHeadCount = keyValueHeads
    self.headDimension = headDimension
    maximumPositions = positions
    self.theta = theta
    normEpsilon = epsilon
    self.llama3Factor = llama3Factor
    tiedEmbeddings = tied
  }

  /// All available shapes, smallest first.
  package static let all: [RandomCheckpoint] = [
    RandomCheckpoint(
      "tiny", vocabulary: 512, hidden: 64, intermediate: 160, layers: 4, heads: 4, keyValueHeads: 2, headDimension: 16,
      positions: 2048, theta: 10_000, tied: true),
    RandomCheckpoint(
      "smollm-135m", vocabulary: 49152, hidden: 576, intermediate: 1536, layers: 30, heads: 9, keyValueHeads: 3,
      headDimension: 64, positions: 2048, theta: 10_000, tied: true),
    RandomCheckpoint(
      "tinyllama-1.1b", vocabulary: 32000, hidden: 2048, intermediate: 5632, layers: 22, heads: 32, keyValueHeads: 4,
      headDimension: 64, positions: 2048, theta: 10_000, tied: false),
    RandomCheckpoint(
      "llama-3.2-1b", vocabulary: 128256, hidden: 2048, intermediate: 8192, layers: 16, heads: 32, keyValueHeads: 8,
      headDimension: 64, positions: 131072, theta: 500_000, llama3Factor: 32, tied: true),
    RandomCheckpoint(
      "llama-3.2-3b", vocabulary: 128256, hidden: 3072, intermediate: 8192, layers: 28, heads: 24, keyValueHeads: 8,
      headDimension: 128, positions: 131072, theta: 500_000, llama3Factor: 32, tied: true),
    RandomCheckpoint(
      "llama-2-7b", vocabulary: 32000, hidden: 4096, intermediate: 11008, layers: 32, heads: 32, keyValueHeads: 32,
      headDimension: 128, positions: 4096, theta: 10_000, tied: false),
    RandomCheckpoint(
      "llama-3.1-8b", vocabulary: 128256, hidden: 4096, intermediate: 14336, layers: 32, heads: 32, keyValueHeads: 8,
      headDimension: 128, positions: 131072, theta: 500_000, llama3Factor: 8, tied: false),
    RandomCheckpoint(
      "llama-2-13b", vocabulary: 32000, hidden: 5120, intermediate: 13824, layers: 40, heads: 40, keyValueHeads: 40,
      headDimension: 128, positions: 4096, theta: 10_000, tied: false),
    RandomCheckpoint(
      "llama-3.1-70b", vocabulary: 128256, hidden: 8192, intermediate: 28672, layers: 80, heads: 64, keyValueHeads: 8,
      headDimension: 128, positions: 131072, theta: 500_000, llama3Factor: 8, tied: false),
  ]

  /// Specification of the model.
  var spec: ModelSpec {
    let norm = NormSpec(epsilon: normEpsilon)
    let attention = AttentionSpec(
      headCount: headCount, keyValueHeadCount: keyValueHeadCount, headDimension: headDimension)
    let block = BlockSpec(attention: attention, mlp: MLPSpec(intermediateSize: intermediateSize), preNorm: norm)
    return ModelSpec(
      family: Llama.modelType, names: Llama.names, vocabularySize: vocabularySize, hiddenSize: hiddenSize,
      maximumPositions: maximumPositions, blocks: Array(repeating: block, count: layerCount), finalNorm: norm,
      tiedEmbeddings: tiedEmbeddings)
  }

  /// Tensors in file order, grouped by block.
  package var tensors: [(name: String, shape: [Int])] { spec.tensors.map { ($0.name, $0.shape) } }

  /// Size of the bf16 weights in bytes.
  package var byteCount: Int { tensors.reduce(0) { $0 + 2 * $1.shape.reduce(1, *) } }

  /// `config.json` with the keys of transformers 4, which all versions read.
  package var configuration: String {
    let scaling =
      llama3Factor.map {
        """
        {"factor": \($0).0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"}
        """
      } ?? "null"
    return """
      {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": false,
        "bos_token_id": \(RandomTokenizer.beginOfText),
        "head_dim": \(headDimension),
        "hidden_act": "silu",
        "hidden_size": \(hiddenSize),
        "intermediate_size": \(intermediateSize),
        "max_position_embeddings": \(maximumPositions),
        "mlp_bias": false,
        "model_type": "llama",
        "num_attention_heads": \(headCount),
        "num_hidden_layers": \(layerCount),
        "num_key_value_heads": \(keyValueHeadCount),
        "rms_norm_eps": \(normEpsilon),
        "rope_scaling": \(scaling),
        "rope_theta": \(theta),
        "tie_word_embeddings": \(tiedEmbeddings),
        "torch_dtype": "bfloat16",
        "vocab_size": \(vocabularySize)
      }

      """
  }
}
