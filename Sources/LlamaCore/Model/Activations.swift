/// The buffers a wave's activations live in, allocated once for a run's largest wave.
struct Activations {
  /// `[rows, hiddenSize]`: the residual stream before the block, `X`.
  var residual: FloatBuffer
  /// `[rows, hiddenSize]`: `X + A` after attention, `Y` after the MLP.
  var next: FloatBuffer
  /// `[rows, hiddenSize]`: the attention output, `A`.
  let attention: FloatBuffer
  /// `[rows, hiddenSize]`: the MLP output, `M`.
  let mlp: FloatBuffer
  /// `[rows, hiddenSize]`: the normalized stream, input of the projections.
  let normed: FloatBuffer
  /// `[rows, queryWidth]`: the queries.
  let query: FloatBuffer
  /// `[rows, queryWidth]`: the heads' outputs.
  let heads: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let key: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let value: FloatBuffer
  /// `[rows, intermediateSize]`: the gate projection, then `SiLU(gate) · up`.
  let gate: FloatBuffer
  /// `[rows, intermediateSize]`.
  let up: FloatBuffer

  init(_ configuration: LlamaConfiguration, rows: Int) {
    let rows = Matmul.capacity(rows: rows)
    let hidden = rows * configuration.hiddenSize
    residual = FloatBuffer(hidden)
    next = FloatBuffer(hidden)
    attention = FloatBuffer(hidden)
    mlp = FloatBuffer(hidden)
    normed = FloatBuffer(hidden)
    query = FloatBuffer(rows * configuration.queryWidth)
    heads = FloatBuffer(rows * configuration.queryWidth)
    key = FloatBuffer(rows * configuration.keyValueWidth)
    value = FloatBuffer(rows * configuration.keyValueWidth)
    gate = FloatBuffer(rows * configuration.intermediateSize)
    up = FloatBuffer(rows * configuration.intermediateSize)
  }
}
