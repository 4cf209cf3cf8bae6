import Foundations

/// Causal attention, `softmax(scale · Q·Kᵀ) · V` per sequence and head. No mask is materialised: a query's scores end
/// at its own key and begin at the start of its window.
///
/// A task covers a tile of queries of one sequence and the heads that share a key/value head, so that keys are read
/// once for all of them, and memory grows linearly, not quadratically, with the length of the text. The result of a
/// task depends on its text only, up to the end of its tile (``PositionTiles``).
final class Attention {
  private let workers: Workers
  private let blocks: [AttentionSpec]
  private let isStep: Bool
  private let backend: any GEMMBackend
  private let clock: PhaseClock
  /// `[tile, heads, keys]` per worker, for the heads that share keys.
  private var scores: [FloatBuffer] = []
  /// `[tile, heads, headDimension]` per worker: the queries of a task, contiguous.
  private let queries: [FloatBuffer]
  /// `[tile, heads, headDimension]` per worker.
  private let outputs: [FloatBuffer]

  /// Upper bound on query rows per task, unless a single token has more. Larger BLAS calls are cheaper, but a larger
  /// tile computes more masked scores.
  private static let largestTask = 128
  /// Maximum number of tokens per task.
  private static let largestTile = 64

  /// Returns the number of tokens per task.
  private static func tile(_ spec: AttentionSpec) -> Int { max(1, min(largestTile, largestTask / spec.queryGroupSize)) }

  /// - Parameter isStep: every sequence has one query.
  init(_ workers: Workers, _ spec: ModelSpec, _ backend: any GEMMBackend, isStep: Bool, _ clock: PhaseClock) {
    self.workers = workers
    self.backend = backend
    blocks = spec.blocks.map(\.attention)
    self.isStep = isStep
    self.clock = clock
    let size = blocks.map { (isStep ? 1 : Self.tile($0)) * $0.queryGroupSize * $0.headDimension }.max() ?? 0
    queries = isStep ? [] : (0..<workers.count).map { _ in FloatBuffer(size) }
    outputs = (0..<workers.count).map { _ in FloatBuffer(size) }
  }

  /// Reserves scratch space for queries with up to `longest` visible keys.
  func reserve(longest: Int, queries: Int) {
    let count = blocks.map { min(isStep ? 1 : Self.tile($0), queries) * $0.queryGroupSize * longest }.max() ?? 0
    guard count > scores.first?.count ?? 0 else { return }
    scores = (0..<workers.count).map { _ in FloatBuffer(count) }
  }

  /// Returns the bytes of scratch space.
  static func byteCount(_ spec: ModelSpec, threads: Int, longest: Int) -> Int {
    let blocks = spec.blocks.map { block in
      let (tile, group) = (tile(block.attention), block.attention.queryGroupSize)
      return group * (min(tile, longest) * longest + 2 * tile * block.attention.headDimension)
    }
    return threads * 4 * (blocks.max() ?? 0)
  }

  private struct Task {
    let slot: PackedBatch.Slot
    /// Tokens of the slice.
    let queries: Range<Int>
    let heads: Range<Int>
  }

  /// Input of a block's attention.
  private struct Inputs {
    let query, key, value: FloatBuffer
    let spec: AttentionSpec
    let layer: Int

    var scale: Float { spec.scale ?? 1 / Float(spec.headDimension).squareRoot() }

    /// Returns the first position visible to a query at a position.
    func first(_ position: Int) -> Int { spec.window.map { max(0, position - $0 + 1) } ?? 0 }

    /// Returns the keys and values visible to a task: those in the cache of the slice, or without a cache the rows of
    /// the batch.
    func keyValues(_ task: Task) -> KeyValueView {
      let head = task.heads.lowerBound / spec.queryGroupSize
      if let cache = task.slot.slice.cache { return cache.view(keyValueHead: head, layer: layer) }
      let stride = spec.keyValueWidth
      let offset = task.slot.rows.lowerBound * stride + head * spec.headDimension
      return KeyValueView(keys: key.pointer + offset, values: value.pointer + offset, stride: stride)
    }
  }

  /// Computes the heads' outputs `[rows, queryWidth]` from rotated queries and keys, and values.
  func attend(
    _ query: FloatBuffer, _ key: FloatBuffer, _ value: FloatBuffer, into output: ActivationMatrix, _ layer: Int,
    _ batch: PackedBatch
  ) {
    let inputs = Inputs(query: query, key: key, value: value, spec: blocks[layer], layer: layer)
    let tasks = isStep ? stepTasks(batch, inputs.spec) : tasks(batch, inputs.spec)
    workers.forEach(tasks.count) { task, worker in
      clock.time(.attention, worker) {
        isStep ? computeStep(tasks[task], inputs, output, worker) : compute(tasks[task], inputs, output, worker)
      }
    }
  }

  private func tasks(_ batch: PackedBatch, _ spec: AttentionSpec) -> [Task] {
    let (tile, group) = (Self.tile(spec), spec.queryGroupSize)
    var tasks: [Task] = []
    for slot in batch.slots {
      let start = slot.slice.start
      for positions in PositionTiles.ranges(start..<start + slot.rows.count, height: tile) {
        let queries = positions.lowerBound - start..<positions.upperBound - start
        for head in stride(from: 0, to: spec.headCount, by: group) {
          tasks.append(Task(slot: slot, queries: queries, heads: head..<head + group))
        }
      }
    }
    return tasks
  }

  private func stepTasks(_ batch: PackedBatch, _ spec: AttentionSpec) -> [Task] {
    // Keys are read once for the heads that share them, unless that leaves workers idle.
    let width = batch.slots.count * spec.keyValueHeadCount < workers.count ? 1 : spec.queryGroupSize
    return batch.slots.flatMap { slot in
      stride(from: 0, to: spec.headCount, by: width).map { Task(slot: slot, queries: 0..<1, heads: $0..<$0 + width) }
    }
  }

  private func compute(_ task: Task, _ inputs: Inputs, _ output: ActivationMatrix, _ worker: Int) {
    let (view, heads, width) = (inputs.keyValues(task), task.heads.count, inputs.spec.headDimension)
    let (queries, scores, mixed) = (queries[worker].pointer, scores[worker].pointer, outputs[worker].pointer)
    let (firstRow, offset) = (task.slot.rows.lowerBound, task.heads.lowerBound * width)
    // The heads of a token are contiguous: one row of the batch becomes one row per head.
    for (index, query) in task.queries.enumerated() {
      let row = inputs.query.pointer + (firstRow + query) * inputs.spec.queryWidth + offset
      (queries + index * heads * width).update(from: row, count: heads * width)
    }
    // No query of the tile sees a key after the tile's end or before the first query's window.
    let start = task.slot.slice.start
    let first = inputs.first(start + task.queries.lowerBound)
    let keys = start + task.queries.upperBound - first
    let rows = task.queries.count * heads
    backend.multiply(
      MatrixView(queries, rows: rows, columns: width),
      MatrixView(view.keys + first * view.stride, rows: keys, columns: width, stride: view.stride), isTransposed: true,
      into: scores)
    let factors = (0..<rows).map { row in
      let position = start + task.queries.lowerBound + row / heads
      return softmax(scores + row * keys, inputs, seen: inputs.first(position) - first..<position + 1 - first, keys)
    }
    backend.multiply(
      MatrixView(scores, rows: rows, columns: keys),
      MatrixView(view.values + first * view.stride, rows: keys, columns: width, stride: view.stride),
      isTransposed: false, into: mixed)
    for (row, factor) in factors.enumerated() {
      let head = mixed + row * width
      for column in 0..<width { head[column] *= factor }
    }
    for (index, query) in task.queries.enumerated() {
      output.store(mixed + index * heads * width, count: heads * width, row: firstRow + query, column: offset)
    }
  }

  private func computeStep(_ task: Task, _ inputs: Inputs, _ output: ActivationMatrix, _ worker: Int) {
    let (view, width) = (inputs.keyValues(task), inputs.spec.headDimension)
    let position = task.slot.slice.start
    let first = inputs.first(position)
    let keys = position + 1 - first
    let row = task.slot.rows.lowerBound
    let (scores, mixed) = (scores[worker].pointer, outputs[worker].pointer)
    let offset = task.heads.lowerBound * width
    MatrixVector.multiply(
      view.keys + first * view.stride, of: .f32, rows: keys, columns: width, rowBytes: 4 * view.stride,
      inputs.query.pointer + row * inputs.spec.queryWidth + offset, vectors: task.heads.count, into: scores,
      stride: keys)
    for index in 0..<task.heads.count {
      let factor = softmax(scores + index * keys, inputs, seen: 0..<keys, keys)
      let head = mixed + index * width
      MatrixVector.accumulate(
        scores + index * keys, view.values + first * view.stride, rows: keys, columns: width, stride: view.stride,
        into: head)
      for column in 0..<width { head[column] *= factor }
    }
    output.store(mixed, count: task.heads.count * width, row: row, column: offset)
  }

  /// Turns the scores of a query into unnormalized weights, 0 for keys outside `seen`, and returns the factor that
  /// normalizes them.
  private func softmax(_ scores: UnsafeMutablePointer<Float>, _ inputs: Inputs, seen: Range<Int>, _ keys: Int) -> Float
  {
    let (first, count) = (scores + seen.lowerBound, seen.count)
    if seen.lowerBound > 0 { scores.update(repeating: 0, count: seen.lowerBound) }
    guard let cap = inputs.spec.softCap else {
      return Softmax.unnormalized(first, scale: inputs.scale, valid: count, count: keys - seen.lowerBound)
    }
    for index in 0..<count { first[index] *= inputs.scale }
    SoftCap.apply(cap, first, count: count)
    return Softmax.unnormalized(first, scale: 1, valid: count, count: keys - seen.lowerBound)
  }
}
