/// Causal attention, `softmax(Q·Kᵀ / √d) · V` per text and head.
///
/// A task is one head of one text and a tile of its queries, so that memory grows with the text's length, never with
/// its square; in a step of decoding, where a text has one query, it is the heads that share keys. What a task computes is
/// a function of its text alone.
struct Attention {
  private let workers: Workers
  private let configuration: LlamaConfiguration
  private let clock: PhaseClock
  /// Most queries of a task.
  private let tile: Int
  /// `[tile, longest text]` for every worker, rows of `longest` elements in a step of decoding.
  private var scores: [FloatBuffer] = []
  /// `[tile, headDimension]` for every worker.
  private let outputs: [FloatBuffer]

  /// Queries of a task in a packed wave.
  private static let largestTile = 64

  /// - Parameter isStep: every text has one query.
  init(_ workers: Workers, _ configuration: LlamaConfiguration, isStep: Bool, _ clock: PhaseClock) {
    self.workers = workers
    self.configuration = configuration
    self.clock = clock
    let tile = isStep ? configuration.headsPerKey : Self.largestTile
    self.tile = tile
    outputs = (0..<workers.count).map { _ in FloatBuffer(tile * configuration.headDimension) }
  }

  /// Makes room for queries that see up to `longest` keys.
  mutating func reserve(longest: Int, queries: Int) {
    let count = min(tile, queries) * longest
    guard count > scores.first?.count ?? 0 else { return }
    scores = (0..<workers.count).map { _ in FloatBuffer(count) }
  }

  /// Bytes that the scratch space takes.
  static func byteCount(_ configuration: LlamaConfiguration, threads: Int, longest: Int) -> Int {
    threads * 4 * (min(largestTile, longest) * longest + largestTile * configuration.headDimension)
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
        for head in 0..<configuration.headCount {
          tasks.append(Task(slot: slot, queries: queries, heads: head..<head + 1))
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
    let width = configuration.headDimension
    let queryWidth = configuration.queryWidth
    let (scores, output) = (scores[worker].pointer, outputs[worker].pointer)
    let offset = task.heads.lowerBound * width
    let query = activations.query.pointer + (task.slot.rows.lowerBound + task.queries.lowerBound) * queryWidth + offset
    // No query of the tile sees a key past the tile's end.
    let keys = passage.start + task.queries.upperBound
    BLAS.multiplyTransposed(
      m: task.queries.count, n: keys, k: width, query, stride: queryWidth, past.keys, stride: past.stride,
      into: scores, stride: keys)
    let factors = task.queries.enumerated().map { row, query in
      Softmax.exponentiate(scores + row * keys, scale: scale, valid: passage.start + query + 1, count: keys)
    }
    BLAS.multiply(
      m: task.queries.count, n: width, k: keys, scores, stride: keys, past.values, stride: past.stride, into: output,
      stride: width)
    for (index, query) in task.queries.enumerated() {
      let row = output + index * width
      for column in 0..<width { row[column] *= factors[index] }
      activations.heads.store(row, count: width, row: task.slot.rows.lowerBound + query, column: offset)
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
