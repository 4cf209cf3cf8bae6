/// The buffers a wave's activations live in, allocated once for a run's largest wave.
///
/// The inputs of products are in the precision of the run, everything else is float32. What is never alive at the same
/// time shares its memory: a page that is touched for the first time costs more than one that is reused.
struct Activations {
  /// `[rows, hiddenSize]`: the residual stream before the block, `X`.
  var residual: FloatBuffer
  /// `[rows, hiddenSize]`: `X + A` after attention, `Y` after the MLP.
  var next: FloatBuffer
  /// `[rows, hiddenSize]`: the attention output, `A`; written where an observer wants it.
  let attention: FloatBuffer
  /// `[rows, hiddenSize]`: the MLP output, `M`; written where an observer wants it.
  let mlp: FloatBuffer
  /// `[rows, hiddenSize]`: the normalized stream; in the memory of ``heads``.
  let normed: Operand
  /// `[rows, queryWidth]`: the queries; with keys and values in the memory of ``gated``.
  let query: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let key: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let value: FloatBuffer
  /// `[rows, queryWidth]`: the heads' outputs.
  let heads: Operand
  /// `[rows, intermediateSize]`: `SiLU(gate) · up`.
  let gated: Operand

  /// - Parameter isStep: for products with vectors, which are in float32 and sum whole rows.
  init(_ configuration: LlamaConfiguration, _ options: RunOptions, rows: Int, isStep: Bool) {
    let rows = isStep ? rows : Matmul.capacity(rows: rows, options.library)
    let precision = isStep ? .float32 : options.precision
    let hidden = rows * configuration.hiddenSize
    residual = FloatBuffer(hidden)
    next = FloatBuffer(hidden)
    attention = FloatBuffer(hidden)
    mlp = FloatBuffer(hidden)
    let shared = Self.sharedRowBytes(configuration, precision)
    let inputs = PageMemory(byteCount: rows * shared.inputs)
    func operand(_ columns: Int, in memory: PageMemory) -> Operand {
      let parts = isStep ? [0..<columns] : Summation.parts(of: columns, precision)
      return Operand(rows: rows, columns: columns, precision, parts: parts, in: memory)
    }
    normed = operand(configuration.hiddenSize, in: inputs)
    heads = operand(configuration.queryWidth, in: inputs)
    let inner = PageMemory(byteCount: rows * shared.inner)
    let (queries, keys) = (rows * configuration.queryWidth, rows * configuration.keyValueWidth)
    query = FloatBuffer(queries, in: inner)
    key = FloatBuffer(keys, in: inner, from: queries)
    value = FloatBuffer(keys, in: inner, from: queries + keys)
    gated = operand(configuration.intermediateSize, in: inner)
  }

  /// Bytes that one row takes of what is shared: by the inputs of a block's two halves, and inside them.
  private static func sharedRowBytes(
    _ configuration: LlamaConfiguration, _ precision: Precision
  ) -> (inputs: Int, inner: Int) {
    let heads = 4 * (configuration.queryWidth + 2 * configuration.keyValueWidth)
    return (
      precision.byteCount * max(configuration.hiddenSize, configuration.queryWidth),
      max(heads, precision.byteCount * configuration.intermediateSize)
    )
  }

  /// Bytes that one row takes.
  static func rowBytes(_ configuration: LlamaConfiguration, _ precision: Precision) -> Int {
    let shared = sharedRowBytes(configuration, precision)
    return 4 * 4 * configuration.hiddenSize + shared.inputs + shared.inner
  }
}
