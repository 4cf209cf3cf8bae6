/// Linear layers over the rows of a batch: ``BatchLinear`` for texts and prompts, ``DecodeLinear`` for a step of decoding.
///
/// Pages of weights that will not be needed soon are given back by whoever multiplies with them.
protocol LinearBackend {
  /// `input · weightᵀ + bias` of each operation, handed on tile by tile.
  func multiply(_ input: ActivationMatrix, _ rows: RowLayout, _ operations: [LinearOperation]) throws
  /// `output = activation(input · gateᵀ) · (input · upᵀ)`, the first half of a gated MLP.
  func multiplyGated(
    _ input: ActivationMatrix, _ rows: RowLayout, gate: ModelWeights.Linear, up: ModelWeights.Linear,
    _ activation: GateActivation, into output: ActivationMatrix
  ) throws
}
