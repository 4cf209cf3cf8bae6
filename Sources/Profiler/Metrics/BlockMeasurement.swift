import LlamaCore

/// Measurement of one block for one text, from one pass over the rows: metrics of the scopes that are known at once,
/// and the data for the scope without sinks.
struct BlockMeasurement {
  /// Every token.
  var all: BlockMetrics
  /// Positions 1 and up; nil if there are none.
  var withoutFirstToken: BlockMetrics?
  /// Numbers of each token; nil if the model's values are not finite.
  private(set) var tokens: TokenValues?
  /// The massive activations.
  private(set) var massive: MassiveSearch?
  /// The non-finite values; nil if all are finite.
  var nonFinite: NonFinite?

  /// Measures a trace with all four sites, and checks `X + A + M = Y` in the same pass.
  ///
  /// - Parameter spectral: the metrics of the singular values of Δ to compute.
  /// - Throws: ``ProfileError/siteSize(text:layer:site:expected:found:)`` or
  ///   ``ProfileError/residualMismatch(text:layer:position:element:expected:found:)``.
  init(_ block: borrowing BlockTrace, text: TextIdentity, spectral: [Metric]) throws(ProfileError) {
    try Self.checkSizes(block, text: text)
    let (width, rows) = (block.hiddenSize, block.positions.count)
    var tokens = TokenValues(tokens: rows, width: width)
    var maxima: [Double] = []
    maxima.reserveCapacity(rows)
    var values = NonFinite(cause: .values, layer: block.layer)
    var zeroNorms = NonFinite(cause: .zeroNorm, layer: block.layer)
    var unchanged = NonFinite(cause: .zeroChange, layer: block.layer)
    for (row, position) in block.positions.enumerated() {
      let range = row * width..<(row + 1) * width
      let before = block.residualBefore.span.extracting(range)
      let attention = block.attention.span.extracting(range)
      let mlp = block.mlp.span.extracting(range)
      let after = block.residualAfter.span.extracting(range)
      let moments = RowMoments(before: before.bytes, attention: attention.bytes, mlp: mlp.bytes, after: after.bytes)
      if !moments.isConsistent {
        switch ResidualCheck.judge(before: before, attention: attention, mlp: mlp, after: after) {
        case .holds(let count): values.add(count, at: position)
        case .fails(let element, let expected, let found):
          throw .residualMismatch(
            text: text, layer: block.layer, position: position, element: element, expected: expected, found: found)
        }
      }
      if moments.hasZeroNorm { zeroNorms.add(1, at: position) }
      if moments.deltaSquares == 0 { unchanged.add(1, at: position) }
      tokens.set(row, moments)
      maxima.append(moments.maximum)
    }
    // Every row but that of position 0.
    let tail = (block.positions.lowerBound == 0 ? 1 : 0)..<rows
    let isDefined = values.count == 0
    all = isDefined ? tokens.metrics(of: 0..<rows) : .undefined
    withoutFirstToken = tail.isEmpty ? nil : isDefined ? tokens.metrics(of: tail) : .undefined
    nonFinite = [values, zeroNorms].first { $0.count > 0 }
    guard isDefined else { return }
    self.tokens = tokens
    massive = MassiveSearch(
      block.residualAfter.span, maxima: maxima, width: width, layer: block.layer, position: block.positions.lowerBound)
    guard !spectral.isEmpty else { return }
    let spectrum = Self.spectrum(block, rows: 0..<rows)
    all.set(spectral, spectrum)
    var hasDirection = spectrum.isFinite
    if !tail.isEmpty {
      let spectrum = Self.spectrum(block, rows: tail)
      withoutFirstToken?.set(spectral, spectrum)
      hasDirection = hasDirection && spectrum.isFinite
    }
    guard nonFinite == nil, !hasDirection else { return }
    // A nonzero Δ has singular values: if there are none, LAPACK found none.
    nonFinite =
      unchanged.count > 0
      ? unchanged
      : NonFinite(
        cause: .noSpectrum, layer: block.layer, position: block.positions.lowerBound, count: block.positions.count)
  }

  /// Returns the spectrum of Δ in some rows of a trace with finite values; without values if LAPACK finds none.
  private static func spectrum(_ block: borrowing BlockTrace, rows: Range<Int>) -> BlockSpectrum {
    let range = rows.lowerBound * block.hiddenSize..<rows.upperBound * block.hiddenSize
    do throws(LAPACKError) {
      return BlockSpectrum(
        singularValues: try SingularValues.ofDifference(
          block.residualAfter.span.extracting(range), block.residualBefore.span.extracting(range),
          columns: block.hiddenSize))
    } catch {
      return BlockSpectrum(singularValues: [])
    }
  }

  private static func checkSizes(_ block: borrowing BlockTrace, text: TextIdentity) throws(ProfileError) {
    let rows = block.positions.count
    let expected = rows * block.hiddenSize
    let sizes = [
      ("residualBefore", block.residualBefore.count), ("attention", block.attention.count),
      ("mlp", block.mlp.count), ("residualAfter", block.residualAfter.count),
    ]
    for (site, found) in sizes where expected == 0 || found != expected {
      throw .siteSize(
        text: text, layer: block.layer, site: site, expected: "\(rows) x \(block.hiddenSize)", found: found)
    }
  }
}
