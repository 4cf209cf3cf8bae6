extension Matmul {
  /// Elements of a chunk of a weight, where that leaves it wide enough: 2 MB in bfloat16.
  private static let chunkElements = 1 << 20
  /// Fewest columns of a chunk, but for a whole weight.
  private static let minimumColumns = 64
  /// Most columns of a chunk.
  private static let maximumColumns = [MatrixLibrary.oneDNN: 256, .cblas: 512]
  /// Rows of a tile of oneDNN's, so that it stays in the second-level cache.
  private static let tileRows = 256
  /// oneDNN compiles a kernel for every number of rows: only multiples of this.
  private static let rowStep = 16
  /// Fewest rows of a CBLAS call for the whole wave, a multiple of every alignment.
  private static let minimumRows = 96

  /// Elements of a worker's scratch space: a chunk of a weight, and a tile.
  static func scratch(_ options: RunOptions, rows: Int, columns: Int) -> (weight: Int, tile: Int) {
    let widest = (maximumColumns[options.library] ?? 0) + minimumColumns
    let weight = min(widest * columns, max(chunkElements, minimumColumns * columns) + minimumColumns * columns)
    return (weight, widest * (options.library == .oneDNN ? tileRows : capacity(rows: rows, options.library)))
  }

  /// Bytes that the scratch space takes.
  static func byteCount(_ options: RunOptions, rows: Int, columns: Int) -> Int {
    let size = scratch(options, rows: rows, columns: columns)
    return options.threads * 4 * (3 * size.weight + 2 * size.tile)
  }

  /// Rows that a buffer of `rows` rows must have room for: what the calls touch.
  static func capacity(rows: Int, _ library: MatrixLibrary) -> Int {
    switch library {
    case .oneDNN: max(rowStep, (rows + rowStep - 1) / rowStep * rowStep)
    case .cblas: max(minimumRows, RowPlacement(library).aligned(rows))
    }
  }

  /// The ranges of a weight's outputs that tiles have, in ascending order.
  static func columns(of weight: Weight, _ library: MatrixLibrary) -> [Range<Int>] {
    Plan([weight], Rows(count: 0, texts: []), library).chunks.map(\.columns)
  }

  /// How a product is cut into calls.
  struct Plan {
    /// Columns of one weight's output.
    struct Chunk {
      let weight: Int
      let columns: Range<Int>
    }

    let chunks: [Chunk]
    /// Rows that share a call, in the order they are multiplied.
    let segments: [Range<Int>]

    /// - Parameter parts: of the weights' inputs, which are multiplied apart.
    init(_ weights: [Weight], _ rows: Rows, _ library: MatrixLibrary, parts: [Range<Int>] = []) {
      let inputs = weights.first?.columns ?? 0
      let wanted = min(maximumColumns[library] ?? minimumColumns, chunkElements / max(1, inputs))
      let width = max(minimumColumns, wanted / minimumColumns * minimumColumns)
      chunks = weights.indices.flatMap { weight in
        Self.split(weights[weight].rows, by: width).map { Chunk(weight: weight, columns: $0) }
      }
      switch library {
      case .oneDNN:
        let count = (rows.count + rowStep - 1) / rowStep * rowStep
        segments = stride(from: 0, to: count, by: tileRows).map { $0..<min(count, $0 + tileRows) }
      case .cblas:
        let isLarge =
          minimumRows * minimumColumns * (parts.map(\.count).min() ?? inputs) > BLAS.smallProduct
          && weights.allSatisfy { $0.rows >= minimumColumns }
        segments = isLarge && BLAS.rowAlignment != nil ? [0..<capacity(rows: rows.count, library)] : rows.texts
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
}
