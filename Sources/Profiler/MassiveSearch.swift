/// Search for the massive activations of a text at one block, in the rows of `Y`.
///
/// No median is needed if no value is above 100, and otherwise not the median itself: `v > 1000 · median` is equivalent
/// to more than half of the values being below `v / 1000`, and counting them takes a fraction of the time of a
/// selection.
struct MassiveSearch {
  /// The first ``MassiveActivation/limit`` of them, by position and dimension.
  private(set) var coordinates: [MassiveActivation] = []
  /// Number of all massive activations.
  private(set) var count = 0
  /// The largest coordinate of each position that has one, in ascending order of positions.
  private(set) var largest: [MassiveActivation] = []

  /// - Parameters:
  ///   - after: `Y`, `[tokens, width]`, all finite.
  ///   - maxima: `max |Y|` of each row.
  ///   - position: position of the first row.
  init(_ after: Span<Float>, maxima: [Double], width: Int, layer: Int, position: Int) {
    let least = Double(MassiveActivation.leastMagnitude)
    let rows = maxima.indices.filter { maxima[$0] > least }
    guard let peak = rows.map({ Float(maxima[$0]) }).max(), isMassive(peak, in: after, width: width) else {
      return
    }
    let smallest = Self.smallest(upTo: peak, of: rows, in: after, width: width)
    for row in rows where Float(maxima[row]) >= smallest {
      var best: MassiveActivation?
      for dimension in 0..<width where after[row * width + dimension].magnitude >= smallest {
        let found = MassiveActivation(
          layer: layer, position: position + row, dimension: dimension, value: Double(after[row * width + dimension]))
        if coordinates.count < MassiveActivation.limit { coordinates.append(found) }
        count += 1
        if abs(found.value) > abs(best?.value ?? 0) { best = found }
      }
      if let best { largest.append(best) }
    }
  }

  /// Returns the smallest massive magnitude, or one below which there is no value: massiveness depends on the magnitude
  /// alone, so it is found by bisection.
  ///
  /// - Parameters:
  ///   - peak: a massive magnitude.
  ///   - rows: the rows with values above 100.
  private static func smallest(upTo peak: Float, of rows: [Int], in after: Span<Float>, width: Int) -> Float {
    var (low, high) = (MassiveActivation.leastMagnitude, peak)
    while true {
      guard var sizes = sizes(between: low, and: high, of: rows, in: after, width: width) else {
        // The bit patterns of positive numbers have the order of the numbers.
        let middle = Float(bitPattern: (low.bitPattern + high.bitPattern) / 2)
        if isMassive(middle, in: after, width: width) { high = middle } else { low = middle }
        continue
      }
      sizes.sort()
      sizes.append(high)
      var (first, last) = (0, sizes.count - 1)
      while first < last {
        let middle = (first + last) / 2
        if isMassive(sizes[middle], in: after, width: width) { last = middle } else { first = middle + 1 }
      }
      return sizes[first]
    }
  }

  /// Returns the absolute values between two bounds; nil if there are too many to keep.
  private static func sizes(
    between low: Float, and high: Float, of rows: [Int], in after: Span<Float>, width: Int
  ) -> [Float]? {
    var sizes: [Float] = []
    for row in rows {
      for index in row * width..<(row + 1) * width {
        let size = after[index].magnitude
        guard size > low, size < high else { continue }
        if sizes.count == 4096 { return nil }
        sizes.append(size)
      }
    }
    return sizes
  }
}

/// Returns true if `size` is more than 1,000 times the median of the absolute values.
private func isMassive(_ size: Float, in values: Span<Float>, width: Int) -> Bool {
  // The median has this rank from the smallest on: all values up to it must be below.
  let needed = (values.count - 1) / 2 + 1
  let limit = largest(below: size)
  var found = 0
  for start in stride(from: 0, to: values.count, by: width) {
    found += count(upTo: limit, in: values.extracting(start..<start + width))
    if found >= needed { return true }
    if found + (values.count - start - width) < needed { return false }
  }
  return false
}

/// Returns the largest number of which 1,000 times is less than `size`. The product of a float32 number and 1,000 is
/// exact in double precision.
private func largest(below size: Float) -> Float {
  func isBelow(_ value: Float) -> Bool { MassiveActivation.leastMedians * Double(value) < Double(size) }
  var limit = Float(Double(size) / MassiveActivation.leastMedians)
  while !isBelow(limit) { limit = limit.nextDown }
  while isBelow(limit.nextUp) { limit = limit.nextUp }
  return limit
}

/// Returns the number of values in a row with an absolute value of at most `limit`.
private func count(upTo limit: Float, in row: Span<Float>) -> Int {
  let bytes = row.bytes
  let limits = SIMD4<Float>(repeating: limit)
  var counts = SIMD4<Int32>()
  var index = 0
  while index + 4 <= row.count {
    counts.replace(with: counts &+ 1, where: FloatLanes.magnitude(FloatLanes.quad(bytes, index)) .<= limits)
    index += 4
  }
  var count = Int(counts.wrappedSum())
  while index < row.count {
    if row[index].magnitude <= limit { count += 1 }
    index += 1
  }
  return count
}
