/// What differs between the libraries that multiply matrices: how a product with a weight is cut for them, in which order they
/// want the weight, and the product itself. Nothing above asks which library it is.
protocol GEMMBackend: Sendable {
  /// Most columns of a chunk of a weight.
  var maximumColumns: Int { get }
  /// Most rows of a tile; nil where one covers a batch.
  var tileRows: Int? { get }
  /// Whether the rows of the last chunks may be shared out among workers.
  var sharesRows: Bool { get }
  /// Rows that a buffer of `rows` rows must have room for: what the calls touch.
  func capacity(rows: Int) -> Int
  /// Rows that share a call, in the order they are multiplied.
  ///
  /// - Parameters:
  ///   - inputs: fewest columns of the input that are multiplied at a time.
  ///   - outputs: outputs of the weight that has the fewest.
  func segments(_ rows: RowLayout, inputs: Int, outputs: Int) -> [Range<Int>]
  /// `C = A · Bᵀ`, or `C = A · B`, of matrices with gaps between their rows, as attention has them; `C` has none.
  func multiply(_ a: MatrixView, _ b: MatrixView, isTransposed: Bool, into c: UnsafeMutablePointer<Float>)
  /// What one worker multiplies with.
  func multiplier(_ precision: Precision) -> any GEMMMultiplier
}

/// Multiplies for one worker: not to be used from two threads at once.
protocol GEMMMultiplier: AnyObject {
  /// The columns of a weight in the order that the library reads fastest.
  ///
  /// - Parameters:
  ///   - rows: of the weight, whose products are the columns of the output.
  ///   - parts: of the weight's columns, which are multiplied apart.
  ///   - scratch: room for the result, where it cannot be read in place; nil comes back where it is too small.
  ///   - staging: room for what has to be converted first.
  func pack(
    _ weight: Weight, rows: Range<Int>, parts: [Range<Int>], scratch: FloatBuffer, staging: FloatBuffer
  ) -> PackedWeight?

  /// `C = A · Bᵀ`, or `C += A · Bᵀ`: the product of a part of the input's columns; false where the library refuses.
  func multiply(_ input: ActivationMatrix, part: Int, _ weight: PackedWeight, into tile: OutputTile, isAdded: Bool)
    -> Bool

  /// `activation(C) · up`, once the sum is complete, in the input's precision into `output`: on the way out of the product of all
  /// parts; false, with nothing done, where the library cannot.
  func multiplyGated(
    _ input: ActivationMatrix, _ weight: PackedWeight, _ activation: GateActivation, up: OutputTile, in tile: OutputTile
  ) -> Bool
}

/// Rows of a weight, ready to be multiplied with.
struct PackedWeight {
  let address: UnsafeRawPointer
  /// Whether the elements are in an order that only the library reads.
  let isReordered: Bool
  /// Bytes from a column to the next, where parts of columns begin.
  let columnBytes: Int

  /// What a part of the input's columns is multiplied with.
  func part(_ part: Range<Int>) -> UnsafeRawPointer { address + part.lowerBound * columnBytes }
}
