import Synchronization

/// Linear layers over a wave: `output = input · weightᵀ + bias`, tile by tile.
///
/// The output columns are cut into chunks. A task pages a chunk of a weight in, widens it into its worker's scratch space
/// where that is needed, and multiplies the rows with it, some at a time. What comes out, a ``Tile``, is handed to whoever
/// asked while it is in the cache: activation, addition and rounding cost no pass over memory of their own. No whole weight
/// is ever widened, and while one worker widens or waits for the disk another multiplies.
///
/// **Error.** The sum over the inputs is cut into parts, which are added in ascending order (``Summation``).
///
/// **Same bits in any company.** oneDNN computes each row by itself (measured with 2.6, for 1 to 256 rows). With CBLAS one
/// call covers the wave where the library computes each row by itself, or does so for rows that are
/// placed as ``RowPlacement`` has it, which is how a ``Wave`` places its texts. Elsewhere, and for weights so small that
/// CBLAS would take another path for few rows, each text gets calls of its own, so that its numbers are a function of
/// itself alone. The chunks depend on the weight alone, because sums of narrow ones take another order.
struct Matmul: LinearLayers {
  /// A part of an output that has just been computed: `[rows.count, columns.count]`, no gaps between rows.
  struct Tile {
    let values: UnsafeMutablePointer<Float>
    /// Rows of the wave.
    let rows: Range<Int>
    /// Columns of the output.
    let columns: Range<Int>

    /// The values of a row of the wave.
    func row(_ row: Int) -> UnsafeMutablePointer<Float> { values + (row - rows.lowerBound) * columns.count }

    /// Adds a bias of the output to every row.
    /// - Throws: ``FileError`` where it cannot be read.
    func add(_ bias: Weight) throws(FileError) {
      let bias = try bias.floats(columns)
      for row in rows {
        let line = self.row(row)
        for column in 0..<columns.count { line[column] += bias[column] }
      }
    }

    /// Writes the tile where it belongs in `[rows, width]`.
    func store(_ output: FloatBuffer, width: Int) {
      for row in rows {
        (output.pointer + row * width + columns.lowerBound).update(from: self.row(row), count: columns.count)
      }
    }
  }

  /// One weight, and what becomes of its output; `finish` is called for every tile, from any worker.
  struct Job {
    let projection: LlamaWeights.Projection
    /// The weight is so large that its pages are given back while it is multiplied with.
    var isGivenBack = false
    let finish: (Tile) -> Void
  }

  /// The rows of a wave: all of them, those between texts included, and those of each text.
  struct Rows {
    let count: Int
    let texts: [Range<Int>]
  }

  private let workers: Workers
  private let library: MatrixLibrary
  private let precision: Precision
  private let clock: PhaseClock
  private let desks: [Desk]

  /// What a worker computes with: two of each, for the two factors of the gated activation.
  private final class Desk {
    /// Chunks of weights, converted or packed.
    let weights: [FloatBuffer]
    /// A chunk that is converted before it is packed.
    let staging: FloatBuffer
    let tiles: [FloatBuffer]
    let product: OneDNNMatmul

    init(weight: Int, tile: Int, _ precision: Precision) {
      weights = [FloatBuffer(weight), FloatBuffer(weight)]
      staging = FloatBuffer(weight)
      tiles = [FloatBuffer(tile), FloatBuffer(tile)]
      product = OneDNNMatmul(precision)
    }
  }

  /// Tiles of a task where the rows are shared out.
  private static let partSegments = 4

  /// - Parameters:
  ///   - rows: those of the largest wave.
  ///   - columns: the widest input of any weight.
  init(_ workers: Workers, _ options: RunOptions, rows: Int, columns: Int, _ clock: PhaseClock) {
    self.workers = workers
    library = options.library
    precision = options.precision
    self.clock = clock
    let size = Self.scratch(options, rows: rows, columns: columns)
    desks = (0..<workers.count).map { _ in Desk(weight: size.weight, tile: size.tile, options.precision) }
  }

  /// Multiplies `input` with each job's weight.
  /// - Throws: ``RunError/precisionUnavailable(_:reason:)`` where oneDNN refuses a product, ``FileError`` where a weight
  ///   cannot be read.
  func multiply(_ input: Operand, _ rows: Rows, _ jobs: [Job]) throws {
    let plan = Plan(jobs.map(\.projection.weight), rows, library, parts: input.parts)
    try perform(plan) { chunk, segments, worker in
      let projection = jobs[chunk.weight].projection
      defer { if jobs[chunk.weight].isGivenBack { projection.weight.release(rows: chunk.columns) } }
      return try withFactor(projection.weight, chunk.columns, input, desks[worker].weights[0], worker) { factor in
        try segments.allSatisfy { rows in
          let tile = Tile(values: desks[worker].tiles[0].pointer, rows: rows, columns: chunk.columns)
          let isDone = try compute(tile, input, factor, projection.bias, worker)
          clock.time(.vectorLoops, worker) { jobs[chunk.weight].finish(tile) }
          return isDone
        }
      }
    }
  }

  /// `output = SiLU(input · gateᵀ) · (input · upᵀ)`, the first half of Llama's MLP.
  /// - Throws: as ``multiply(_:_:_:)``.
  func multiplyGated(
    _ input: Operand, _ rows: Rows, gate: LlamaWeights.Projection, up: LlamaWeights.Projection, into output: Operand
  ) throws {
    let plan = Plan([gate.weight], rows, library, parts: input.parts)
    try perform(plan) { chunk, segments, worker in
      let desk = desks[worker]
      return try withFactor(up.weight, chunk.columns, input, desk.weights[1], worker) { upFactor in
        try withFactor(gate.weight, chunk.columns, input, desk.weights[0], worker) { gateFactor in
          try segments.allSatisfy { rows in
            let upTile = Tile(values: desk.tiles[1].pointer, rows: rows, columns: chunk.columns)
            let gateTile = Tile(values: desk.tiles[0].pointer, rows: rows, columns: chunk.columns)
            guard try compute(upTile, input, upFactor, up.bias, worker) else { return false }
            if gate.bias == nil, computeActivated(gateTile, upTile, input, gateFactor, output, worker) { return true }
            guard try compute(gateTile, input, gateFactor, gate.bias, worker) else { return false }
            clock.time(.vectorLoops, worker) { Self.activate(gateTile, upTile, output) }
            return true
          }
        }
      }
    }
  }

  /// Calls `body` with every chunk and the rows, or some of them: of the last chunks, one for each worker, the rows are
  /// shared out, so that nobody waits long for another at the end.
  private func perform(
    _ plan: Plan, _ body: (Plan.Chunk, ArraySlice<Range<Int>>, _ worker: Int) throws -> Bool
  ) throws {
    let whole = library == .oneDNN ? max(0, plan.chunks.count - workers.count) : plan.chunks.count
    var tasks = plan.chunks[..<whole].map { ($0, plan.segments[...]) }
    for chunk in plan.chunks[whole...] {
      for start in stride(from: 0, to: plan.segments.count, by: Self.partSegments) {
        tasks.append((chunk, plan.segments[start..<min(plan.segments.count, start + Self.partSegments)]))
      }
    }
    try workers.forEach(tasks.count) { task, worker in
      guard try body(tasks[task].0, tasks[task].1, worker) else {
        throw RunError.precisionUnavailable(precision, reason: "\(OneDNNMatmul.description) refused a product")
      }
    }
  }

  /// Rows of a weight, ready to be multiplied with.
  private struct Factor {
    let address: UnsafeRawPointer
    let isPacked: Bool
    /// Bytes from a column to the next, where parts of columns begin.
    let columnBytes: Int

    /// What a part of the input's columns is multiplied with.
    func part(_ part: Range<Int>) -> UnsafeRawPointer { address + part.lowerBound * columnBytes }
  }

  /// Calls `body` with rows of a weight in the precision that is computed in.
  private func withFactor(
    _ weight: Weight, _ rows: Range<Int>, _ input: Operand, _ scratch: FloatBuffer, _ worker: Int,
    _ body: (Factor) throws -> Bool
  ) throws -> Bool {
    let desk = desks[worker]
    try clock.time(.pageIn, worker) { try weight.pageIn(rows: rows) }
    // A function of the weight alone, so that every text meets the same.
    let isPacked =
      library == .oneDNN
      && input.parts.allSatisfy {
        desk.product.takesPacked(n: rows.count, k: $0.count, isAdded: $0.lowerBound > 0)
      }
    let address = clock.time(.widen, worker) {
      switch library {
      case .cblas: weight.factor(precision, rows: rows, scratch: scratch)
      case .oneDNN where isPacked:
        weight.packedFactor(precision, rows: rows, parts: input.parts, scratch: desk.staging, packed: scratch)
      case .oneDNN:
        weight.partedFactor(precision, rows: rows, parts: input.parts, scratch: desk.staging, parted: scratch)
      }
    }
    let columnBytes = precision.byteCount * (library == .oneDNN ? rows.count : 1)
    // The mapping lives as long as the weight does.
    // No room would mean a part of the output left as it was: an error, never a number.
    return try address.map { try body(Factor(address: $0, isPacked: isPacked, columnBytes: columnBytes)) } ?? false
  }

  /// `tile = input · factorᵀ + bias`; false where oneDNN refuses.
  private func compute(
    _ tile: Tile, _ input: Operand, _ factor: Factor, _ bias: Weight?, _ worker: Int
  ) throws -> Bool {
    let isDone = clock.time(.matmul, worker) {
      input.parts.indices.allSatisfy { multiply(tile, input, part: $0, factor, worker) }
    }
    if isDone, let bias { try clock.time(.vectorLoops, worker) { try tile.add(bias) } }
    return isDone
  }

  /// The product of a part of the input's columns, added to those before; false where oneDNN refuses.
  private func multiply(_ tile: Tile, _ input: Operand, part index: Int, _ factor: Factor, _ worker: Int) -> Bool {
    let part = input.parts[index]
    let (m, n, k, rows) = (
      tile.rows.count, tile.columns.count, part.count, input.row(tile.rows.lowerBound, part: index)
    )
    switch library {
    case .oneDNN:
      return desks[worker].product.multiplyTransposed(
        m: m, n: n, k: k, rows, factor.part(part), isPacked: factor.isPacked, isAdded: index > 0, into: tile.values)
    case .cblas:
      BLAS.multiplyTransposed(
        m: m, n: n, k: k, rows.assumingMemoryBound(to: Float.self), stride: k,
        factor.part(part).assumingMemoryBound(to: Float.self), stride: input.columns, into: tile.values, stride: n,
        isAdded: index > 0)
      return true
    }
  }

  /// The gate's product with the activation on its way out; false where oneDNN has no kernel for that.
  private func computeActivated(
    _ tile: Tile, _ up: Tile, _ input: Operand, _ factor: Factor, _ output: Operand, _ worker: Int
  ) -> Bool {
    guard library == .oneDNN, let last = input.parts.last else { return false }
    let (m, n, k, isAdded) = (tile.rows.count, tile.columns.count, last.count, last.lowerBound > 0)
    let product = desks[worker].product
    let isDone = clock.time(.matmul, worker) {
      // Once, behind the whole sum.
      product.knowsGated(m: m, n: n, k: k, isPacked: factor.isPacked, isAdded: isAdded)
        && input.parts.indices.dropLast().allSatisfy { multiply(tile, input, part: $0, factor, worker) }
        && product.multiplyGated(
          m: m, n: n, k: k, input.row(tile.rows.lowerBound, part: input.parts.count - 1), factor.part(last),
          isPacked: factor.isPacked, isAdded: isAdded, up: up.values, into: tile.values)
    }
    guard isDone else { return false }
    clock.time(.vectorLoops, worker) {
      let values = UnsafeRawPointer(tile.values)
      for (index, row) in tile.rows.enumerated() {
        output.copy(values + index * n * precision.byteCount, count: n, row: row, column: tile.columns.lowerBound)
      }
    }
    return true
  }

  /// `output = SiLU(gate) · up`, in place of the gate and then where it belongs.
  static func activate(_ gate: Tile, _ up: Tile, _ output: Operand) {
    for row in gate.rows {
      Activation.gate(gate.row(row), with: up.row(row), count: gate.columns.count)
      output.store(gate.row(row), count: gate.columns.count, row: row, column: gate.columns.lowerBound)
    }
  }
}
