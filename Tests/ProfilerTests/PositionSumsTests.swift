import LlamaCore
import Profiler
import TestSupport
import Testing

/// What a run keeps of the positions of its texts.
@Suite struct PositionSumsTests {
  /// A text through one block, and the same rows without those after some tokens.
  private func block(_ tokens: Int, first: Int? = nil, sinks: [Int] = []) -> BlockInputs {
    var generator = InputGenerator(seed: 5)
    let all = (0..<3).map { _ in generator.array(rows: 200, columns: 12) }
    let range = (first ?? 0) * 12..<tokens * 12
    var before = Array(all[0][range])
    // Above 1,000 times the median, and found as a sink.
    for sink in sinks { before[sink * 12 + 3] = 4_000 }
    return BlockInputs(
      hiddenSize: 12, before: before, attention: Array(all[1][range]), mlp: Array(all[2][range]))
  }

  private func expectEqual(_ found: [BlockMetrics], _ wanted: [BlockMetrics]) {
    #expect(found.count == wanted.count)
    for (one, other) in zip(found, wanted) {
      for metric in Metric.standard {
        let isClose = abs(one[metric] - other[metric]) <= 1e-12 * max(1, abs(other[metric]))
        #expect(isClose || one[metric].isNaN && other[metric].isNaN, "\(metric): \(one[metric]), \(other[metric])")
      }
    }
  }

  @Test(arguments: [1, 8, 32, 128], [130, 128, 200])
  func `the first tokens have the metrics of a text that ends with them`(first: Int, tokens: Int) throws {
    for sinks in [[], [0], [0, 9]] where sinks.allSatisfy({ $0 < first }) {
      let found = try #require(block(tokens, sinks: sinks).profile().selecting(.first(first)))
      let alone = try block(first, sinks: sinks).profile()
      #expect(found.tokens == first && found.sinks == alone.sinks)
      for scope in Scope.allCases { expectEqual(found.rows(scope), alone.rows(scope)) }
    }
  }

  @Test func `a bucket has the metrics of its tokens`() throws {
    let bucket = PositionBucket(of: 40)
    #expect(bucket.positions == 32..<128)
    let found = try #require(block(150).profile().selecting(.bucket(bucket)))
    let alone = try block(128, first: 32).profile()
    expectEqual(found.rows(.all), alone.rows(.all))
    // Its first token is not the first of the text.
    expectEqual(found.rows(.withoutFirstToken), alone.rows(.all))
  }

  @Test(arguments: [
    (0, 0..<1), (1, 1..<8), (7, 1..<8), (8, 8..<32), (31, 8..<32), (32, 32..<128), (2_047, 512..<2_048),
  ])
  func `buckets are four times as long as what is before them`(position: Int, positions: Range<Int>) {
    #expect(PositionBucket(of: position).positions == positions)
  }

  @Test(arguments: [(0, []), (1, [1]), (31, [1, 8]), (32, [1, 8, 32]), (600, [1, 8, 32, 128, 512])])
  func `texts fill buckets up to their length`(tokens: Int, ends: [Int]) {
    #expect(PositionBucket.ends(upTo: tokens) == ends)
  }

  @Test(arguments: [0, 2, 7, 9, 100, 129])
  func `other lengths have no sums`(tokens: Int) throws {
    #expect(try block(200).profile().selecting(.first(tokens)) == nil)
  }

  @Test func `a text that is too short, or not finite, has none either`() throws {
    #expect(try block(31).profile().selecting(.first(32)) == nil)
    #expect(try block(31).profile().selecting(.bucket(PositionBucket(of: 8))) == nil)
    var broken = block(40)
    broken.before[13] = .nan
    broken.after[13] = .nan
    #expect(try broken.profile().selecting(.first(8)) == nil)
  }

  @Test func `sums of another shape are none`() throws {
    let sums = try #require(block(40, sinks: [9]).profile().positions)
    func read(tokens: Int = 40, sinks: [Int] = [9], drop: Int = 0) -> PositionSums? {
      PositionSums(
        tokens: tokens, blocks: 1, metrics: Metric.standard, sinks: sinks, values: Array(sums.values.dropLast(drop)))
    }
    #expect(read() == sums)
    #expect(read(drop: 1) == nil)
    #expect(read(tokens: 8, sinks: []) == nil)
    #expect(read(sinks: []) == nil)
    #expect(read(sinks: [40]) == nil)
    #expect(read(tokens: 0) == nil)
    #expect(PositionSums.count(tokens: 40, blocks: 1, metrics: Metric.standard) == sums.values.count / 5 * 4)
  }
}
