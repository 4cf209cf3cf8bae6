import Foundations
import LlamaCore

/// Linear maps that stand for removed blocks, fitted on texts without training (Shopkhoev et al., "ReplaceMe: network
/// simplification via depth pruning and transformer block linearization", NeurIPS 2025).
///
/// For blocks `i+1 … i+n` behind the kept block `i`, whose MLP adds `M` to the stream `Z = X + A`, the map `T` minimises
/// `‖M·T + Z − Y‖²` over all tokens, `Y` being the original model's stream behind block `i+n`. As `Z = Y_i − M`, that is
/// `T = I + Cᵀ` with the least squares solution `C` of `C·M_t = Y_t − Y_{i,t}`: a span that adds nothing has exactly the
/// identity. ``ridge`` draws `T` to the identity, not to 0, where the texts say nothing.
package struct RepairFit: Sendable {
  /// Weight of `‖T − I‖²`, relative to the mean square of an element of `M` summed over the tokens.
  package static let ridge = 1e-6

  /// The spans, from the front, and their maps.
  package let spans: [RemovedSpan]
  package let maps: [RepairMap]
  /// Numbers of texts, and of tokens that were fitted.
  package let texts, tokens: Int
  /// Width `D` of the residual stream: as many tokens at least determine a map.
  package let hiddenSize: Int

  /// Fits the maps of a checkpoint without blocks.
  ///
  /// - Parameters:
  ///   - checkpoint: the checkpoint, whose original model runs the texts up to the last removed block.
  ///   - texts: texts to fit on.
  ///   - options: use of the machine; the observer's memory is set here.
  ///   - progress: called with the finished fraction, after every block of every wave.
  /// - Throws: `RepairError`, `RunError`, ``LAPACKError``.
  package init(
    _ checkpoint: PrunedCheckpoint, on texts: [RepairTexts.Text], options: RunOptions,
    progress: @escaping (Double) -> Void = { _ in }
  ) throws {
    spans = try checkpoint.spans
    let last = spans.last?.removed.upperBound ?? 0
    let model = try checkpoint.originalModel.edited(by: ModelEdits(program: Array(0...last)))
    let width = model.spec.hiddenSize
    var options = options
    options.observerBytes =
      texts.reduce(0) { $0 + MemoryLayout<TokenID>.stride * $1.tokens.count + 200 }
      + spans.count * NormalEquations.byteCount(width: width)
    // M and Y of a kept block, until the last block of the span.
    options.observerTokenBytes = 2 * MemoryLayout<Float>.stride * width
    var observer = SpanObserver(
      fits: spans.map { ($0, NormalEquations(width: width, threads: options.threads)) }, texts: texts)
    try model.run(texts.map(\.tokens), options: options, observer: &observer) { progress($0.fraction) }
    maps = try observer.fits.map { span, equations in
      RepairMap(layer: span.keptLayer, change: try equations.solve(ridge: Self.ridge))
    }
    self.texts = texts.count
    tokens = observer.fits.first?.equations.tokens ?? 0
    hiddenSize = width
  }
}

/// Adds the tokens of a run to the equations of the spans.
private struct SpanObserver: LayerObserver {
  let fits: [(span: RemovedSpan, equations: NormalEquations)]
  let texts: [RepairTexts.Text]
  /// `M` and `Y` of the last kept block, by text of the wave.
  private var kept: [Int: (mlp: [Float], stream: [Float])] = [:]

  init(fits: [(span: RemovedSpan, equations: NormalEquations)], texts: [RepairTexts.Text]) {
    (self.fits, self.texts) = (fits, texts)
  }

  func sites(at layer: Int) -> LayerSites {
    if fits.contains(where: { $0.span.keptLayer == layer }) { return [.mlp, .residualAfter] }
    return fits.contains { $0.span.removed.upperBound == layer } ? .residualAfter : []
  }

  mutating func observe(_ block: borrowing BlockTrace) throws {
    if let (span, equations) = fits.first(where: { $0.span.removed.upperBound == block.layer }),
      let (mlp, stream) = kept.removeValue(forKey: block.text)
    {
      let (width, after) = (block.hiddenSize, block.residualAfter.span)
      let isFinite = equations.add(block.positions.count) { token, input, change in
        var isFinite = true
        for column in 0..<width {
          let index = token * width + column
          input[column] = Double(mlp[index])
          change[column] = Double(after[index]) - Double(stream[index])
          isFinite = isFinite && input[column].isFinite && change[column].isFinite
        }
        return isFinite
      }
      guard isFinite else {
        throw RepairError.notFinite(
          text: texts[block.text].identity.description, layers: span.keptLayer...span.removed.upperBound)
      }
    }
    if fits.contains(where: { $0.span.keptLayer == block.layer }) {
      kept[block.text] = (Self.copy(block.mlp.span), Self.copy(block.residualAfter.span))
    }
  }

  private static func copy(_ values: Span<Float>) -> [Float] {
    Array(unsafeUninitializedCapacity: values.count) { buffer, count in
      for index in values.indices { buffer.initializeElement(at: index, to: values[index]) }
      count = values.count
    }
  }
}
