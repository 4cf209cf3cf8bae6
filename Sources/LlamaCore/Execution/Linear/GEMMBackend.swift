/// The interface to a matrix library: how it divides a product with a weight, the weight layout it prefers, and the
/// product itself. Code above this layer does not depend on the library.
protocol GEMMBackend: Sendable {
  /// Maximum number of columns in a chunk of a weight.
  var maximumColumns: Int { get }
  /// Maximum number of rows in a tile; nil if one tile covers a batch.
  var tileRows: Int? { get }
  /// Returns the number of rows that a buffer of `rows` rows must have room for, because calls may touch them.
  func capacity(rows: Int) -> Int
  /// Returns ranges of rows that share a call, in the order of multiplication.
  ///
  /// - Parameters:
  ///   - inputs: smallest number of input columns multiplied at a time.
  ///   - outputs: smallest number of outputs of any weight.
  func segments(_ rows: RowLayout, inputs: Int, outputs: Int) -> [Range<Int>]
  /// `C = A · Bᵀ`, or `C = A · B`, of matrices with gaps between their rows, as attention has them; `C` has none.
  func multiply(_ a: MatrixView, _ b: MatrixView, isTransposed: Bool, into c: UnsafeMutablePointer<Float>)
  /// What one worker multiplies with.
  func multiplier(_ precision: Precision) -> any GEMMMultiplier
}

/// Multiplies for one worker; not thread-safe.
protocol GEMMMultiplier: AnyObject {
  /// Returns the columns of a weight in the order that the library reads fastest; nil if `scratch` is too small.
  ///
  /// - Parameters:
  ///   - rows: rows of the weight, which correspond to columns of the output.
  ///   - parts: ranges of the weight's columns that are multiplied separately.
  ///   - scratch: space for the result, if it cannot be read in place.
  ///   - staging: space for elements that must be converted first.
  func pack(
    _ weight: Weight, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, staging: FloatBuffer
  ) -> PackedWeight?

  /// Computes `C = A · Bᵀ`, or `C += A · Bᵀ`: the product of a part of the input's columns. Returns false if the
  /// library refuses.
  func multiply(_ input: ActivationMatrix, part: Int, _ weight: PackedWeight, into tile: OutputTile, isAdded: Bool)
    -> Bool

  /// Computes `activation(C) · up` in the input's precision into `output`, fused with the product of all parts once the
  /// sum is complete. Returns false, without any effect, if the library cannot.
  func multiplyGated(
    _ input: ActivationMatrix, _ weight: PackedWeight, _ activation: GateActivation, up: OutputTile, in tile: OutputTile
  ) -> Bool
}

/// Rows of a weight, ready for multiplication.
struct PackedWeight {
  let address: UnsafeRawPointer
  /// True if the elements are in an order private to the library.
  let isReordered: Bool
  /// Bytes between consecutive columns at which parts begin.
  let columnBytes: Int

  /// Returns the address of the elements that multiply a part of the input's columns.
  func part(_ part: Range<Int>) -> UnsafeRawPointer { address + part.lowerBound * columnBytes }
}
