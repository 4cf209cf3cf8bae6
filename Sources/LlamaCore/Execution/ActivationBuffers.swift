import Foundations

/// Activations of a batch within a block: one buffer for each name in the block's formula.
///
/// Inputs of products are in the precision of the run, everything else is float32. Buffers with disjoint lifetimes
/// share memory: the first touch of a page costs more than reuse.
struct ActivationBuffers {
  /// `[rows, hiddenSize]`: the residual stream before the block, `X`.
  var residual: FloatBuffer
  /// `[rows, hiddenSize]`: `X + A` after attention, `Y` after the MLP.
  var residualOut: FloatBuffer
  /// `[rows, hiddenSize]`: output of attention, `A`; written only if it is observed or normalized.
  let attention: FloatBuffer
  /// `[rows, hiddenSize]`: output of the MLP, `M`; written only if it is observed or normalized.
  let mlp: FloatBuffer
  /// `[rows, hiddenSize]`: the normalized stream; shares the memory of ``headOutputs``.
  let normed: ActivationMatrix
  /// `[rows, queryWidth]`: the queries; shares, with keys and values, the memory of ``gated``.
  let query: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let key: FloatBuffer
  /// `[rows, keyValueWidth]`.
  let value: FloatBuffer
  /// For every block `[rows, queryWidth]`: outputs of the heads, `softmax(Q·Kᵀ)·V`.
  private let headOutputs: [Int: ActivationMatrix]
  /// For every block `[rows, intermediateSize]`: `activation(gate) · up`.
  private let gated: [Int: ActivationMatrix]

  /// - Parameter isStep: true for products with vectors, which are computed in float32 and sum whole rows.
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
    /// Returns one matrix for each distinct width of the blocks.
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

  /// Makes the output of a block the input of the next.
  mutating func swapStreams() { swap(&residual, &residualOut) }

  /// Returns the heads' outputs of a block, `[rows, queryWidth]`; they share the memory of ``normed``.
  func headOutputs(_ attention: AttentionSpec) -> ActivationMatrix { headOutputs[attention.queryWidth] ?? normed }

  /// Returns the inner layer of a block's MLP, `[rows, intermediateSize]`.
  func gated(_ mlp: MLPSpec) -> ActivationMatrix { gated[mlp.intermediateSize] ?? normed }

  /// Returns the bytes per row of the shared memory: of the inputs of a block's two halves, and of the buffers inside
  /// them.
  private static func sharedRowBytes(_ spec: ModelSpec, _ precision: Precision) -> (inputs: Int, inner: Int) {
    let widest = spec.widest
    let heads = 4 * (widest.query + 2 * widest.keyValue)
    return (
      precision.byteCount * max(spec.hiddenSize, widest.query), max(heads, precision.byteCount * widest.intermediate)
    )
  }

  /// Returns the bytes per row of all buffers.
  static func rowBytes(_ spec: ModelSpec, _ precision: Precision) -> Int {
    let shared = sharedRowBytes(spec, precision)
    return 4 * 4 * spec.hiddenSize + shared.inputs + shared.inner
  }
}
