/// CBLAS: float32, weights as PyTorch stores them.
///
/// A call covers rows of several sequences if the library computes each row independently, or does so for rows placed
/// according to ``RowPlacement``, as ``BatchLayout`` places its sequences; calls then begin at multiples of every alignment.
/// Otherwise, and for weights so small that CBLAS would use a different code path for few rows, each of a sequence's
/// ``PositionTiles`` gets calls of its own, so that its results depend on it alone.
struct CBLASBackend: GEMMBackend {
  let maximumColumns = 512
  let tileRows: Int? = nil

  /// Minimum number of rows of a call for several sequences, a multiple of every alignment.
  private static let minimumRows = 96
  /// Rows of such a call where there are more: few enough for a balance of workers and for a tile to stay in cache, and
  /// so many that packing the weight for each call takes no time.
  private static let callRows = 4 * minimumRows

  func capacity(rows: Int) -> Int { max(Self.minimumRows, RowPlacement(.cblas).aligned(rows)) }

  func segments(_ rows: RowLayout, inputs: Int, outputs: Int) -> [Range<Int>] {
    let isLarge =
      Self.minimumRows * BatchLinear.minimumColumns * inputs > BLAS.smallProduct
      && outputs >= BatchLinear.minimumColumns
    guard isLarge, BLAS.rowAlignment != nil else {
      return rows.sequences.flatMap { rows in
        PositionTiles.ranges(0..<rows.count).map { rows.lowerBound + $0.lowerBound..<rows.lowerBound + $0.upperBound }
      }
    }
    let count = capacity(rows: rows.count)
    // The last call takes a remainder that would be too small for one of its own.
    let calls = max(1, (count - Self.minimumRows) / Self.callRows + 1)
    return (0..<calls).map { $0 * Self.callRows..<($0 + 1 < calls ? ($0 + 1) * Self.callRows : count) }
  }

  func multiply(_ a: MatrixView, _ b: MatrixView, isTransposed: Bool, into c: UnsafeMutablePointer<Float>) {
    if isTransposed {
      BLAS.multiplyTransposed(
        m: a.rows, n: b.rows, k: a.columns, a.pointer, stride: a.stride, b.pointer, stride: b.stride, into: c,
        stride: b.rows)
    } else {
      BLAS.multiply(
        m: a.rows, n: b.columns, k: a.columns, a.pointer, stride: a.stride, b.pointer, stride: b.stride, into: c,
        stride: b.columns)
    }
  }

  func multiplier(_ precision: Precision) -> any GEMMMultiplier { Multiplier(precision) }

  private final class Multiplier: GEMMMultiplier {
    private let precision: Precision

    init(_ precision: Precision) { self.precision = precision }

    func pack(
      _ weight: Weight, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, staging: FloatBuffer
    ) -> PackedWeight? {
      weight.factor(precision, rows: rows, scratch: scratch).map {
        PackedWeight(address: $0, isReordered: false, columnBytes: precision.byteCount)
      }
    }

    func multiply(
      _ input: ActivationMatrix, part index: Int, _ weight: PackedWeight, into tile: OutputTile, isAdded: Bool
    ) -> Bool {
      let part = input.parts[index]
      BLAS.multiplyTransposed(
        m: tile.rows.count, n: tile.columns.count, k: part.count,
        input.row(tile.rows.lowerBound, part: index).assumingMemoryBound(to: Float.self), stride: part.count,
        weight.part(part).assumingMemoryBound(to: Float.self), stride: input.columns, into: tile.values,
        stride: tile.columns.count, isAdded: isAdded)
      return true
    }

    func multiplyGated(
      _ input: ActivationMatrix, _ weight: PackedWeight, _ activation: GateActivation, up: OutputTile,
      in tile: OutputTile
    ) -> Bool { false }
  }
}
