import Foundation
import LlamaCore
import Synchronization
import TestSupport
import Testing

/// Sums every text's stream on whatever thread, and notes in which order the sums arrive.
private struct Summer: ConcurrentLayerObserver {
  var seen: [String] = []
  var sums: [Double] = []
  var failing: Int?

  struct Failure: Error, Equatable { let text: Int }

  func sites(at layer: Int) -> LayerSites { layer == 1 ? [] : .residualAfter }

  var measure: @Sendable (borrowing BlockTrace) throws -> Double {
    { [failing] block in
      if let failing, block.text >= failing { throw Failure(text: block.text) }
      var sum = 0.0
      for index in block.residualAfter.indices { sum += Double(block.residualAfter[index]) }
      return sum
    }
  }

  mutating func collect(_ measurement: Double, layer: Int, text: Int, positions: Range<Int>) {
    seen.append("\(layer) \(text) \(positions)")
    sums.append(measurement)
  }
}

@Suite struct ConcurrentObserverTests {
  private let texts: [[TokenID]] = [
    Array(1...12), Array(13...24), Array(25...36), [37, 38],
  ]

  private func run(_ observer: Summer, threads: Int) throws -> Summer {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    var observer = observer
    try model.run(texts, options: RunOptions(threads: threads, waveTokens: 36), observer: &observer)
    return observer
  }

  @Test(arguments: [1, 2, 5])
  func `measurements arrive in the order of the texts with the same bits for any number of threads`(threads: Int) throws
  {
    let found = try run(Summer(), threads: threads)
    let expected = [0..<3, 3..<4].flatMap { wave in
      [0, 2, 3].flatMap { layer in wave.map { "\(layer) \($0) \(0..<texts[$0].count)" } }
    }
    #expect(found.seen == expected)
    // One after the other, as part of a group.
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    var group = ObserverGroup(Summer(), NoObserver())
    try model.run(texts, options: RunOptions(threads: 1, waveTokens: 36), observer: &group)
    #expect(group.first.sums == found.sums)
  }

  /// Fails where it is shown one text after the other.
  private struct NeverSerial: ConcurrentLayerObserver {
    var gathered = 0
    func sites(at layer: Int) -> LayerSites { .residualAfter }
    var measure: @Sendable (borrowing BlockTrace) throws -> Int { { $0.layer } }
    mutating func collect(_ measurement: Int, layer: Int, text: Int, positions: Range<Int>) { gathered += 1 }
    mutating func observe(_ block: borrowing BlockTrace) { Issue.record("shown one after the other") }
  }

  /// How an observer is passed.
  enum Call: CaseIterable { case run, likelihood, logits, decoding, generation }

  private func call(_ call: Call, _ observer: inout some LayerObserver) throws {
    let directory = Repository.fixtures.appending(path: "demo-model")
    let model = try LlamaModel(directory: directory)
    switch call {
    case .run: try model.run(texts, observer: &observer)
    case .likelihood: _ = try model.negativeLogLikelihood(of: texts, observer: &observer)
    case .logits: _ = try model.logits(of: texts, observer: &observer)
    case .decoding:
      let session = try DecodingSession(model)
      try session.prefill(texts, observer: &observer)
      try session.decode([1, 2, 3, 4], observer: &observer)
      try session.extend(0, by: [5, 6], observer: &observer)
    case .generation:
      try TextGenerator(directory: directory).generate(prompts: texts, maxNewTokens: 2, observer: &observer)
    }
  }

  @Test(arguments: Call.allCases)
  func `several threads look at once wherever the observer is passed, in a group too`(by way: Call) throws {
    var observer = NeverSerial()
    try call(way, &observer)
    #expect(observer.gathered > 0)
    var group = ObserverGroup(NeverSerial(), ObserverGroup(Summer(), NeverSerial()))
    try call(way, &group)
    #expect(group.first.gathered == observer.gathered)
    #expect(group.second.second.gathered == observer.gathered)
    #expect(!group.second.first.sums.isEmpty)
  }

  @Test(arguments: [1, 3])
  func `the first text's failure is the one that is thrown`(threads: Int) throws {
    #expect(throws: Summer.Failure(text: 1)) { try run(Summer(failing: 1), threads: threads) }
  }
}
