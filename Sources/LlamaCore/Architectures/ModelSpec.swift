/// A decoder-only transformer as data: everything the forward pass needs to know about a model. A family is a file that
/// makes a `ModelSpec` from `config.json`, such as `Llama`.
public struct ModelSpec: Sendable, Equatable {
  /// The family, `model_type` in the configuration.
  public let family: String
  /// Names of the model's tensors.
  let names: TensorNames
  /// Number of rows of the embedding.
  public var vocabularySize: Int
  /// Width `D` of the residual stream.
  public var hiddenSize: Int
  /// Maximum length of a text the model supports, in tokens.
  public var maximumPositions: Int
  /// The blocks, in order.
  public var blocks: [BlockSpec]
  /// The norm between the last block and the unembedding.
  public var finalNorm: NormSpec
  /// Factor applied to token embeddings before they enter the residual stream.
  public var embeddingMultiplier: Float
  /// Factor applied to the logits.
  public var logitMultiplier: Float
  /// Soft cap `c`, which maps a logit to `c · tanh(logit / c)` after the multiplier; nil for none.
  public var logitSoftCap: Float?
  /// True if the unembedding shares the weights of the embedding.
  public var tiedEmbeddings: Bool
  /// Element type named by the configuration (`dtype` or `torch_dtype`); informational only.
  public var dtype: String?

  package init(
    family: String, names: TensorNames, vocabularySize: Int, hiddenSize: Int, maximumPositions: Int,
    blocks: [BlockSpec], finalNorm: NormSpec, embeddingMultiplier: Float = 1, logitMultiplier: Float = 1,
    logitSoftCap: Float? = nil, tiedEmbeddings: Bool, dtype: String? = nil
  ) {
    (self.family, self.names) = (family, names)
    (self.vocabularySize, self.hiddenSize) = (vocabularySize, hiddenSize)
    self.maximumPositions = maximumPositions
    (self.blocks, self.finalNorm) = (blocks, finalNorm)
    (self.embeddingMultiplier, self.logitMultiplier) = (embeddingMultiplier, logitMultiplier)
    self.logitSoftCap = logitSoftCap
    (self.tiedEmbeddings, self.dtype) = (tiedEmbeddings, dtype)
  }
}

/// One block as data: `A = attention(norm(X))`, `M = mlp(norm(X + A))`, each with its optional post-norm and multiplier
/// before the residual addition.
public struct BlockSpec: Sendable, Equatable {
  /// The attention sublayer.
  public var attention: AttentionSpec
  /// The MLP sublayer.
  public var mlp: MLPSpec
  /// Norm of the input of attention and MLP; nil if they read the stream directly.
  public var preNorm: NormSpec?
  /// Norm of the output of attention and MLP before the residual addition; nil for none.
  public var postNorm: NormSpec?
  /// Factor applied to the output of attention and MLP before the residual addition.
  public var residualMultiplier: Float
  /// Changes of the block; nil in the model as it is in its checkpoint.
  public var edit: BlockEdit?

  public init(
    attention: AttentionSpec, mlp: MLPSpec, preNorm: NormSpec? = nil, postNorm: NormSpec? = nil,
    residualMultiplier: Float = 1, edit: BlockEdit? = nil
  ) {
    (self.attention, self.mlp) = (attention, mlp)
    (self.preNorm, self.postNorm) = (preNorm, postNorm)
    (self.residualMultiplier, self.edit) = (residualMultiplier, edit)
  }
}

/// RMSNorm (Zhang & Sennrich 2019): `x / √(mean(x²) + ε) · (offset + weight)`.
public struct NormSpec: Sendable, Equatable {
  /// ε, inside the root.
  public var epsilon: Double
  /// 1 if a weight of 0 is the identity (Gemma), otherwise 0.
  public var weightOffset: Float

  public init(epsilon: Double, weightOffset: Float = 0) { (self.epsilon, self.weightOffset) = (epsilon, weightOffset) }
}

/// Causal grouped-query attention (Ainslie et al. 2023).
public struct AttentionSpec: Sendable, Equatable {
  /// Number of query heads.
  public var headCount: Int
  /// Number of key/value heads; each serves `headCount / keyValueHeadCount` query heads.
  public var keyValueHeadCount: Int
  /// Width of one head.
  public var headDimension: Int
  /// Scale of `q·k`; nil for `1 / √headDimension`.
  public var scale: Float?
  /// Soft cap `c`, which maps a score to `c · tanh(score / c)`; nil for none.
  public var softCap: Float?
  /// Sliding window: a token attends to itself and the `window - 1` tokens before it; nil for all earlier tokens.
  public var window: Int?
  /// Rotary position embedding; nil for none.
  public var rope: RotaryParameters?
  /// Norm of queries and keys before the rotation; nil for none.
  public var queryKeyNorm: QueryKeyNorm?
  /// The projections that have biases.
  public var biases: AttentionBiases

  public init(
    headCount: Int, keyValueHeadCount: Int, headDimension: Int, scale: Float? = nil, softCap: Float? = nil,
    window: Int? = nil, rope: RotaryParameters? = nil, queryKeyNorm: QueryKeyNorm? = nil, biases: AttentionBiases = []
  ) {
    (self.headCount, self.keyValueHeadCount, self.headDimension) = (headCount, keyValueHeadCount, headDimension)
    (self.scale, self.softCap, self.window) = (scale, softCap, window)
    (self.rope, self.queryKeyNorm, self.biases) = (rope, queryKeyNorm, biases)
  }

  /// Width of all query heads.
  public var queryWidth: Int { headCount * headDimension }
  /// Width of all key or value heads.
  public var keyValueWidth: Int { keyValueHeadCount * headDimension }
  /// Number of query heads that share one key/value head.
  public var queryGroupSize: Int { headCount / keyValueHeadCount }
}

/// A norm of queries and keys, each with its own weight.
public enum QueryKeyNorm: Sendable, Equatable {
  /// Each head is normalized separately, all with the same weight of the head dimension.
  case perHead(NormSpec)
  /// All heads of a token are normalized together.
  case perToken(NormSpec)
}

/// Attention projections that have biases.
public struct AttentionBiases: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let query = AttentionBiases(rawValue: 1)
  public static let key = AttentionBiases(rawValue: 2)
  public static let value = AttentionBiases(rawValue: 4)
  public static let output = AttentionBiases(rawValue: 8)
  public static let all: AttentionBiases = [.query, .key, .value, .output]
}

/// The gated MLP (Shazeer 2020): `down(activation(gate(x)) · up(x))`.
public struct MLPSpec: Sendable, Equatable {
  /// Width of the inner layer.
  public var intermediateSize: Int
  /// Nonlinearity applied to the gate.
  public var activation: GateActivation
  /// True if the gate, up and down projections have biases.
  public var hasBiases: Bool

  public init(intermediateSize: Int, activation: GateActivation = .silu, hasBiases: Bool = false) {
    (self.intermediateSize, self.activation, self.hasBiases) = (intermediateSize, activation, hasBiases)
  }
}

/// The nonlinearity of a gated MLP. The raw value is `hidden_act` in transformers.
public enum GateActivation: String, Sendable {
  /// `g / (1 + exp(-g))`.
  case silu
  /// `g/2 · (1 + tanh(√(2/π) · (g + 0.044715 g³)))`.
  case geluTanh = "gelu_pytorch_tanh"
}

extension ModelSpec {
  /// Number of blocks, `L`.
  public var layerCount: Int { blocks.count }

  /// Maximum widths over all blocks, for buffers shared by them.
  var widest: (query: Int, keyValue: Int, intermediate: Int, input: Int) {
    let query = blocks.map(\.attention.queryWidth).max() ?? 0
    let intermediate = blocks.map(\.mlp.intermediateSize).max() ?? 0
    return (
      query, blocks.map(\.attention.keyValueWidth).max() ?? 0, intermediate, max(hiddenSize, intermediate, query)
    )
  }
}
