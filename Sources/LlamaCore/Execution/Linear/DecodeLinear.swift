import Foundations

/// Linear layers over few rows, as in a step of decoding: `output = input · weightᵀ + bias`.
///
/// A weight is read directly from its mapping, once for all rows of the input, in tasks that workers take one by one.
/// It is widened, which is exact, and multiplied in float32 whatever the run's precision: memory bandwidth dominates,
/// so rounding the input to bfloat16 would gain nothing. Pages stay mapped for the next step.
struct DecodeLinear: LinearBackend {
  private let workers: Workers
  private let clock: PhaseClock
  /// Two tiles per worker, for the two factors of the gated activation.
  private let tiles: [[FloatBuffer]]
  /// The input in the order of ``MatrixVector/pair(_:count:into:)``.
  private let paired: FloatBuffer

  /// Range of bytes per task: enough for streaming reads; more than the upper bound gains nothing.
  private static let taskBytes = 1 << 16...1 << 22
  /// Number of tasks per worker, to balance the tail.
  private static let tasksPerWorker = 4
  /// Maximum number of outputs per task, for which tiles have room.
  private static let largestTask = 1024

  /// - Parameters:
  ///   - rows: maximum number of rows of an input.
  ///   - columns: the widest input of any weight.
  init(_ workers: Workers, rows: Int, columns: Int, _ clock: PhaseClock) {
    self.workers = workers
    self.clock = clock
    tiles = (0..<workers.count).map { _ in (0..<2).map { _ in FloatBuffer(rows * Self.largestTask) } }
    paired = FloatBuffer(rows * columns)
  }

  /// Multiplies `input`, which is in float32, with each layer's weight.
  /// - Throws: ``FileError`` if a bias cannot be read.
  func multiply(_ input: ActivationMatrix, _ rows: RowLayout, _ operations: [LinearOperation]) throws {
    let sources = operations.map { Source($0.linear) }
    let inputs = prepare(input, rows.count, sources)
    try perform(sources) { index, outputs, worker in
      let tile = try compute(sources[index], outputs, inputs, rows.count, tiles[worker][0], worker)
      clock.time(operations[index].phase, worker) { operations[index].epilogue(tile) }
    }
  }

  func multiplyGated(
    _ input: ActivationMatrix, _ rows: RowLayout, gate: ModelWeights.Linear, up: ModelWeights.Linear,
    _ activation: GateActivation, into output: ActivationMatrix
  ) throws {
    let (gate, up) = (Source(gate), Source(up))
    let inputs = prepare(input, rows.count, [gate, up])
    try perform([gate]) { _, outputs, worker in
      let gateTile = try compute(gate, outputs, inputs, rows.count, tiles[worker][0], worker)
      let upTile = try compute(up, outputs, inputs, rows.count, tiles[worker][1], worker)
      clock.time(.vectorLoops, worker) { gateTile.gate(upTile, activation, into: output) }
    }
  }

  /// A weight in its file, whose mapping has the lifetime of the model.
  private struct Source {
    let bytes: UnsafeRawBufferPointer
    let format: WeightFormat
    let rows, columns, rowBytes: Int
    let bias: Weight?

    init(_ linear: ModelWeights.Linear) {
      let weight = linear.weight
      bytes = weight.withBytes { $0 }
      (format, rows, columns, rowBytes) = (weight.format, weight.rows, weight.columns, weight.rowBytes)
      bias = linear.bias
    }
  }

  /// The input in both element orders that weights need.
  private struct Inputs {
    let plain, paired: UnsafePointer<Float>
  }

  private func prepare(_ input: ActivationMatrix, _ rows: Int, _ sources: [Source]) -> Inputs {
    let plain = UnsafePointer(input.row(0).assumingMemoryBound(to: Float.self))
    if sources.contains(where: { $0.format != .f32 }) {
      clock.time(.vectorLoops, 0) {
        for row in 0..<rows {
          let start = row * input.columns
          MatrixVector.pair(plain + start, count: input.columns, into: paired.pointer + start)
        }
      }
    }
    return Inputs(plain: plain, paired: UnsafePointer(paired.pointer))
  }

  /// Calls `body` with ranges of outputs that together cover all outputs of the weights.
  private func perform(
    _ sources: [Source], _ body: (_ source: Int, _ outputs: Range<Int>, _ worker: Int) throws -> Void
  ) throws {
    let total = sources.reduce(0) { $0 + $1.bytes.count }
    let wanted = total / (workers.count * Self.tasksPerWorker)
    let taskBytes = min(max(Self.taskBytes.lowerBound, wanted), Self.taskBytes.upperBound)
    var tasks: [(source: Int, outputs: Range<Int>)] = []
    for (index, source) in sources.enumerated() {
      // A multiple of the number of rows that are multiplied together.
      let height = min(max(4, taskBytes / max(1, source.rowBytes) / 4 * 4), Self.largestTask)
      for start in stride(from: 0, to: source.rows, by: height) {
        tasks.append((index, start..<min(source.rows, start + height)))
      }
    }
    try workers.forEach(tasks.count) { task, worker in try body(tasks[task].source, tasks[task].outputs, worker) }
  }

  private func compute(
    _ source: Source, _ outputs: Range<Int>, _ inputs: Inputs, _ rows: Int, _ tile: FloatBuffer, _ worker: Int
  ) throws -> OutputTile {
    let tile = OutputTile(values: tile.pointer, rows: 0..<rows, columns: outputs)
    clock.time(.matmul, worker) {
      guard let matrix = source.bytes.baseAddress else { return }
      MatrixVector.multiply(
        matrix + outputs.lowerBound * source.rowBytes, of: source.format, rows: outputs.count, columns: source.columns,
        rowBytes: source.rowBytes, source.format == .f32 ? inputs.plain : inputs.paired, vectors: rows,
        into: tile.values, stride: outputs.count)
    }
    if let bias = source.bias { try clock.time(.vectorLoops, worker) { try tile.add(bias) } }
    return tile
  }
}
