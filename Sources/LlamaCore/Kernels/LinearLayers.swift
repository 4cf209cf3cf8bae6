/// Who computes linear layers: ``Matmul`` for a wave, ``VectorMatmul`` for a step of decoding.
protocol LinearLayers {
  /// Multiplies `input` with each job's weight and hands the products on.
  func multiply(_ input: Operand, _ rows: Matmul.Rows, _ jobs: [Matmul.Job]) throws
  /// `output = SiLU(input · gateᵀ) · (input · upᵀ)`, the first half of Llama's MLP.
  func multiplyGated(
    _ input: Operand, _ rows: Matmul.Rows, gate: LlamaWeights.Projection, up: LlamaWeights.Projection,
    into output: Operand
  ) throws
}
