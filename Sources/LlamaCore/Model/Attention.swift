/// Causal attention of packed texts, `softmax(Q·Kᵀ / √d) · V` per text and head.
///
/// A task is one head of one text and a tile of its queries, so that memory grows with the text's length, never with
/// its square. What a task computes is a function of its text alone.
struct Attention {
  private let workers: Workers
  private let configuration: LlamaConfiguration
  private let clock: PhaseClock
  /// `[tile, longest text]` for every worker.
  private let scores: [FloatBuffer]
  /// `[tile, headDimension]` for every worker.
  private let outputs: [FloatBuffer]

  /// Queries per task.
  private static let tile = 64

  init(_ workers: Workers, _ configuration: LlamaConfiguration, longest: Int, _ clock: PhaseClock) {
    self.workers = workers
    self.configuration = configuration
    self.clock = clock
    scores = (0..<workers.count).map { _ in FloatBuffer(min(Self.tile, longest) * longest) }
    outputs = (0..<workers.count).map { _ in FloatBuffer(Self.tile * configuration.headDimension) }
  }

  /// Bytes that the scratch space takes.
  static func byteCount(_ configuration: LlamaConfiguration, threads: Int, longest: Int) -> Int {
    threads * 4 * (min(tile, longest) * longest + tile * configuration.headDimension)
  }

  private struct Task {
    let rows: Range<Int>
    let queries: Range<Int>
    let head: Int
  }

  /// Reads rotated queries and keys and values, writes the heads' outputs `[rows, queryWidth]`.
  func mix(_ activations: Activations, _ wave: Wave) {
    var tasks: [Task] = []
    for slot in wave.slots {
      for start in stride(from: 0, to: slot.rows.count, by: Self.tile) {
        let queries = start..<min(slot.rows.count, start + Self.tile)
        for head in 0..<configuration.headCount {
          tasks.append(Task(rows: slot.rows, queries: queries, head: head))
        }
      }
    }
    workers.forEach(tasks.count) { task, worker in
      clock.time(.attention, worker) {
        compute(tasks[task], activations, scores[worker].pointer, outputs[worker].pointer)
      }
    }
  }

  private func compute(
    _ task: Task, _ activations: Activations, _ scores: UnsafeMutablePointer<Float>,
    _ output: UnsafeMutablePointer<Float>
  ) {
    let width = configuration.headDimension
    let queryWidth = configuration.queryWidth
    let keyWidth = configuration.keyValueWidth
    let group = configuration.headCount / configuration.keyValueHeadCount
    let keyOffset = task.rows.lowerBound * keyWidth + task.head / group * width
    let queryOffset = (task.rows.lowerBound + task.queries.lowerBound) * queryWidth + task.head * width
    // No query of the tile sees a key past the tile's end.
    let keys = task.queries.upperBound
    BLAS.multiplyTransposed(
      m: task.queries.count, n: keys, k: width, activations.query.pointer + queryOffset, stride: queryWidth,
      activations.key.pointer + keyOffset, stride: keyWidth, into: scores, stride: keys)
    let scale = 1 / Float(width).squareRoot()
    let factors = task.queries.enumerated().map { row, query in
      Softmax.exponentiate(scores + row * keys, scale: scale, valid: query + 1, count: keys)
    }
    BLAS.multiply(
      m: task.queries.count, n: width, k: keys, scores, stride: keys, activations.value.pointer + keyOffset,
      stride: keyWidth, into: output, stride: width)
    for (index, query) in task.queries.enumerated() {
      let row = output + index * width
      for column in 0..<width { row[column] *= factors[index] }
      activations.heads.store(row, count: width, row: task.rows.lowerBound + query, column: task.head * width)
    }
  }
}
