/// A linear layer with the epilogue for its output.
struct LinearOperation {
  let linear: ModelWeights.Linear
  /// True if the weight is so large that its pages are released during the multiplication.
  let isLarge: Bool
  /// True if the tiles of a range of outputs come in the order of their rows, on one worker.
  let keepsRowOrder: Bool
  /// The phase that the time of the epilogue belongs to.
  let phase: RunTiming.Phase
  /// Called for every tile, from any worker.
  let epilogue: (OutputTile) -> Void

  init(
    _ linear: ModelWeights.Linear, isLarge: Bool = false, keepsRowOrder: Bool = false,
    phase: RunTiming.Phase = .vectorLoops, epilogue: @escaping (OutputTile) -> Void
  ) {
    (self.linear, self.isLarge, self.keepsRowOrder) = (linear, isLarge, keepsRowOrder)
    (self.phase, self.epilogue) = (phase, epilogue)
  }

  /// Creates an operation that stores its output in `[rows, width]`, `width` being the layer's number of outputs.
  init(_ linear: ModelWeights.Linear, into output: FloatBuffer) {
    let width = linear.weight.rows
    self.init(linear) { $0.store(output, width: width) }
  }
}
