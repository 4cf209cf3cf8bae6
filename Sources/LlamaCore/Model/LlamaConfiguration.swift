import Foundation

/// The shape of a Llama-family model, as its `config.json` states it.
public struct LlamaConfiguration: Sendable, Equatable {
  /// Rows of the embedding.
  public let vocabularySize: Int
  /// Width `D` of the residual stream.
  public let hiddenSize: Int
  /// Width of the MLP's inner layer.
  public let intermediateSize: Int
  /// Number of blocks, `L`.
  public let layerCount: Int
  /// Number of query heads.
  public let headCount: Int
  /// Number of key/value heads; each serves `headCount / keyValueHeadCount` query heads.
  public let keyValueHeadCount: Int
  /// Width of one head.
  public let headDimension: Int
  /// The longest text the model was made for, in tokens.
  public let maximumPositions: Int
  /// Epsilon of every RMSNorm.
  public let normEpsilon: Double
  /// How positions are turned into rotations.
  public let rope: RotaryParameters
  /// True where the query, key, value and output projections have biases.
  public let attentionBias: Bool
  /// True where the gate, up and down projections have biases.
  public let mlpBias: Bool
  /// True where the unembedding is the embedding.
  public let tiedEmbeddings: Bool
  /// The element type the configuration names (`dtype` or `torch_dtype`), for information.
  public let type: String?

  /// Width of all query heads together.
  public var queryWidth: Int { headCount * headDimension }
  /// Width of all key or value heads together.
  public var keyValueWidth: Int { keyValueHeadCount * headDimension }

  /// Parameters of the model, a tied unembedding counted once.
  public var parameterCount: Int {
    let attention = 2 * hiddenSize * queryWidth + 2 * hiddenSize * keyValueWidth
    let attentionBiases = attentionBias ? queryWidth + 2 * keyValueWidth + hiddenSize : 0
    let mlp = 3 * hiddenSize * intermediateSize
    let mlpBiases = mlpBias ? 2 * intermediateSize + hiddenSize : 0
    let block = attention + attentionBiases + mlp + mlpBiases + 2 * hiddenSize
    return layerCount * block + (tiedEmbeddings ? 1 : 2) * vocabularySize * hiddenSize + hiddenSize
  }
}

/// How rotary embeddings derive their frequencies (Su et al. 2021).
public struct RotaryParameters: Sendable, Equatable {
  /// A change of the frequencies for longer contexts.
  public enum Scaling: Sendable, Equatable {
    /// None.
    case `default`
    /// All frequencies divided by `factor`.
    case linear(factor: Double)
    /// Llama 3.1's: low frequencies divided by `factor`, high ones kept, those between interpolated.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
  }

  /// The base of the frequencies, `rope_theta`.
  public let theta: Double
  /// Their scaling.
  public let scaling: Scaling

  /// Frequencies of base `theta`, scaled.
  public init(theta: Double, scaling: Scaling) {
    self.theta = theta
    self.scaling = scaling
  }
}
