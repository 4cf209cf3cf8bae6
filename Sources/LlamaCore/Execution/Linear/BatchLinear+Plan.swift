extension BatchLinear {
  /// Elements of a chunk of a weight, where that leaves it wide enough: 2 MB in bfloat16.
  private static let chunkElements = 1 << 20
  /// Fewest columns of a chunk, but for a whole weight.
  static let minimumColumns = 64

  /// Elements of a worker's scratch space: a chunk of a weight, and a tile.
  static func scratch(_ backend: any GEMMBackend, rows: Int, columns: Int) -> (weight: Int, tile: Int) {
    let widest = backend.maximumColumns + minimumColumns
    let weight = min(widest * columns, max(chunkElements, minimumColumns * columns) + minimumColumns * columns)
    return (weight, widest * (backend.tileRows ?? backend.capacity(rows: rows)))
  }

  /// Bytes that the scratch space takes.
  static func byteCount(_ options: RunOptions, rows: Int, columns: Int) -> Int {
    let size = scratch(options.library.backend, rows: rows, columns: columns)
    return options.threads * 4 * (3 * size.weight + 2 * size.tile)
  }

  /// The ranges of a weight's outputs that tiles have, in ascending order.
  static func columns(of weight: Weight, _ library: MatrixLibrary) -> [Range<Int>] {
    Plan([weight], RowLayout(count: 0, sequences: []), library.backend).chunks.map(\.columns)
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
    init(_ weights: [Weight], _ rows: RowLayout, _ backend: any GEMMBackend, parts: [Range<Int>] = []) {
      let inputs = weights.first?.columns ?? 0
      let wanted = min(backend.maximumColumns, chunkElements / max(1, inputs))
      let width = max(minimumColumns, wanted / minimumColumns * minimumColumns)
      chunks = weights.indices.flatMap { weight in
        Self.split(weights[weight].rows, by: width).map { Chunk(weight: weight, columns: $0) }
      }
      segments = backend.segments(
        rows, inputs: parts.map(\.count).min() ?? inputs, outputs: weights.map(\.rows).min() ?? 0)
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
