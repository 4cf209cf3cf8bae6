import Foundations
import Synchronization

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
  /// One for each of the last chunks of a product, whose rows are divided among workers.
  private let shared: [SharedChunk]

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

  /// A chunk that several workers multiply with: the first of them packs it.
  private final class SharedChunk {
    private let lock = Mutex(())
    private let buffers: [FloatBuffer]
    private var packed: [PackedWeight?] = [nil, nil]

    init(weight: Int) { buffers = [FloatBuffer(weight), FloatBuffer(weight)] }

    func clear() { packed = [nil, nil] }

    /// Returns one of the two factors, which `pack` makes in a buffer that stays as it is until ``clear()``.
    func factor(_ index: Int, _ pack: (FloatBuffer) throws -> PackedWeight?) rethrows -> PackedWeight? {
      var factor: PackedWeight?
      try lock.withLock { _ in
        if packed[index] == nil { packed[index] = try pack(buffers[index]) }
        factor = packed[index]
      }
      return factor
    }
  }

  /// A chunk and segments of rows that one worker multiplies.
  private struct Part {
    let chunk: Plan.Chunk
    let segments: ArraySlice<Range<Int>>
    /// Nil if the chunk belongs to this part alone.
    var shared: SharedChunk?
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
    shared = (0..<workers.count).map { _ in SharedChunk(weight: size.weight) }
  }

  /// - Throws: ``RunError/precisionUnavailable(_:reason:)`` if the library refuses a product, ``FileError`` if a weight
  ///   cannot be read.
  func multiply(_ input: ActivationMatrix, _ rows: RowLayout, _ operations: [LinearOperation]) throws {
    let plan = Plan(operations.map(\.linear.weight), rows, backend, parts: input.parts)
    try perform(plan, keepsRowOrder: operations.contains(where: \.keepsRowOrder)) { part, worker in
      let chunk = part.chunk
      let operation = operations[chunk.weight]
      let linear = operation.linear
      let isReleased = releasesPages && operation.isLarge
      defer { if isReleased { linear.weight.release(rows: chunk.columns) } }
      return try withPacked(linear.weight, part, input, buffer: 0, staysMapped: !isReleased, worker) { packed in
        try part.segments.allSatisfy { rows in
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
    try perform(plan) { part, worker in
      let (scratch, chunk) = (scratch[worker], part.chunk)
      return try withPacked(up.weight, part, input, buffer: 1, worker) { packedUp in
        try withPacked(gate.weight, part, input, buffer: 0, worker) { packedGate in
          try part.segments.allSatisfy { rows in
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
  /// divided among workers, to balance the tail, unless an operation needs their order.
  private func perform(
    _ plan: Plan, keepsRowOrder: Bool = false, _ body: (Part, _ worker: Int) throws -> Bool
  ) throws {
    let whole = keepsRowOrder ? plan.chunks.count : max(0, plan.chunks.count - workers.count)
    var parts = plan.chunks[..<whole].map { Part(chunk: $0, segments: plan.segments[...]) }
    // At least two tasks for each worker.
    let size = max(1, min(Self.partSegments, plan.segments.count / (2 * workers.count)))
    for (chunk, shared) in zip(plan.chunks[whole...], shared) {
      shared.clear()
      for start in stride(from: 0, to: plan.segments.count, by: size) {
        let segments = plan.segments[start..<min(plan.segments.count, start + size)]
        parts.append(Part(chunk: chunk, segments: segments, shared: shared))
      }
    }
    for scratch in scratch { scratch.packed = [nil, nil] }
    try workers.forEach(parts.count) { part, worker in
      guard try body(parts[part], worker) else {
        throw RunError.precisionUnavailable(precision, reason: "\(OneDNNMatmul.description) refused a product")
      }
    }
  }

  /// Calls `body` with a chunk of a weight in the order and precision of the product. Returns false if the scratch
  /// space is too small: leaving part of the output unwritten would be an undetectable error.
  ///
  /// A chunk is read and converted once, however many rows there are and workers that multiply with it.
  /// - Parameters:
  ///   - index: place of the scratch space for the chunk.
  ///   - staysMapped: false if the chunk's pages are released before the product is complete.
  private func withPacked(
    _ weight: Weight, _ part: Part, _ input: ActivationMatrix, buffer index: Int, staysMapped: Bool = true,
    _ worker: Int, _ body: (PackedWeight) throws -> Bool
  ) throws -> Bool {
    let (scratch, chunk) = (scratch[worker], part.chunk)
    func pack(_ buffer: FloatBuffer) throws -> PackedWeight? {
      try clock.time(.pageIn, worker) { try weight.pageIn(rows: chunk.columns) }
      let packed = clock.time(.widen, worker) {
        scratch.multiplier.pack(
          weight, rows: chunk.columns, parts: input.parts, scratch: buffer, staging: scratch.staging)
      }
      if packed != nil { clock.count(weightBytes: chunk.columns.count * weight.rowBytes, worker) }
      return packed
    }
    // Pages that another part has released are read again where a product needs them.
    if let shared = part.shared { return try shared.factor(index, pack).map(body) ?? false }
    if let last = scratch.packed[index], last.chunk == chunk { return try body(last.weight) }
    scratch.packed[index] = nil
    let buffer = scratch.weights[index]
    guard let packed = try pack(buffer) else { return false }
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
