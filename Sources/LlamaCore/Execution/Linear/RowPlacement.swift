/// Where a text's rows may stand in a wave, so that a product gives each the bits that it has alone.
struct RowPlacement {
  /// What texts begin at a multiple of (``BLAS/rowAlignment``).
  let alignment: Int
  /// Rows from such a multiple on that are as good as each other (``BLAS/equalRows``): a text that needs no more than
  /// these may begin at any of them, so that several short ones share a multiple.
  let equalRows: Int

  init(_ library: MatrixLibrary) {
    (alignment, equalRows) = library == .cblas ? (BLAS.rowAlignment ?? 1, BLAS.equalRows) : (1, 1)
  }

  /// The first multiple of the alignment that is not less.
  func aligned(_ row: Int) -> Int { (row + alignment - 1) / alignment * alignment }

  /// Where a text of `count` rows begins, `row` being the first that is free.
  func start(of count: Int, from row: Int) -> Int { row % alignment + count <= equalRows ? row : aligned(row) }
}
