import Foundation
import LlamaCore
import Synchronization
import Testing

/// Sums every text's stream on whatever thread, and notes in which order the sums arrive.
private struct Summer: ConcurrentLayerObserver {
  var seen: [String] = []
  var sums: [Double] = []
  var failing: Int?

  struct Failure: Error, Equatable { let text: Int }

  func sites(at layer: Int) -> LayerSites { layer == 1 ? [] : .residualAfter }

  var examine: @Sendable (borrowing BlockTrace) throws -> Double {
    { [failing] block in
      if let failing, block.text >= failing { throw Failure(text: block.text) }
      var sum = 0.0
      for index in block.residualAfter.indices { sum += Double(block.residualAfter[index]) }
      return sum
    }
  }

  mutating func gather(_ finding: Double, layer: Int, text: Int, positions: Range<Int>) {
    seen.append("\(layer) \(text) \(positions)")
    sums.append(finding)
  }
}

@Suite struct ConcurrentObserverTests {
  private let texts: [[TokenID]] = [
    Array(1...12), Array(13...24), Array(25...36), [37, 38],
  ]

  private func run(_ observer: Summer, threads: Int) throws -> Summer {
    let model = try LlamaModel(directory: TestData.fixtures.appending(path: "tiny-llama"))
    var observer = observer
    try model.run(texts, options: RunOptions(threads: threads, waveTokens: 36), observer: &observer)
    return observer
  }

  @Test(arguments: [1, 2, 5])
  func `findings arrive in the order of the texts, with the same bits, however many threads look`(threads: Int) throws {
    let found = try run(Summer(), threads: threads)
    let expected = [0..<3, 3..<4].flatMap { wave in
      [0, 2, 3].flatMap { layer in wave.map { "\(layer) \($0) \(0..<texts[$0].count)" } }
    }
    #expect(found.seen == expected)
    // One after the other, as part of a group.
    let model = try LlamaModel(directory: TestData.fixtures.appending(path: "tiny-llama"))
    var group = ObserverGroup([Summer()])
    try model.run(texts, options: RunOptions(threads: 1, waveTokens: 36), observer: &group)
    #expect((group.observers.first as? Summer)?.sums == found.sums)
  }

  @Test(arguments: [1, 3])
  func `the first text's failure is the one that is thrown`(threads: Int) throws {
    #expect(throws: Summer.Failure(text: 1)) { try run(Summer(failing: 1), threads: threads) }
  }
}
