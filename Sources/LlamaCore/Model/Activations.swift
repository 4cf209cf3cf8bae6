/// The buffers a wave's activations live in, allocated once for a run's largest wave.
///
/// The inputs of products are in the precision of the run, everything else is float32.
struct Activations {
  /// `[rows, hiddenSize]`: the residual stream before the block, `X`.
  var residual: FloatBuffer
  /// `[rows, hiddenSize]`: `X + A` after attention, `Y` after the MLP.
  var next: FloatBuffer
  /// `[rows, hiddenSize]`: the attention output, `A`; written where an observer wants it.
  let attention: FloatBuffer
  /// `[rows, hiddenSize]`: the MLP output, `M`; written where an observer wants it.
  let mlp: FloatBuffer
  /// `[rows, hiddenSize]`: the normalized stream.
  let normed: Operand
  /// `[rows, queryWidth]`: the queries.
  let query: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let key: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let value: FloatBuffer
  /// `[rows, queryWidth]`: the heads' outputs.
  let heads: Operand
  /// `[rows, intermediateSize]`: `SiLU(gate) · up`.
  let gated: Operand

  init(_ configuration: LlamaConfiguration, _ precision: Precision, rows: Int) {
    let rows = Matmul.capacity(rows: rows)
    let hidden = rows * configuration.hiddenSize
    residual = FloatBuffer(hidden)
    next = FloatBuffer(hidden)
    attention = FloatBuffer(hidden)
    mlp = FloatBuffer(hidden)
    normed = Operand(rows: rows, columns: configuration.hiddenSize, precision)
    query = FloatBuffer(rows * configuration.queryWidth)
    key = FloatBuffer(rows * configuration.keyValueWidth)
    value = FloatBuffer(rows * configuration.keyValueWidth)
    heads = Operand(rows: rows, columns: configuration.queryWidth, precision)
    gated = Operand(rows: rows, columns: configuration.intermediateSize, precision)
  }

  /// Bytes that one row takes.
  static func rowBytes(_ configuration: LlamaConfiguration, _ precision: Precision) -> Int {
    let floats = 4 * configuration.hiddenSize + configuration.queryWidth + 2 * configuration.keyValueWidth
    let factors = configuration.hiddenSize + configuration.queryWidth + configuration.intermediateSize
    return 4 * floats + precision.byteCount * factors
  }
}
