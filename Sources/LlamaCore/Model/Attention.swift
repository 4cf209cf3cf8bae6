/// Causal attention, `softmax(Q·Kᵀ / √d) · V` per text and head.
///
/// A task is the heads of one text that share keys and a tile of their queries, so that the keys are read once for all of
/// them and memory grows with the text's length, never with its square. What a task computes is a function of its text
/// alone.
struct Attention {
  private let workers: Workers
  private let configuration: LlamaConfiguration
  private let clock: PhaseClock
  /// Most tokens of a task.
  private let tile: Int
  /// `[tile, heads, longest text]` for every worker, the heads being those that share keys.
  private var scores: [FloatBuffer] = []
  /// `[tile, heads, headDimension]` for every worker: a task's queries without what lies between them in the wave.
  private let queries: [FloatBuffer]
  /// `[tile, heads, headDimension]` for every worker.
  private let outputs: [FloatBuffer]

  /// Most queries of a task, where a token does not have more. Fewer calls of CBLAS that are larger cost less, and a tile
  /// of fewer tokens computes fewer scores that no query may see.
  private static let largestTask = 128
  /// Most tokens of a task.
  private static let largestTile = 64

  private static func tile(_ configuration: LlamaConfiguration) -> Int {
    max(1, min(largestTile, largestTask / configuration.headsPerKey))
  }

  /// - Parameter isStep: every text has one query.
  init(_ workers: Workers, _ configuration: LlamaConfiguration, isStep: Bool, _ clock: PhaseClock) {
    self.workers = workers
    self.configuration = configuration
    self.clock = clock
    let tile = isStep ? 1 : Self.tile(configuration)
    self.tile = tile
    let rows = tile * configuration.headsPerKey
    queries = isStep ? [] : (0..<workers.count).map { _ in FloatBuffer(rows * configuration.headDimension) }
    outputs = (0..<workers.count).map { _ in FloatBuffer(rows * configuration.headDimension) }
  }

  /// Makes room for queries that see up to `longest` keys.
  mutating func reserve(longest: Int, queries: Int) {
    let count = min(tile, queries) * configuration.headsPerKey * longest
    guard count > scores.first?.count ?? 0 else { return }
    scores = (0..<workers.count).map { _ in FloatBuffer(count) }
  }

  /// Bytes that the scratch space takes.
  static func byteCount(_ configuration: LlamaConfiguration, threads: Int, longest: Int) -> Int {
    let tile = tile(configuration)
    return threads * 4 * configuration.headsPerKey
      * (min(tile, longest) * longest + 2 * tile * configuration.headDimension)
  }

  private struct Task {
    let slot: Wave.Slot
    /// Tokens of the passage.
    let queries: Range<Int>
    let heads: Range<Int>
  }

  /// Reads rotated queries and keys and values, writes the heads' outputs `[rows, queryWidth]`.
  func mix(_ activations: Activations, _ wave: Wave, _ passages: [Passage], layer: Int) {
    var tasks: [Task] = []
    for slot in wave.slots {
      for start in stride(from: 0, to: slot.rows.count, by: tile) {
        let queries = start..<min(slot.rows.count, start + tile)
        for head in stride(from: 0, to: configuration.headCount, by: configuration.headsPerKey) {
          tasks.append(Task(slot: slot, queries: queries, heads: head..<head + configuration.headsPerKey))
        }
      }
    }
    workers.forEach(tasks.count) { task, worker in
      clock.time(.attention, worker) {
        compute(tasks[task], passages[tasks[task].slot.passage], activations, layer, worker)
      }
    }
  }

  /// The same for a step of decoding, in which every passage is one token.
  func mixStep(_ activations: Activations, _ wave: Wave, _ passages: [Passage], layer: Int) {
    // Keys are read once for the heads that share them, unless that leaves workers without work.
    let group = configuration.headsPerKey
    let width = wave.slots.count * configuration.keyValueHeadCount < workers.count ? 1 : group
    let tasks = wave.slots.flatMap { slot in
      stride(from: 0, to: configuration.headCount, by: width).map {
        Task(slot: slot, queries: 0..<1, heads: $0..<$0 + width)
      }
    }
    workers.forEach(tasks.count) { task, worker in
      clock.time(.attention, worker) {
        computeStep(tasks[task], passages[tasks[task].slot.passage], activations, layer, worker)
      }
    }
  }

  /// What the queries of a task see: the passage's cache, or without one the rows of the wave.
  private func past(_ task: Task, _ passage: Passage, _ activations: Activations, _ layer: Int) -> KeyValues {
    let head = task.heads.lowerBound / configuration.headsPerKey
    if let cache = passage.cache { return cache.past(keyValueHead: head, layer: layer) }
    let stride = configuration.keyValueWidth
    let offset = task.slot.rows.lowerBound * stride + head * configuration.headDimension
    return KeyValues(
      keys: activations.key.pointer + offset, values: activations.value.pointer + offset, stride: stride)
  }

  private func compute(
    _ task: Task, _ passage: Passage, _ activations: Activations, _ layer: Int, _ worker: Int
  ) {
    let past = past(task, passage, activations, layer)
    let heads = task.heads.count
    let width = configuration.headDimension
    let (queries, scores, output) = (queries[worker].pointer, scores[worker].pointer, outputs[worker].pointer)
    let (firstRow, offset) = (task.slot.rows.lowerBound, task.heads.lowerBound * width)
    // A token's heads lie beside each other: what is a row in the wave is here a row for each head.
    for (index, query) in task.queries.enumerated() {
      (queries + index * heads * width).update(
        from: activations.query.pointer + (firstRow + query) * configuration.queryWidth + offset, count: heads * width)
    }
    // No query of the tile sees a key past the tile's end.
    let keys = passage.start + task.queries.upperBound
    let rows = task.queries.count * heads
    BLAS.multiplyTransposed(
      m: rows, n: keys, k: width, queries, stride: width, past.keys, stride: past.stride, into: scores, stride: keys)
    let factors = (0..<rows).map { row in
      let valid = passage.start + task.queries.lowerBound + row / heads + 1
      return Softmax.exponentiate(scores + row * keys, scale: scale, valid: valid, count: keys)
    }
    BLAS.multiply(
      m: rows, n: width, k: keys, scores, stride: keys, past.values, stride: past.stride, into: output, stride: width)
    for (row, factor) in factors.enumerated() {
      let head = output + row * width
      for column in 0..<width { head[column] *= factor }
    }
    for (index, query) in task.queries.enumerated() {
      activations.heads.store(
        output + index * heads * width, count: heads * width, row: firstRow + query, column: offset)
    }
  }

  private func computeStep(
    _ task: Task, _ passage: Passage, _ activations: Activations, _ layer: Int, _ worker: Int
  ) {
    let past = past(task, passage, activations, layer)
    let keys = passage.start + 1
    let width = configuration.headDimension
    let row = task.slot.rows.lowerBound
    let (scores, output) = (scores[worker].pointer, outputs[worker].pointer)
    let offset = task.heads.lowerBound * width
    let query = activations.query.pointer + row * configuration.queryWidth + offset
    MatrixVector.multiply(
      past.keys, of: .f32, rows: keys, columns: width, rowBytes: 4 * past.stride, query, vectors: task.heads.count,
      into: scores, stride: keys)
    for index in 0..<task.heads.count {
      let factor = Softmax.exponentiate(scores + index * keys, scale: scale, valid: keys, count: keys)
      let head = output + index * width
      MatrixVector.accumulate(
        scores + index * keys, past.values, rows: keys, columns: width, stride: past.stride, into: head)
      for column in 0..<width { head[column] *= factor }
    }
    activations.heads.store(output, count: task.heads.count * width, row: row, column: offset)
  }

  private var scale: Float { 1 / Float(configuration.headDimension).squareRoot() }
}

extension LlamaConfiguration {
  /// Query heads that share a head of keys and values.
  var headsPerKey: Int { headCount / keyValueHeadCount }
}
