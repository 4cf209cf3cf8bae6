import LlamaCore

/// Scope of a benchmark.
package struct BenchPlan: Sendable {
  /// Precisions to measure, in this order.
  package var precisions: [Precision]
  package var threads: Int
  /// Number of runs per median.
  package var runs: Int
  /// True for a small curve, to finish soon.
  package var isShort: Bool
  /// Peak resident memory limit of a run, in bytes; nil for the run's default.
  package var memoryLimit: Int?

  package init(precisions: [Precision], threads: Int, runs: Int, isShort: Bool, memoryLimit: Int? = nil) {
    self.precisions = precisions
    self.threads = max(1, threads)
    self.runs = max(1, runs)
    self.isShort = isShort
    self.memoryLimit = memoryLimit
  }

  /// Number of blocks for the curves of tokens and text lengths: the cost of a block does not depend on its index.
  package static let curveBlocks = 2
  /// Tokens of a text in the curves of tokens and blocks.
  package static let curveTextLength = 150

  func options(_ precision: Precision) -> RunOptions {
    RunOptions(precision: precision, threads: threads, memoryLimit: memoryLimit)
  }

  /// The points of the cost curve, not yet measured.
  func points(_ spec: ModelSpec) -> [CurvePoint] {
    let positions = spec.maximumPositions
    let text = min(Self.curveTextLength, positions)
    let blocks = min(Self.curveBlocks, spec.layerCount)
    let tokens = isShort ? [1_000, 3_000] : [1_000, 3_000, 10_000, 30_000, 100_000]
    let total = isShort ? 2048 : 8192
    var lengths: [Int] = []
    for length in isShort ? [64, 1024] : [16, 64, 256, 1024, 4096, 8192] where lengths.last != min(length, positions) {
      lengths.append(min(length, positions))
    }
    return precisions.flatMap { precision in
      func point(_ curve: CurvePoint.Curve, tokens: Int, length: Int, blocks: Int) -> CurvePoint {
        let texts = max(1, (tokens + length / 2) / length)
        return CurvePoint(curve: curve, precision: precision, texts: texts, textLength: length, blocks: blocks)
      }
      return tokens.map { point(.tokens, tokens: $0, length: text, blocks: blocks) }
        + lengths.map { point(.textLength, tokens: total, length: $0, blocks: blocks) }
        + blockCounts(spec.layerCount).map { point(.blocks, tokens: 3_000, length: text, blocks: $0) }
    }
  }

  /// Returns 1, 2, 4 and so on, then all.
  private func blockCounts(_ all: Int) -> [Int] {
    var counts: [Int] = []
    var count = 1
    while count < all, !isShort || count <= Self.curveBlocks {
      counts.append(count)
      count *= 2
    }
    return isShort && all > Self.curveBlocks ? counts : counts + [all]
  }
}
