/// Parameters of rotary position embeddings (Su et al. 2021), from which the frequencies derive.
public struct RotaryParameters: Sendable, Hashable {
  /// Scaling of the frequencies for longer contexts.
  public enum Scaling: Sendable, Hashable {
    /// None.
    case `default`
    /// All frequencies divided by `factor`.
    case linear(factor: Double)
    /// Llama 3.1: low frequencies are divided by `factor`, high ones kept, those between interpolated.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int)
  }

  /// Base of the frequencies, `rope_theta`.
  public let theta: Double
  /// Scaling of the frequencies.
  public let scaling: Scaling

  /// Creates parameters with base `theta`.
  public init(theta: Double, scaling: Scaling) {
    self.theta = theta
    self.scaling = scaling
  }
}
