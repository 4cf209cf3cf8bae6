/// Linear layers over the rows of a batch: ``BatchLinear`` for texts and prompts, ``DecodeLinear`` for a step of
/// decoding.
///
/// An implementation releases the pages of weights that will not be needed soon.
protocol LinearBackend {
  /// Computes `input · weightᵀ + bias` of each operation and passes the result to its epilogue tile by tile.
  func multiply(_ input: ActivationMatrix, _ rows: RowLayout, _ operations: [LinearOperation]) throws
  /// Computes `output = activation(input · gateᵀ) · (input · upᵀ)`, the first half of a gated MLP.
  func multiplyGated(
    _ input: ActivationMatrix, _ rows: RowLayout, gate: ModelWeights.Linear, up: ModelWeights.Linear,
    _ activation: GateActivation, into output: ActivationMatrix
  ) throws
}
