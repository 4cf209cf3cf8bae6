/// Packing of weights into the order oneDNN's kernels read, so that no product has to reorder them.
///
/// For every 64 outputs `n` a matrix `[units, 64]`, where a unit is 32 bits of an output's row: one float32, or two
/// adjacent bfloat16. oneDNN's name is `BA16a64b`, or `BA16a64b2a` in bfloat16.
package enum Packing {
  /// Number of adjacent outputs.
  package static let width = 64
  /// Number of units that are reordered together: the destination stays in the cache, and rows are read in runs of 1
  /// kB, which takes a quarter less time than runs of 256 bytes.
  private static let block = 256

  /// Returns true if `[n, k]` can be packed without gaps.
  package static func fits(n: Int, k: Int) -> Bool { n % width == 0 && k % 32 == 0 }

  /// Packs `n` rows of `units` each, a multiple of 8; `source` may have any alignment, and its rows are `rowBytes`
  /// apart.
  package static func pack(
    _ source: UnsafeRawPointer, n: Int, units: Int, rowBytes: Int, into target: UnsafeMutableRawPointer
  ) {
    forEachQuad(n: n, units: units) { row, unit in
      let rows = load(source + row * rowBytes + 4 * unit, stride: rowBytes)
      let column = target + 4 * (row / width * width * units + unit * width + row % width)
      store(transpose(rows), column, stride: 4 * width)
    }
  }

  /// Packs `n` rows of `2 · pairs` bfloat16, `rowBytes` apart, as float32.
  package static func widen(
    _ source: UnsafeRawPointer, n: Int, pairs: Int, rowBytes: Int, into target: UnsafeMutableRawPointer
  ) {
    forEachQuad(n: n, units: pairs) { row, pair in
      let rows = transpose(load(source + row * rowBytes + 4 * pair, stride: rowBytes))
      let column = target + 4 * (row / width * width * 2 * pairs + 2 * pair * width + row % width)
      // A bf16 is the upper half of a float32; the first of a pair is the lower half of the word.
      store((rows.0 &<< 16, rows.1 &<< 16, rows.2 &<< 16, rows.3 &<< 16), column, stride: 8 * width)
      let upper = Quad(repeating: 0xFFFF_0000)
      store((rows.0 & upper, rows.1 & upper, rows.2 & upper, rows.3 & upper), column + 4 * width, stride: 8 * width)
    }
  }

  private typealias Quad = SIMD4<UInt32>
  private typealias Quads = (Quad, Quad, Quad, Quad)

  /// Visits four rows and four units at a time; 64 rows of a block of units, then the next block.
  @inline(__always)
  private static func forEachQuad(n: Int, units: Int, _ body: (_ row: Int, _ unit: Int) -> Void) {
    for group in stride(from: 0, to: n, by: width) {
      for start in stride(from: 0, to: units, by: block) {
        for row in stride(from: group, to: group + width, by: 4) {
          for unit in stride(from: start, to: min(units, start + block), by: 4) { body(row, unit) }
        }
      }
    }
  }

  @inline(__always)
  private static func load(_ source: UnsafeRawPointer, stride: Int) -> Quads {
    (
      source.loadUnaligned(as: Quad.self), (source + stride).loadUnaligned(as: Quad.self),
      (source + 2 * stride).loadUnaligned(as: Quad.self), (source + 3 * stride).loadUnaligned(as: Quad.self)
    )
  }

  @inline(__always)
  private static func store(_ rows: Quads, _ target: UnsafeMutableRawPointer, stride: Int) {
    target.storeBytes(of: rows.0, as: Quad.self)
    (target + stride).storeBytes(of: rows.1, as: Quad.self)
    (target + 2 * stride).storeBytes(of: rows.2, as: Quad.self)
    (target + 3 * stride).storeBytes(of: rows.3, as: Quad.self)
  }

  @inline(__always)
  private static func transpose(_ rows: Quads) -> Quads {
    (
      Quad(rows.0[0], rows.1[0], rows.2[0], rows.3[0]), Quad(rows.0[1], rows.1[1], rows.2[1], rows.3[1]),
      Quad(rows.0[2], rows.1[2], rows.2[2], rows.3[2]), Quad(rows.0[3], rows.1[3], rows.2[3], rows.3[3])
    )
  }
}
