import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport

/// Knuth's MMIX generator, the same as in `Fixtures/profiler/make_golden.py`.
struct InputGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next number in [-0.5, 0.5), exact in float32.
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) / 16_777_216 - 0.5
  }

  mutating func array(
    rows: Int, columns: Int, scale: Double = 1, offset: Double = 0, firstRowFactor: Double = 1
  ) -> [Float] {
    (0..<rows * columns).map { index in
      let value = next() * scale + offset
      return Float(index < columns ? value * firstRowFactor : value)
    }
  }
}

/// The four sites of one text at one block, made up by hand.
struct BlockInputs {
  var hiddenSize: Int
  var before, attention, mlp, after: [Float]
  /// Position of the first row.
  var start = 0

  /// `after` is the float32 sum, as the model makes it.
  init(hiddenSize: Int, before: [Float], attention: [Float], mlp: [Float]) {
    self.hiddenSize = hiddenSize
    self.before = before
    self.attention = attention
    self.mlp = mlp
    after = zip(zip(before, attention), mlp).map { $0.0 + $0.1 + $1 }
  }

  /// Random sites.
  init(tokens: Int, hiddenSize: Int, seed: UInt64) {
    var generator = InputGenerator(seed: seed)
    self.init(
      hiddenSize: hiddenSize, before: generator.array(rows: tokens, columns: hiddenSize),
      attention: generator.array(rows: tokens, columns: hiddenSize),
      mlp: generator.array(rows: tokens, columns: hiddenSize))
  }

  var tokens: Int { before.count / hiddenSize }

  /// Shows the block to an observer, as a model would.
  func show(to observer: inout some LayerObserver, layer: Int, text: Int) throws {
    let block = BlockTrace(
      layer: layer, text: text, positions: start..<start + tokens, hiddenSize: hiddenSize,
      residualBefore: before.span, attention: attention.span, mlp: mlp.span, residualAfter: after.span)
    try observer.observe(block)
  }

  /// The profile of a text that goes through one block, this one.
  func profile(measuring groups: Set<Metric.Group> = []) throws -> TextProfile {
    var profiles: [TextProfile] = []
    var observer = try ProfileObserver(
      texts: [TextIdentity(domain: "d", index: 7)], layerCount: 1,
      metrics: Metric.standard + groups.flatMap(\.metrics)
    ) { profiles.append($0) }
    try show(to: &observer, layer: 0, text: 0)
    try observer.finish()
    guard let profile = profiles.first else { throw ProfileError.unfinished(texts: 1, finished: 0) }
    return profile
  }
}

/// Files of `Fixtures/profiler`.
enum ProfilerFixtures {
  static let folder = Repository.fixtures.appending(path: "profiler")

  static func json(_ name: String) throws -> JSONValue { try JSONValue(contentsOf: folder.appending(path: name)) }
}
