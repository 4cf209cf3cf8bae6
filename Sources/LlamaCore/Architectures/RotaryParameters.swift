/// How rotary embeddings derive their frequencies (Su et al. 2021).
public struct RotaryParameters: Sendable, Hashable {
  /// A change of the frequencies for longer contexts.
  public enum Scaling: Sendable, Hashable {
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
