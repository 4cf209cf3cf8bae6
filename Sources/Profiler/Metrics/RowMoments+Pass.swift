/// The inner loop of the profiler. Three sweeps over the row, because all sums at once need more vector registers
/// than baseline x86-64 has, and the row is in the first-level cache after the first. Four float32 elements per step, each
/// sum in four double lanes, added lane by lane at the end.
///
/// `SIMD4<Double>` and not `SIMD2`: the compiler keeps its conversions from float32 as vectors, but scalarizes those of
/// the narrower type. `a * b + c` and not `addingProduct`, which is a library call without FMA instructions.
extension RowMoments {
  /// Measures one row, given as the bytes of `[D]` float32 each, `D ≥ 1`.
  init(before: RawSpan, attention: RawSpan, mlp: RawSpan, after: RawSpan) {
    let count = before.byteCount / FloatLanes.width
    let stream = StreamSums(before: before, after: after, count: count)
    let parts = PartSums(before: before, attention: attention, mlp: mlp, after: after, count: count)

    self.count = count
    let elements = Double(count)
    let shifted = stream.shifted.sum()
    delta = elements * stream.shift + shifted
    deltaM2 = max(0, stream.shiftedSquares.sum() - shifted * shifted / elements)
    absDeltaSum = stream.absDeltaSum.sum()
    deltaSquares = stream.deltaSquares.sum()
    beforeSquares = stream.beforeSquares.sum()
    afterSquares = stream.afterSquares.sum()
    product = stream.product.sum()
    maximum = Double(stream.maximum.max())
    absAttentionSum = parts.absAttentionSum.sum()
    absMLPSum = parts.absMLPSum.sum()
    attentionSquares = parts.attentionSquares.sum()
    mlpSquares = parts.mlpSquares.sum()
    postAttentionSquares = parts.postAttentionSquares.sum()
    isConsistent = !any(parts.suspicious)
    let products = ProductSums(before: before, attention: attention, mlp: mlp, after: after, count: count)
    beforeDelta = products.beforeDelta.sum()
    beforeAttention = products.beforeAttention.sum()
    beforePostAttention = products.beforePostAttention.sum()
    postAttentionMLP = products.postAttentionMLP.sum()
    postAttentionAfter = products.postAttentionAfter.sum()
  }
}

/// The sums over `X`, `Y` and `Δ = Y - X`.
private struct StreamSums {
  /// The row's first Δ, subtracted from all of them before they are squared for the variance: without it
  /// `ΣΔ² - (ΣΔ)²/D` loses every digit if the mean is large compared with the spread. An element of the row is at most
  /// `√D` standard deviations away from the row's mean, so with it the loss is bounded by `D` roundings, whatever the
  /// numbers.
  let shift: Double
  var shifted = SIMD4<Double>(), shiftedSquares = SIMD4<Double>()
  var absDeltaSum = SIMD4<Double>(), deltaSquares = SIMD4<Double>()
  var beforeSquares = SIMD4<Double>(), afterSquares = SIMD4<Double>(), product = SIMD4<Double>()
  var maximum = SIMD4<Float>()

  @inline(never)
  init(before: RawSpan, after: RawSpan, count: Int) {
    shift = Double(FloatLanes.element(after, 0)) - Double(FloatLanes.element(before, 0))
    let shifts = SIMD4<Double>(repeating: shift)
    var index = 0
    while index + 4 <= count {
      add(FloatLanes.quad(before, index), FloatLanes.quad(after, index), shifts)
      index += 4
    }
    if index < count {
      // Lanes beyond the row are zero everywhere, including the shift, and so contribute nothing.
      var shifts = SIMD4<Double>()
      for lane in 0..<count - index { shifts[lane] = shift }
      add(FloatLanes.rest(before, index, count), FloatLanes.rest(after, index, count), shifts)
    }
  }

  @inline(__always)
  private mutating func add(_ before: SIMD4<Float>, _ after: SIMD4<Float>, _ shifts: SIMD4<Double>) {
    let height = FloatLanes.magnitude(after)
    maximum.replace(with: height, where: height .> maximum)
    let x = SIMD4<Double>(before)
    let y = SIMD4<Double>(after)
    let delta = y - x
    let centred = delta - shifts
    shifted += centred
    shiftedSquares += centred * centred
    absDeltaSum += FloatLanes.magnitude(delta)
    deltaSquares += delta * delta
    beforeSquares += x * x
    afterSquares += y * y
    product += x * y
  }
}

/// Sums over all four sites of a row.
private protocol SiteSums {
  /// Adds four elements of each site.
  mutating func add(_ before: SIMD4<Float>, _ attention: SIMD4<Float>, _ mlp: SIMD4<Float>, _ after: SIMD4<Float>)
}

extension SiteSums {
  /// Adds a row of `count` elements of each site.
  @inline(__always)
  mutating func add(_ before: RawSpan, _ attention: RawSpan, _ mlp: RawSpan, _ after: RawSpan, _ count: Int) {
    var index = 0
    while index + 4 <= count {
      add(
        FloatLanes.quad(before, index), FloatLanes.quad(attention, index), FloatLanes.quad(mlp, index),
        FloatLanes.quad(after, index))
      index += 4
    }
    if index < count {
      add(
        FloatLanes.rest(before, index, count), FloatLanes.rest(attention, index, count),
        FloatLanes.rest(mlp, index, count), FloatLanes.rest(after, index, count))
    }
  }
}

/// The sums over `A`, `M` and `X + A`, and the check of `X + A + M = Y`.
private struct PartSums: SiteSums {
  var absAttentionSum = SIMD4<Double>(), absMLPSum = SIMD4<Double>()
  var attentionSquares = SIMD4<Double>(), mlpSquares = SIMD4<Double>(), postAttentionSquares = SIMD4<Double>()
  var suspicious = SIMDMask<SIMD4<Int32>>()

  @inline(never)
  init(before: RawSpan, attention: RawSpan, mlp: RawSpan, after: RawSpan, count: Int) {
    add(before, attention, mlp, after, count)
  }

  @inline(__always)
  mutating func add(
    _ before: SIMD4<Float>, _ attention: SIMD4<Float>, _ mlp: SIMD4<Float>, _ after: SIMD4<Float>
  ) {
    let attentionHeight = FloatLanes.magnitude(attention)
    let mlpHeight = FloatLanes.magnitude(mlp)
    let deviation = FloatLanes.magnitude(before + attention + mlp - after)
    // Factor by factor, so that no sum of large numbers becomes infinite; the comparison is written so that `nan`, for
    // which all comparisons are false, is suspicious too.
    let unit = ResidualCheck.tolerance
    let tolerance = FloatLanes.magnitude(before) * unit + attentionHeight * unit + mlpHeight * unit
    suspicious .|= .!(deviation .<= tolerance)

    let a = SIMD4<Double>(attention)
    let m = SIMD4<Double>(mlp)
    let middle = SIMD4<Double>(before) + a
    absAttentionSum += SIMD4<Double>(attentionHeight)
    absMLPSum += SIMD4<Double>(mlpHeight)
    attentionSquares += a * a
    mlpSquares += m * m
    postAttentionSquares += middle * middle
  }
}

/// The sums over products of different rows, without which the cosines of what is added would be differences.
private struct ProductSums: SiteSums {
  var beforeDelta = SIMD4<Double>(), beforeAttention = SIMD4<Double>(), beforePostAttention = SIMD4<Double>()
  var postAttentionMLP = SIMD4<Double>(), postAttentionAfter = SIMD4<Double>()

  @inline(never)
  init(before: RawSpan, attention: RawSpan, mlp: RawSpan, after: RawSpan, count: Int) {
    add(before, attention, mlp, after, count)
  }

  @inline(__always)
  mutating func add(
    _ before: SIMD4<Float>, _ attention: SIMD4<Float>, _ mlp: SIMD4<Float>, _ after: SIMD4<Float>
  ) {
    let x = SIMD4<Double>(before)
    let a = SIMD4<Double>(attention)
    let y = SIMD4<Double>(after)
    let middle = x + a
    beforeDelta += x * (y - x)
    beforeAttention += x * a
    beforePostAttention += x * middle
    postAttentionMLP += middle * SIMD4<Double>(mlp)
    postAttentionAfter += middle * y
  }
}
