import Foundations

/// Linear layers over a batch: `output = input · weightᵀ + bias`, tile by tile.
///
/// The output columns are divided into chunks. A task pages in a chunk of a weight, converts or packs it into its
/// worker's scratch space if needed, and multiplies it with the rows, a segment at a time. The result, an
/// ``OutputTile``, goes to the epilogue while it is in cache: activation, addition and rounding need no separate pass
/// over memory. No whole weight is ever converted, and while one worker converts or waits for the disk another
/// multiplies.
///
/// **Error.** The sum over the inputs is divided into parts, which are added in ascending order (``Summation``).
///
/// **Batch invariance.** ``GEMMBackend/segments(_:inputs:outputs:)`` determines which rows share a call. The chunks
/// depend on the weight alone, because narrow products sum in another order.
struct BatchLinear: LinearBackend {
  private let workers: Workers
  private let backend: any GEMMBackend
  private let precision: Precision
  private let releasesPages: Bool
  private let clock: PhaseClock
  private let scratch: [Scratch]

  /// A worker's scratch buffers: two of each, for the two factors of the gated activation.
  private final class Scratch {
    /// Chunks of weights, converted or packed.
    let weights: [FloatBuffer]
    /// For each of `weights` the chunk of the current product that was packed last.
    var packed: [(chunk: Plan.Chunk, weight: PackedWeight)?] = [nil, nil]
    /// A chunk that is converted before packing.
    let staging: FloatBuffer
    let tiles: [FloatBuffer]
    let multiplier: any GEMMMultiplier

    init(weight: Int, tile: Int, _ multiplier: any GEMMMultiplier) {
      weights = [FloatBuffer(weight), FloatBuffer(weight)]
      staging = FloatBuffer(weight)
      tiles = [FloatBuffer(tile), FloatBuffer(tile)]
      self.multiplier = multiplier
    }
  }

  /// Maximum number of segments per task when the rows are divided among workers.
  private static let partSegments = 4

  /// - Parameters:
  ///   - rows: number of rows of the largest batch.
  ///   - columns: the widest input of any weight.
  ///   - releasesPages: true to release the pages of weights after their products.
  init(
    _ workers: Workers, _ options: RunOptions, rows: Int, columns: Int, releasesPages: Bool, _ clock: PhaseClock
  ) {
    self.workers = workers
    let backend = options.library.backend
    self.backend = backend
    precision = options.precision
    self.releasesPages = releasesPages
    self.clock = clock
    let size = Self.scratch(backend, rows: rows, columns: columns)
    scratch = (0..<workers.count).map { _ in
      Scratch(weight: size.weight, tile: size.tile, backend.multiplier(options.precision))
    }
  }

  /// - Throws: ``RunError/precisionUnavailable(_:reason:)`` if the library refuses a product, ``FileError`` if a weight
  ///   cannot be read.
  func multiply(_ input: ActivationMatrix, _ rows: RowLayout, _ operations: [LinearOperation]) throws {
    let plan = Plan(operations.map(\.linear.weight), rows, backend, parts: input.parts)
    try perform(plan, keepsRowOrder: operations.contains(where: \.keepsRowOrder)) { chunk, segments, worker in
      let operation = operations[chunk.weight]
      let linear = operation.linear
      let isReleased = releasesPages && operation.isLarge
      defer { if isReleased { linear.weight.release(rows: chunk.columns) } }
      return try withPacked(linear.weight, chunk, input, buffer: 0, staysMapped: !isReleased, worker) { packed in
        try segments.allSatisfy { rows in
          let tile = OutputTile(values: scratch[worker].tiles[0].pointer, rows: rows, columns: chunk.columns)
          let isDone = try compute(tile, input, packed, linear.bias, worker)
          clock.time(operation.phase, worker) { operation.epilogue(tile) }
          return isDone
        }
      }
    }
    if releasesPages { for operation in operations { operation.linear.release() } }
  }

  /// - Throws: as ``multiply(_:_:_:)``.
  func multiplyGated(
    _ input: ActivationMatrix, _ rows: RowLayout, gate: ModelWeights.Linear, up: ModelWeights.Linear,
    _ activation: GateActivation, into output: ActivationMatrix
  ) throws {
    let plan = Plan([gate.weight], rows, backend, parts: input.parts)
    try perform(plan) { chunk, segments, worker in
      let scratch = scratch[worker]
      return try withPacked(up.weight, chunk, input, buffer: 1, worker) { packedUp in
        try withPacked(gate.weight, chunk, input, buffer: 0, worker) { packedGate in
          try segments.allSatisfy { rows in
            let upTile = OutputTile(values: scratch.tiles[1].pointer, rows: rows, columns: chunk.columns)
            let gateTile = OutputTile(values: scratch.tiles[0].pointer, rows: rows, columns: chunk.columns)
            guard try compute(upTile, input, packedUp, up.bias, worker) else { return false }
            if gate.bias == nil, computeGated(gateTile, upTile, input, packedGate, activation, output, worker) {
              return true
            }
            guard try compute(gateTile, input, packedGate, gate.bias, worker) else { return false }
            clock.time(.vectorLoops, worker) { gateTile.gate(upTile, activation, into: output) }
            return true
          }
        }
      }
    }
    if releasesPages { for linear in [gate, up] { linear.release() } }
  }

  /// Calls `body` with every chunk and a range of row segments. For the last chunks, one per worker, the rows are
  /// divided among workers if the library allows it, to balance the tail, unless an operation needs their order.
  private func perform(
    _ plan: Plan, keepsRowOrder: Bool = false,
    _ body: (Plan.Chunk, ArraySlice<Range<Int>>, _ worker: Int) throws -> Bool
  ) throws {
    let whole = backend.sharesRows && !keepsRowOrder ? max(0, plan.chunks.count - workers.count) : plan.chunks.count
    var tasks = plan.chunks[..<whole].map { ($0, plan.segments[...]) }
    // At least two tasks for each worker.
    let size = max(1, min(Self.partSegments, plan.segments.count / (2 * workers.count)))
    for chunk in plan.chunks[whole...] {
      for start in stride(from: 0, to: plan.segments.count, by: size) {
        tasks.append((chunk, plan.segments[start..<min(plan.segments.count, start + size)]))
      }
    }
    for scratch in scratch { scratch.packed = [nil, nil] }
    try workers.forEach(tasks.count) { task, worker in
      guard try body(tasks[task].0, tasks[task].1, worker) else {
        throw RunError.precisionUnavailable(precision, reason: "\(OneDNNMatmul.description) refused a product")
      }
    }
  }

  /// Calls `body` with a chunk of a weight in the order and precision of the product. Returns false if the scratch
  /// space is too small: leaving part of the output unwritten would be an undetectable error.
  ///
  /// A worker that multiplies several parts of the rows with a chunk reads and converts it once, however many rows
  /// there are.
  /// - Parameters:
  ///   - index: place of the worker's scratch space for the chunk.
  ///   - staysMapped: false if the chunk's pages are released before the product is complete.
  private func withPacked(
    _ weight: Weight, _ chunk: Plan.Chunk, _ input: ActivationMatrix, buffer index: Int, staysMapped: Bool = true,
    _ worker: Int, _ body: (PackedWeight) throws -> Bool
  ) throws -> Bool {
    let scratch = scratch[worker]
    if let last = scratch.packed[index], last.chunk == chunk { return try body(last.weight) }
    scratch.packed[index] = nil
    try clock.time(.pageIn, worker) { try weight.pageIn(rows: chunk.columns) }
    let buffer = scratch.weights[index]
    let packed = clock.time(.widen, worker) {
      scratch.multiplier.pack(
        weight, rows: chunk.columns, parts: input.parts, scratch: buffer, staging: scratch.staging)
    }
    guard let packed else { return false }
    clock.count(weightBytes: chunk.columns.count * weight.rowBytes, worker)
    // The mapping has the lifetime of the weight.
    if staysMapped || packed.address == UnsafeRawPointer(buffer.pointer) { scratch.packed[index] = (chunk, packed) }
    return try body(packed)
  }

  /// Computes `tile = input · weightᵀ + bias`; returns false if the library refuses.
  private func compute(
    _ tile: OutputTile, _ input: ActivationMatrix, _ weight: PackedWeight, _ bias: Weight?, _ worker: Int
  ) throws -> Bool {
    let multiplier = scratch[worker].multiplier
    let isDone = clock.time(.matmul, worker) {
      input.parts.indices.allSatisfy { multiplier.multiply(input, part: $0, weight, into: tile, isAdded: $0 > 0) }
    }
    if isDone, let bias { try clock.time(.vectorLoops, worker) { try tile.add(bias) } }
    return isDone
  }

  /// Computes the gate's product with a fused activation; returns false if the library has no kernel for it.
  private func computeGated(
    _ tile: OutputTile, _ up: OutputTile, _ input: ActivationMatrix, _ weight: PackedWeight,
    _ activation: GateActivation, _ output: ActivationMatrix, _ worker: Int
  ) -> Bool {
    let isDone = clock.time(.matmul, worker) {
      scratch[worker].multiplier.multiplyGated(input, weight, activation, up: up, in: tile)
    }
    guard isDone else { return false }
    clock.time(.vectorLoops, worker) {
      let values = UnsafeRawPointer(tile.values)
      let rowBytes = tile.columns.count * precision.byteCount
      for (index, row) in tile.rows.enumerated() {
        output.copy(values + index * rowBytes, count: tile.columns.count, row: row, column: tile.columns.lowerBound)
      }
    }
    return true
  }
}
