/// A linear layer with the epilogue for its output.
struct LinearOperation {
  let linear: ModelWeights.Linear
  /// True if the weight is so large that its pages are released during the multiplication.
  var isLarge = false
  /// Called for every tile, from any worker.
  let epilogue: (OutputTile) -> Void

  init(_ linear: ModelWeights.Linear, isLarge: Bool = false, epilogue: @escaping (OutputTile) -> Void) {
    (self.linear, self.isLarge, self.epilogue) = (linear, isLarge, epilogue)
  }

  /// Creates an operation that stores its output in `[rows, width]`, `width` being the layer's number of outputs.
  init(_ linear: ModelWeights.Linear, into output: FloatBuffer) {
    let width = linear.weight.rows
    self.init(linear) { $0.store(output, width: width) }
  }
}
