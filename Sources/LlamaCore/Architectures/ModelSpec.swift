/// A decoder-only transformer as data: all that the forward pass asks about a model. A family is a file that makes one of
/// these from `config.json`, such as ``Llama``.
public struct ModelSpec: Sendable, Equatable {
  /// The family, `model_type` in the configuration.
  public let family: String
  /// What its tensors are called.
  let names: TensorNames
  /// Rows of the embedding.
  public var vocabularySize: Int
  /// Width `D` of the residual stream.
  public var hiddenSize: Int
  /// The longest text the model was made for, in tokens.
  public var maximumPositions: Int
  /// The blocks, in their order.
  public var blocks: [BlockSpec]
  /// The norm between the last block and the unembedding.
  public var finalNorm: NormSpec
  /// What a token's embedding is multiplied with on its way into the stream.
  public var embeddingMultiplier: Float
  /// What logits are multiplied with.
  public var logitMultiplier: Float
  /// `c` where logits become `c · tanh(logit / c)`, after the multiplier.
  public var logitSoftCap: Float?
  /// True where the unembedding is the embedding.
  public var tiedEmbeddings: Bool
  /// The element type the configuration names (`dtype` or `torch_dtype`), for information.
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

/// One block as data: `A = attention(norm(X))`, `M = mlp(norm(X + A))`, each after what else happens to it before it is added.
public struct BlockSpec: Sendable, Equatable {
  /// How tokens exchange what they know.
  public var attention: AttentionSpec
  /// What happens to each token by itself.
  public var mlp: MLPSpec
  /// The norm of what attention and MLP read; nil where they read the stream as it is.
  public var preNorm: NormSpec?
  /// The norm of what they put out, before it is added to the stream; nil where there is none.
  public var postNorm: NormSpec?
  /// What they put out is multiplied with this before it is added to the stream.
  public var residualMultiplier: Float

  public init(
    attention: AttentionSpec, mlp: MLPSpec, preNorm: NormSpec? = nil, postNorm: NormSpec? = nil,
    residualMultiplier: Float = 1
  ) {
    (self.attention, self.mlp) = (attention, mlp)
    (self.preNorm, self.postNorm) = (preNorm, postNorm)
    self.residualMultiplier = residualMultiplier
  }
}

/// RMSNorm (Zhang & Sennrich 2019): `x / √(mean(x²) + ε) · (offset + weight)`.
public struct NormSpec: Sendable, Equatable {
  /// ε, inside the root.
  public var epsilon: Double
  /// 1 where a weight of 0 leaves things as they are (Gemma), otherwise 0.
  public var weightOffset: Float

  public init(epsilon: Double, weightOffset: Float = 0) { (self.epsilon, self.weightOffset) = (epsilon, weightOffset) }
}

/// Causal attention of grouped heads (Ainslie et al. 2023).
public struct AttentionSpec: Sendable, Equatable {
  /// Number of query heads.
  public var headCount: Int
  /// Number of key/value heads; each serves `headCount / keyValueHeadCount` query heads.
  public var keyValueHeadCount: Int
  /// Width of one head.
  public var headDimension: Int
  /// What `q·k` is multiplied with; nil for `1 / √headDimension`.
  public var scale: Float?
  /// `c` where a score becomes `c · tanh(score / c)`.
  public var softCap: Float?
  /// A token sees itself and so many less one before it; nil where it sees all.
  public var window: Int?
  /// How positions are turned into rotations; nil where they are not.
  public var rope: RotaryParameters?
  /// The norm of queries and keys before they are rotated.
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

  /// Width of all query heads together.
  public var queryWidth: Int { headCount * headDimension }
  /// Width of all key or value heads together.
  public var keyValueWidth: Int { keyValueHeadCount * headDimension }
  /// Query heads that share a head of keys and values.
  public var queryGroupSize: Int { headCount / keyValueHeadCount }
}

/// A norm of queries and keys, each with a weight of its own.
public enum QueryKeyNorm: Sendable, Equatable {
  /// Head by head, all with the same weight of the head dimension.
  case perHead(NormSpec)
  /// All heads of a token together.
  case perToken(NormSpec)
}

/// Projections of attention that have biases.
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
  /// What becomes of the gate.
  public var activation: GateActivation
  /// True where the gate, up and down projections have biases.
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
  /// Parameters of the model, a tied unembedding counted once.
  public var parameterCount: Int { tensors.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  /// Widths that buffers for all blocks must have.
  var widest: (query: Int, keyValue: Int, intermediate: Int, input: Int) {
    let query = blocks.map(\.attention.queryWidth).max() ?? 0
    let intermediate = blocks.map(\.mlp.intermediateSize).max() ?? 0
    return (
      query, blocks.map(\.attention.keyValueWidth).max() ?? 0, intermediate, max(hiddenSize, intermediate, query)
    )
  }
}
