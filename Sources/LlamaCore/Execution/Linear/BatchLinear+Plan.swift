extension BatchLinear {
  /// Target number of elements in a chunk of a weight, subject to ``minimumColumns``: 2 MB in bfloat16.
  private static let chunkElements = 1 << 20
  /// Minimum number of columns in a chunk, unless the weight has fewer.
  static let minimumColumns = 64

  /// Returns the elements of a worker's scratch space: a chunk of a weight, and a tile.
  static func scratch(_ backend: any GEMMBackend, rows: Int, columns: Int) -> (weight: Int, tile: Int) {
    let widest = backend.maximumColumns + minimumColumns
    let weight = min(widest * columns, max(chunkElements, minimumColumns * columns) + minimumColumns * columns)
    return (weight, widest * (backend.tileRows ?? backend.capacity(rows: rows)))
  }

  /// Returns the bytes of scratch space.
  static func byteCount(_ options: RunOptions, rows: Int, columns: Int) -> Int {
    let size = scratch(options.library.backend, rows: rows, columns: columns)
    return options.threads * 4 * (5 * size.weight + 2 * size.tile)
  }

  /// Returns the ranges of a weight's outputs that tiles cover, in ascending order.
  static func columns(of weight: Weight, _ library: MatrixLibrary) -> [Range<Int>] {
    Plan([weight], RowLayout(count: 0, sequences: []), library.backend).chunks.map(\.columns)
  }

  /// The division of a product into calls.
  struct Plan {
    /// A range of columns of one weight's output.
    struct Chunk: Equatable {
      let weight: Int
      let columns: Range<Int>
    }

    let chunks: [Chunk]
    /// Ranges of rows that share a call, in the order of multiplication.
    let segments: [Range<Int>]

    /// - Parameter parts: ranges of the weights' inputs that are multiplied separately.
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

    /// Returns ranges of `size` that tile `0..<count`; the last range includes the remainder, up to 63 more.
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
