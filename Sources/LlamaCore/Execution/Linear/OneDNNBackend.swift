/// oneDNN: float32 and bfloat16. Weights are packed for it if it has a kernel for that; parts of their columns are
/// consecutive.
///
/// Each row is computed independently (measured with 2.6, for 1 to 256 rows).
struct OneDNNBackend: GEMMBackend {
  let maximumColumns = 256
  /// Chosen so that a tile stays in the second-level cache.
  let tileRows: Int? = 256

  /// oneDNN compiles a kernel for every number of rows, so only multiples of this are used.
  private static let rowStep = 16

  func capacity(rows: Int) -> Int {
    max(Self.rowStep, (rows + Self.rowStep - 1) / Self.rowStep * Self.rowStep)
  }

  func segments(_ rows: RowLayout, inputs: Int, outputs: Int) -> [Range<Int>] {
    let count = (rows.count + Self.rowStep - 1) / Self.rowStep * Self.rowStep
    let height = tileRows ?? count
    return stride(from: 0, to: count, by: height).map { $0..<min(count, $0 + height) }
  }

  /// CBLAS's: oneDNN has no fast kernel for rows with gaps between them.
  func multiply(_ a: MatrixView, _ b: MatrixView, isTransposed: Bool, into c: UnsafeMutablePointer<Float>) {
    CBLASBackend().multiply(a, b, isTransposed: isTransposed, into: c)
  }

  func multiplier(_ precision: Precision) -> any GEMMMultiplier { Multiplier(precision) }

  private final class Multiplier: GEMMMultiplier {
    private let precision: Precision
    private let product: OneDNNMatmul

    init(_ precision: Precision) {
      self.precision = precision
      product = OneDNNMatmul(precision)
    }

    func pack(
      _ weight: Weight, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, staging: FloatBuffer
    ) -> PackedWeight? {
      // Depends on the weight alone, so that every text is treated the same.
      let isPacked = parts.allSatisfy {
        product.takesPacked(n: rows.count, k: $0.count, isAdded: $0.lowerBound > 0)
      }
      let address =
        isPacked
        ? weight.packedFactor(precision, rows: rows, parts: parts, scratch: staging, packed: scratch)
        : weight.partedFactor(precision, rows: rows, parts: parts, scratch: staging, parted: scratch)
      return address.map {
        PackedWeight(address: $0, isReordered: isPacked, columnBytes: precision.byteCount * rows.count)
      }
    }

    func multiply(
      _ input: ActivationMatrix, part index: Int, _ weight: PackedWeight, into tile: OutputTile, isAdded: Bool
    ) -> Bool {
      let part = input.parts[index]
      return product.multiplyTransposed(
        m: tile.rows.count, n: tile.columns.count, k: part.count, input.row(tile.rows.lowerBound, part: index),
        weight.part(part), isPacked: weight.isReordered, isAdded: isAdded, into: tile.values)
    }

    func multiplyGated(
      _ input: ActivationMatrix, _ weight: PackedWeight, _ activation: GateActivation, up: OutputTile,
      in tile: OutputTile
    ) -> Bool {
      guard activation == .silu, let last = input.parts.last else { return false }
      let (m, n, k, isAdded) = (tile.rows.count, tile.columns.count, last.count, last.lowerBound > 0)
      // Applied once, after the whole sum.
      return product.knowsGated(m: m, n: n, k: k, isPacked: weight.isReordered, isAdded: isAdded)
        && input.parts.indices.dropLast().allSatisfy {
          multiply(input, part: $0, weight, into: tile, isAdded: $0 > 0)
        }
        && product.multiplyGated(
          m: m, n: n, k: k, input.row(tile.rows.lowerBound, part: input.parts.count - 1), weight.part(last),
          isPacked: weight.isReordered, isAdded: isAdded, up: up.values, into: tile.values)
    }
  }
}
