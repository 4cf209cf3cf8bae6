/// Rules for placing a text's rows in a wave such that a product gives each row the same bits as in a run of its own.
struct RowPlacement {
  /// Alignment of a text's first row (``BLAS/rowAlignment``).
  let alignment: Int
  /// Number of equivalent rows from an aligned row on (``BLAS/equalRows``): a text that fits into them may begin at any
  /// of them, so that several short texts share one aligned group.
  let equalRows: Int

  init(_ library: MatrixLibrary) {
    (alignment, equalRows) = library == .cblas ? (BLAS.rowAlignment ?? 1, BLAS.equalRows) : (1, 1)
  }

  /// Rounds a row up to a multiple of the alignment.
  func aligned(_ row: Int) -> Int { (row + alignment - 1) / alignment * alignment }

  /// Returns the first row of a text of `count` rows, `row` being the first free row.
  func start(of count: Int, from row: Int) -> Int { row % alignment + count <= equalRows ? row : aligned(row) }
}

/// Places sequences one after the other.
struct RowPacker {
  private let placement: RowPlacement
  /// Number of rows so far, including gaps.
  private(set) var rows = 0

  init(_ options: RunOptions) { placement = RowPlacement(options.library) }

  /// Returns the rows of the next sequence.
  mutating func place(_ length: Int) -> Range<Int> {
    let start = placement.start(of: length, from: rows)
    rows = start + length
    return start..<rows
  }
}
