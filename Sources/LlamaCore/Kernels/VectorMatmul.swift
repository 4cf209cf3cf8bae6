/// Linear layers over few rows, as in a step of decoding: `output = input · weightᵀ + bias`.
///
/// A weight is read as it is mapped, once for all rows of the input and front to back, in tasks that workers take one by
/// one. It is widened, which changes nothing, and multiplied in float32 whatever the run's precision: reading is what takes
/// the time, so that rounding the input to bfloat16 would gain nothing. What comes out is handed on as ``Matmul`` does it.
struct VectorMatmul: LinearLayers {
  private let workers: Workers
  private let clock: PhaseClock
  /// Two tiles for every worker, for the two factors of the gated activation.
  private let tiles: [[FloatBuffer]]
  /// The input in the order of ``MatrixVector/pair(_:count:into:)``.
  private let paired: FloatBuffer

  /// Bytes of a weight that make a task: enough to stream, few enough that nobody waits long for another at the end.
  private static let taskBytes = 1 << 17
  /// Most outputs of a task, for which tiles have room.
  private static let largestTask = 1024

  /// - Parameters:
  ///   - rows: most rows of an input.
  ///   - columns: the widest input of any weight.
  init(_ workers: Workers, rows: Int, columns: Int, _ clock: PhaseClock) {
    self.workers = workers
    self.clock = clock
    tiles = (0..<workers.count).map { _ in (0..<2).map { _ in FloatBuffer(rows * Self.largestTask) } }
    paired = FloatBuffer(rows * columns)
  }

  /// Multiplies `input`, which is in float32, with each job's weight.
  func multiply(_ input: Operand, _ rows: Matmul.Rows, _ jobs: [Matmul.Job]) {
    prepare(input, rows.count, jobs.map(\.projection))
    perform(jobs.map(\.projection.weight)) { job, outputs, worker in
      let tile = compute(jobs[job].projection, outputs, input, rows.count, tiles[worker][0], worker)
      clock.time(.vectorLoops, worker) { jobs[job].finish(tile) }
    }
  }

  func multiplyGated(
    _ input: Operand, _ rows: Matmul.Rows, gate: LlamaWeights.Projection, up: LlamaWeights.Projection,
    into output: Operand
  ) {
    prepare(input, rows.count, [gate, up])
    perform([gate.weight]) { _, outputs, worker in
      let gateTile = compute(gate, outputs, input, rows.count, tiles[worker][0], worker)
      let upTile = compute(up, outputs, input, rows.count, tiles[worker][1], worker)
      clock.time(.vectorLoops, worker) { Matmul.activate(gateTile, upTile, output) }
    }
  }

  private func prepare(_ input: Operand, _ rows: Int, _ projections: [LlamaWeights.Projection]) {
    guard projections.contains(where: { $0.weight.type != .f32 }) else { return }
    clock.time(.vectorLoops, 0) {
      for row in 0..<rows {
        let line = input.row(row).assumingMemoryBound(to: Float.self)
        MatrixVector.pair(line, count: input.columns, into: paired.pointer + row * input.columns)
      }
    }
  }

  /// Calls `body` with ranges of the weights' outputs that together are all of them.
  private func perform(_ weights: [Weight], _ body: (_ weight: Int, _ outputs: Range<Int>, _ worker: Int) -> Void) {
    var tasks: [(weight: Int, outputs: Range<Int>)] = []
    for (index, weight) in weights.enumerated() {
      // A multiple of the four rows that are multiplied together.
      let wanted = Self.taskBytes / max(1, weight.rowBytes) / 4 * 4
      let height = min(max(4, wanted), Self.largestTask)
      for start in stride(from: 0, to: weight.rows, by: height) {
        tasks.append((index, start..<min(weight.rows, start + height)))
      }
    }
    workers.forEach(tasks.count) { task, worker in body(tasks[task].weight, tasks[task].outputs, worker) }
  }

  private func compute(
    _ projection: LlamaWeights.Projection, _ outputs: Range<Int>, _ input: Operand, _ rows: Int,
    _ tile: FloatBuffer, _ worker: Int
  ) -> Matmul.Tile {
    let weight = projection.weight
    let tile = Matmul.Tile(values: tile.pointer, rows: 0..<rows, columns: outputs)
    clock.time(.matmul, worker) {
      weight.withBytes(rows: outputs) { bytes in
        guard let matrix = bytes.baseAddress else { return }
        let plain = UnsafePointer(input.row(0).assumingMemoryBound(to: Float.self))
        MatrixVector.multiply(
          matrix, of: weight.type, rows: outputs.count, columns: input.columns, rowBytes: weight.rowBytes,
          weight.type == .f32 ? plain : UnsafePointer(paired.pointer), vectors: rows, into: tile.values,
          stride: outputs.count)
      }
    }
    if let bias = projection.bias { clock.time(.vectorLoops, worker) { tile.add(bias) } }
    return tile
  }
}
