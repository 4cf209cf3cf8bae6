/// Linear layers over a wave: `output = input · weightᵀ + bias` for one or more weights that share an input.
///
/// The output columns are cut into chunks; a task widens one chunk of a weight into its worker's scratch space
/// and multiplies all rows with it while it is hot in the cache. No whole weight is ever widened, and while one
/// worker widens or waits for the disk another multiplies.
///
/// **Same bits in any company.** Where the BLAS computes each row by itself, or does so for rows that are aligned
/// (``BLAS/rowAlignment``, which is how a ``Wave`` places its texts), one call covers the whole wave. Elsewhere, and for
/// weights so small that the BLAS would take another path for few rows, each text gets calls of its own, so that its
/// numbers are a function of itself alone.
struct Matmul {
  private let workers: Workers
  private let scratch: [FloatBuffer]

  /// Elements of a weight that one task widens; 16 MB as float32.
  private static let chunkElements = 1 << 22
  /// Columns per task where a column's bits depend on the chunk it is in: fixed, so as not to depend on the threads.
  private static let fixedChunk = 512
  /// Fewest rows a call for the whole wave may have, a multiple of every alignment.
  private static let minimumRows = 96
  /// Fewest columns of a chunk, but for a whole weight.
  private static let minimumColumns = 64

  /// - Parameter columns: the widest input of any weight.
  init(_ workers: Workers, columns: Int) {
    self.workers = workers
    let elements = max(Self.chunkElements, 2 * Self.minimumColumns * columns)
    scratch = (0..<workers.count).map { _ in FloatBuffer(elements) }
  }

  /// One weight, and where its output goes: `[rows, weight.rows]`.
  struct Job {
    let projection: LlamaWeights.Projection
    let output: FloatBuffer
  }

  private struct Chunk {
    let job: Int
    let columns: Range<Int>
  }

  /// Rows that a buffer of `rows` rows must have room for: what a call for the whole wave touches.
  static func capacity(rows: Int) -> Int {
    let alignment = BLAS.rowAlignment ?? 1
    return max((rows + alignment - 1) / alignment * alignment, minimumRows)
  }

  /// - Parameters:
  ///   - input: `[rows, columns]`, where `columns` is that of every weight.
  ///   - rows: rows of the wave, those between texts included.
  ///   - texts: the rows of each text.
  func multiply(_ input: FloatBuffer, rows: Int, texts: [Range<Int>], _ jobs: [Job]) {
    guard let inputs = jobs.first?.projection.weight.columns else { return }
    let outputs = jobs.reduce(0) { $0 + $1.projection.weight.rows }
    let isLarge =
      Self.minimumRows * Self.minimumColumns * inputs > BLAS.smallProduct
      && jobs.allSatisfy { $0.projection.weight.rows >= Self.minimumColumns }
    let wholeWave = isLarge ? BLAS.rowAlignment : nil
    let chunk = Self.chunk(
      outputs: wholeWave != nil && BLAS.columnsAreIndependent ? outputs / (2 * workers.count) : Self.fixedChunk,
      inputs: inputs)
    let segments = wholeWave == nil ? texts : [0..<Self.capacity(rows: rows)]

    let chunks = jobs.indices.flatMap { job in
      Self.split(jobs[job].projection.weight.rows, by: chunk).map { Chunk(job: job, columns: $0) }
    }
    workers.forEach(chunks.count) { task, worker in
      let columns = chunks[task].columns
      let job = jobs[chunks[task].job]
      let stride = job.projection.weight.rows
      job.projection.weight.withFloats(rows: columns, scratch: scratch[worker]) { weight in
        for segment in segments {
          BLAS.multiplyTransposed(
            m: segment.count, n: columns.count, k: inputs, input.pointer + segment.lowerBound * inputs, stride: inputs,
            weight, stride: inputs, into: job.output.pointer + segment.lowerBound * stride + columns.lowerBound,
            stride: stride)
        }
      }
      if let bias = job.projection.bias {
        Self.add(bias, columns, to: job.output.pointer, rows: rows, stride: stride, scratch: scratch[worker])
      }
    }
  }

  /// Columns per task: as wanted, within what a worker's scratch space holds.
  private static func chunk(outputs: Int, inputs: Int) -> Int {
    max(minimumColumns, min(outputs, chunkElements / inputs - minimumColumns) / minimumColumns * minimumColumns)
  }

  /// Ranges of `size` that tile `0..<count`; the last takes what is left over, up to 63 more.
  private static func split(_ count: Int, by size: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < count {
      let end = count - start < size + minimumColumns ? count : start + size
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  private static func add(
    _ bias: Weight, _ columns: Range<Int>, to output: UnsafeMutablePointer<Float>, rows: Int, stride: Int,
    scratch: FloatBuffer
  ) {
    bias.withFloats(rows: columns, scratch: scratch) { bias in
      for row in 0..<rows {
        let line = output + row * stride + columns.lowerBound
        for column in 0..<columns.count { line[column] += bias[column] }
      }
    }
  }
}

extension Weight {
  /// Calls `body` with the rows as float32: in place where they are stored so, widened into `scratch` otherwise.
  func withFloats(rows: Range<Int>, scratch: FloatBuffer, _ body: (UnsafePointer<Float>) -> Void) {
    withBytes(rows: rows) { bytes in
      if type == .f32, let address = bytes.baseAddress, Int(bitPattern: address) % MemoryLayout<Float>.alignment == 0 {
        body(address.assumingMemoryBound(to: Float.self))
      } else if bytes.count * 8 / type.bits <= scratch.count {
        Widening.widen(bytes, of: type, into: scratch.pointer)
        body(scratch.pointer)
      }
    }
  }

  /// The whole tensor as float32.
  func floats() -> [Float] {
    withBytes { bytes in
      [Float](unsafeUninitializedCapacity: bytes.count * 8 / type.bits) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        Widening.widen(bytes, of: type, into: base)
        count = buffer.count
      }
    }
  }
}
