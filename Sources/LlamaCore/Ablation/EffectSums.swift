import Foundation

/// Effects of removals on later blocks: how far what a block adds, `D = A + M`, moves from what it adds in the unchanged
/// model, relative to that (Csordás et al. 2025). From `A + M`, because in `Y - X` a massive activation drowns them.
final class EffectSums: @unchecked Sendable {
  private let layers: Int
  /// `[streams, layers]`; each element is written once, by one worker.
  private let effects: UnsafeMutableBufferPointer<RemovalCost.Effect?>

  init(streams: Int, layers: Int) {
    self.layers = layers
    effects = .allocate(capacity: streams * layers)
    effects.initialize(repeating: nil)
  }

  deinit { effects.deallocate() }

  /// Adds a block that has been computed for the first `streams` streams of a layout, with both sites stored.
  func add(_ layer: Int, streams: Int, _ layout: RemovalLayout, _ pass: ForwardPass) {
    let (attention, mlp, width) = (pass.buffers.attention, pass.buffers.mlp, pass.spec.hiddenSize)
    pass.workers.forEach(streams - layout.textCount) { task, worker in
      let slot = layout.textCount + task
      pass.clock.time(.vectorLoops, worker) {
        let (base, rows) = (layout.slots[layout.sources[slot]].rows, layout.slots[slot].rows)
        var (sum, maximum) = (0.0, 0.0)
        for offset in 0..<rows.count {
          let (p, q) = ((base.lowerBound + offset) * width, (rows.lowerBound + offset) * width)
          let effect = Self.effect(
            attention.pointer + p, mlp.pointer + p, attention.pointer + q, mlp.pointer + q, width)
          sum += effect
          if !(effect <= maximum) { maximum = effect }
        }
        effects[slot * layers + layer] = .init(mean: sum / Double(rows.count), maximum: maximum)
      }
    }
  }

  /// `‖D - D~‖ / max(‖D‖, 1e-6)` of one row.
  private static func effect(
    _ a: UnsafePointer<Float>, _ m: UnsafePointer<Float>, _ changedA: UnsafePointer<Float>,
    _ changedM: UnsafePointer<Float>, _ width: Int
  ) -> Double {
    var (squares, difference) = (SIMD4<Double>(), SIMD4<Double>())
    func quad(_ row: UnsafePointer<Float>, _ index: Int) -> SIMD4<Double> {
      var values = SIMD4<Float>()
      if index + 4 <= width {
        values = UnsafeRawPointer(row + index).loadUnaligned(as: SIMD4<Float>.self)
      } else {
        for lane in 0..<width - index { values[lane] = row[index + lane] }
      }
      return SIMD4<Double>(values)
    }
    for index in stride(from: 0, to: width, by: 4) {
      let d = quad(a, index) + quad(m, index)
      let change = d - (quad(changedA, index) + quad(changedM, index))
      squares += d * d
      difference += change * change
    }
    return difference.sum().squareRoot() / max(squares.sum().squareRoot(), 1e-6)
  }

  /// Returns the effects of a stream's removal by block; nil up to the block where the stream begins.
  func effects(ofStream slot: Int) -> [RemovalCost.Effect?] { Array(effects[slot * layers..<(slot + 1) * layers]) }
}
