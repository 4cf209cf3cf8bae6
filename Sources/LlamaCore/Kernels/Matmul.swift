import Synchronization

/// Linear layers over a wave: `output = input · weightᵀ + bias` for one or more weights that share an input.
///
/// The output columns are cut into chunks; a task widens one chunk of a weight into its worker's scratch space
/// and multiplies all rows with it while it is hot in the cache. No whole weight is ever widened, and while one
/// worker widens or waits for the disk another multiplies.
///
/// **Same bits in any company.** oneDNN computes each row by itself once there are a few, so one call covers the whole
/// wave; the width of its chunks is fixed, because sums of narrow ones take another order (measured with 2.6).
/// With CBLAS one call covers the wave where the library computes each row by itself, or does so for rows that are
/// aligned (``BLAS/rowAlignment``, which is how a ``Wave`` places its texts). Elsewhere, and for weights so small that
/// CBLAS would take another path for few rows, each text gets calls of its own, so that its numbers are a function of
/// itself alone.
///
/// In bfloat16 a weight stored so is multiplied where it lies, others are rounded in the scratch space, and the input
/// is rounded once (``stage(_:rows:columns:)``).
struct Matmul {
  private let workers: Workers
  private let library: MatrixLibrary
  private let precision: Precision
  private let scratch: [FloatBuffer]
  /// oneDNN, one for every worker; empty for CBLAS.
  private let products: [OneDNNMatmul]
  /// `[rows, columns]`: the input of the product to come, rounded; nil in float32.
  private let rounded: HalfBuffer?

  /// Elements of a weight that one task widens; 16 MB as float32.
  private static let chunkElements = 1 << 22
  /// Columns per task where a column's bits depend on the chunk it is in: fixed, so as not to depend on the threads.
  private static let fixedChunk = 512
  /// Fewest rows a call for the whole wave may have, a multiple of every alignment.
  private static let minimumRows = 96
  /// Fewest columns of a chunk, but for a whole weight.
  private static let minimumColumns = 64

  /// - Parameters:
  ///   - rows: those of the largest wave.
  ///   - columns: the widest input of any weight.
  init(_ workers: Workers, _ options: RunOptions, rows: Int, columns: Int) {
    self.workers = workers
    library = options.library
    precision = options.precision
    let elements = max(Self.chunkElements, 2 * Self.minimumColumns * columns)
    scratch = (0..<workers.count).map { _ in FloatBuffer(elements) }
    products = options.library == .cblas ? [] : (0..<workers.count).map { _ in OneDNNMatmul(options.precision) }
    rounded = options.precision == .float32 ? nil : HalfBuffer(Self.capacity(rows: rows) * columns)
  }

  /// One weight, and where its output goes: `[rows, weight.rows]`.
  struct Job {
    let projection: LlamaWeights.Projection
    let output: FloatBuffer
  }

  /// Rows that a buffer of `rows` rows must have room for: what a call for the whole wave touches.
  static func capacity(rows: Int) -> Int {
    let alignment = BLAS.rowAlignment ?? 1
    return max((rows + alignment - 1) / alignment * alignment, minimumRows)
  }

  /// Takes rows of the next input; to be called for all of them, by whoever has just written them and has them in its
  /// cache, before ``multiply(_:rows:texts:_:)``.
  func stage(_ input: FloatBuffer, rows: Range<Int>, columns: Int) {
    guard let rounded else { return }
    let start = rows.lowerBound * columns
    Rounding.round(input.pointer + start, into: rounded.pointer + start, count: rows.count * columns)
  }

  /// - Parameters:
  ///   - input: `[rows, columns]`, where `columns` is that of every weight.
  ///   - rows: rows of the wave, those between texts included.
  ///   - texts: the rows of each text.
  /// - Throws: ``RunError/precisionUnavailable(_:reason:)`` where oneDNN refuses a product.
  func multiply(_ input: FloatBuffer, rows: Int, texts: [Range<Int>], _ jobs: [Job]) throws(RunError) {
    guard let inputs = jobs.first?.projection.weight.columns else { return }
    let plan = Plan(jobs, rows: rows, texts: texts, inputs: inputs, workers: workers.count, library)
    let refused = Atomic(false)
    workers.forEach(plan.chunks.count) { task, worker in
      let chunk = plan.chunks[task]
      let job = jobs[chunk.job]
      let (weight, stride) = (job.projection.weight, job.projection.weight.rows)
      let output = job.output.pointer + chunk.columns.lowerBound
      func multiply(_ factor: UnsafeRawPointer, _ input: UnsafeRawPointer) {
        let isDone = products[worker].multiplyTransposed(
          m: max(rows, Self.minimumRows), n: chunk.columns.count, k: inputs, input, factor, into: output,
          stride: stride)
        if !isDone { refused.store(true, ordering: .relaxed) }
      }
      if let rounded {
        weight.withBFloat16(rows: chunk.columns, scratch: scratch[worker]) { multiply($0, rounded.pointer) }
      } else if !products.isEmpty {
        weight.withFloats(rows: chunk.columns, scratch: scratch[worker]) { multiply($0, input.pointer) }
      } else {
        weight.withFloats(rows: chunk.columns, scratch: scratch[worker]) { weight in
          for segment in plan.segments {
            BLAS.multiplyTransposed(
              m: segment.count, n: chunk.columns.count, k: inputs, input.pointer + segment.lowerBound * inputs,
              stride: inputs, weight, stride: inputs, into: output + segment.lowerBound * stride, stride: stride)
          }
        }
      }
      if let bias = job.projection.bias {
        Self.add(bias, chunk.columns, to: output, rows: rows, stride: stride, scratch: scratch[worker])
      }
    }
    if refused.load(ordering: .relaxed) {
      throw .precisionUnavailable(
        precision, reason: "oneDNN refused a product of \(rows) rows and \(inputs) columns")
    }
  }

  /// How a product is cut into calls.
  private struct Plan {
    /// Columns of one weight's output.
    struct Chunk {
      let job: Int
      let columns: Range<Int>
    }

    let chunks: [Chunk]
    /// Rows that share a call.
    let segments: [Range<Int>]

    init(
      _ jobs: [Job], rows: Int, texts: [Range<Int>], inputs: Int, workers: Int, _ library: MatrixLibrary
    ) {
      let outputs = jobs.reduce(0) { $0 + $1.projection.weight.rows }
      let isLarge =
        minimumRows * minimumColumns * inputs > BLAS.smallProduct
        && jobs.allSatisfy { $0.projection.weight.rows >= minimumColumns }
      let wholeWave = isLarge && BLAS.rowAlignment != nil
      let followsThreads = library == .cblas && wholeWave && BLAS.columnsAreIndependent
      segments = wholeWave ? [0..<capacity(rows: rows)] : texts
      // Several tasks for every worker, each as wide as its scratch space allows: the BLAS is at its best then.
      let wanted = min(followsThreads ? outputs / (2 * workers) : fixedChunk, chunkElements / inputs - minimumColumns)
      let size = max(minimumColumns, wanted / minimumColumns * minimumColumns)
      chunks = jobs.indices.flatMap { job in
        Self.split(jobs[job].projection.weight.rows, by: size).map { Chunk(job: job, columns: $0) }
      }
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
  }

  private static func add(
    _ bias: Weight, _ columns: Range<Int>, to output: UnsafeMutablePointer<Float>, rows: Int, stride: Int,
    scratch: FloatBuffer
  ) {
    bias.withFloats(rows: columns, scratch: scratch) { bias in
      for row in 0..<rows {
        let line = output + row * stride
        for column in 0..<columns.count { line[column] += bias[column] }
      }
    }
  }
}
