/// Causal attention of packed texts, `softmax(Q·Kᵀ / √d) · V` per text and head.
///
/// A task is one head of one text and a tile of its queries, so that memory grows with the text's length, never with
/// its square. What a task computes is a function of its text alone.
struct Attention {
  private let workers: Workers
  private let configuration: LlamaConfiguration
  /// `[tile, longest text]` for every worker.
  private let scores: [FloatBuffer]

  /// Queries per task.
  private static let tile = 128

  init(_ workers: Workers, _ configuration: LlamaConfiguration, longest: Int) {
    self.workers = workers
    self.configuration = configuration
    scores = (0..<workers.count).map { _ in FloatBuffer(min(Self.tile, longest) * longest) }
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
      compute(tasks[task], activations, scores[worker].pointer)
    }
  }

  private func compute(_ task: Task, _ activations: Activations, _ scores: UnsafeMutablePointer<Float>) {
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
    for (row, query) in task.queries.enumerated() {
      Softmax.normalize(scores + row * keys, scale: scale, valid: query + 1, count: keys)
    }
    BLAS.multiply(
      m: task.queries.count, n: width, k: keys, scores, stride: keys, activations.value.pointer + keyOffset,
      stride: keyWidth, into: activations.heads.pointer + queryOffset, stride: queryWidth)
  }
}
