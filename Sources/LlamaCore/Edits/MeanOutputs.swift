/// Vectors that removed parts add to the residual stream in place of their outputs, such as the means of `A` and `M` over
/// some texts.
package struct MeanOutputs: Sendable, Equatable {
  /// `[blocks][hidden size]`, rounded to float32: in place of `A`, of `M`, and of a whole block's `A + M`.
  private let attention, mlp, block: [[Float]]

  /// - Parameters:
  ///   - attention: `[blocks][hidden size]`, in place of each block's `A`.
  ///   - mlp: the same in place of `M`.
  package init(attention: [[Double]], mlp: [[Double]]) {
    self.attention = attention.map { $0.map(Float.init) }
    self.mlp = mlp.map { $0.map(Float.init) }
    // One sum for a whole block, which has the bits of a skipped block with a vector that steers behind it.
    block = zip(attention, mlp).map { zip($0, $1).map { Float($0 + $1) } }
  }

  /// Bytes of the vectors of a model.
  package static func byteCount(_ spec: ModelSpec) -> Int {
    3 * spec.layerCount * spec.hiddenSize * MemoryLayout<Float>.stride
  }

  /// True if there is a vector of `width` numbers for each of `layers` blocks.
  func fits(layers: Int, width: Int) -> Bool {
    [attention, mlp, block].allSatisfy { $0.count == layers && $0.allSatisfy { $0.count == width } }
  }

  /// Returns what is added in place of a part of a block; nil for a head.
  func vector(_ part: BlockUnit.Part, _ layer: Int) -> [Float]? {
    switch part {
    case .attention: attention[layer]
    case .mlp: mlp[layer]
    case .block, .span: block[layer]
    case .head: nil
    }
  }

  /// Returns what attention or the MLP of a block adds under a removal that includes it; nil for nothing. In place of a
  /// whole block its MLP adds the vector.
  func vector(_ part: BlockUnit.Part, _ layer: Int, _ removal: Removal) -> [Float]? {
    guard removal.removesBlock(layer) else { return vector(part, layer) }
    return part == .mlp ? vector(.block, layer) : nil
  }
}
