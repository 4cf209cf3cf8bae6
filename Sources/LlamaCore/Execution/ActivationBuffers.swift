/// What a batch is while it goes through a block: one buffer for every name in the block's formula.
///
/// The inputs of products are in the precision of the run, everything else is float32. What is never alive at the same
/// time shares its memory: a page that is touched for the first time costs more than one that is reused.
struct ActivationBuffers {
  /// `[rows, hiddenSize]`: the residual stream before the block, `X`.
  var residual: FloatBuffer
  /// `[rows, hiddenSize]`: `X + A` after attention, `Y` after the MLP.
  var residualOut: FloatBuffer
  /// `[rows, hiddenSize]`: what attention adds, `A`; written where somebody wants it.
  let attention: FloatBuffer
  /// `[rows, hiddenSize]`: what the MLP adds, `M`; written where somebody wants it.
  let mlp: FloatBuffer
  /// `[rows, hiddenSize]`: the normalized stream; in the memory of ``headOutputs``.
  let normed: ActivationMatrix
  /// `[rows, queryWidth]`: the queries; with keys and values in the memory of ``gated``.
  let query: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let key: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let value: FloatBuffer
  /// For every block `[rows, queryWidth]`: the heads' outputs, `softmax(Q·Kᵀ)·V`.
  private let headOutputs: [Int: ActivationMatrix]
  /// For every block `[rows, intermediateSize]`: `activation(gate) · up`.
  private let gated: [Int: ActivationMatrix]

  /// - Parameter isStep: for products with vectors, which are in float32 and sum whole rows.
  init(_ spec: ModelSpec, _ options: RunOptions, rows: Int, isStep: Bool) {
    let rows = isStep ? rows : options.library.backend.capacity(rows: rows)
    let precision = isStep ? .float32 : options.precision
    let hidden = rows * spec.hiddenSize
    residual = FloatBuffer(hidden)
    residualOut = FloatBuffer(hidden)
    attention = FloatBuffer(hidden)
    mlp = FloatBuffer(hidden)
    let shared = Self.sharedRowBytes(spec, precision)
    let inputs = PageMemory(byteCount: rows * shared.inputs)
    func matrix(_ columns: Int, in memory: PageMemory) -> ActivationMatrix {
      let parts = isStep ? [0..<columns] : Summation.parts(of: columns, precision)
      return ActivationMatrix(rows: rows, columns: columns, precision, parts: parts, in: memory)
    }
    /// One matrix for each width that blocks have.
    func matrices(_ widths: [Int], in memory: PageMemory) -> [Int: ActivationMatrix] {
      Dictionary(Set(widths).map { ($0, matrix($0, in: memory)) }) { first, _ in first }
    }
    normed = matrix(spec.hiddenSize, in: inputs)
    headOutputs = matrices(spec.blocks.map(\.attention.queryWidth), in: inputs)
    let inner = PageMemory(byteCount: rows * shared.inner)
    let (queries, keys) = (rows * spec.widest.query, rows * spec.widest.keyValue)
    query = FloatBuffer(queries, in: inner)
    key = FloatBuffer(keys, in: inner, from: queries)
    value = FloatBuffer(keys, in: inner, from: queries + keys)
    gated = matrices(spec.blocks.map(\.mlp.intermediateSize), in: inner)
  }

  /// Makes what left a block what enters the next.
  mutating func swapStreams() { swap(&residual, &residualOut) }

  /// The heads' outputs of a block, `[rows, queryWidth]`; in the memory of ``normed``.
  func headOutputs(_ attention: AttentionSpec) -> ActivationMatrix { headOutputs[attention.queryWidth] ?? normed }

  /// The MLP's inner layer of a block, `[rows, intermediateSize]`.
  func gated(_ mlp: MLPSpec) -> ActivationMatrix { gated[mlp.intermediateSize] ?? normed }

  /// Bytes that one row takes of what is shared: by the inputs of a block's two halves, and inside them.
  private static func sharedRowBytes(_ spec: ModelSpec, _ precision: Precision) -> (inputs: Int, inner: Int) {
    let widest = spec.widest
    let heads = 4 * (widest.query + 2 * widest.keyValue)
    return (
      precision.byteCount * max(spec.hiddenSize, widest.query), max(heads, precision.byteCount * widest.intermediate)
    )
  }

  /// Bytes that one row takes.
  static func rowBytes(_ spec: ModelSpec, _ precision: Precision) -> Int {
    let shared = sharedRowBytes(spec, precision)
    return 4 * 4 * spec.hiddenSize + shared.inputs + shared.inner
  }
}
