import LlamaCore
import Profiler
import TestSupport
import Testing

@Suite struct ProfileObserverTests {
  private let identities = (0..<5).map { TextIdentity(domain: "d", index: 10 + $0) }

  /// Different numbers for every text and block.
  private func block(_ text: Int, _ layer: Int) -> BlockInputs {
    BlockInputs(tokens: 1 + text, hiddenSize: 12, seed: UInt64(100 * text + layer))
  }

  /// Shows `waves` of texts to an observer, in the order a model does.
  private func run(_ waves: [Range<Int>], layers: Int, _ observer: inout ProfileObserver) throws {
    for wave in waves {
      for layer in 0..<layers {
        for text in wave where observer.sites(at: layer) != [] {
          try block(text, layer).show(to: &observer, layer: layer, text: text)
        }
      }
    }
    try observer.finish()
  }

  @Test(arguments: [[0..<5], [0..<2, 2..<4, 4..<5], [0..<1, 1..<5]], [1, 2, 4])
  func `texts are handed over in order, whatever the waves`(waves: [Range<Int>], layers: Int) throws {
    var profiles: [TextProfile] = []
    var observer = try ProfileObserver(texts: identities, layerCount: layers) { profiles.append($0) }
    try run(waves, layers: layers, &observer)
    #expect(profiles.map(\.text) == identities)
    #expect(profiles.map(\.tokens) == [1, 2, 3, 4, 5])
    #expect(observer.measuredTokens == 15 * layers)
    for (text, profile) in profiles.enumerated() {
      #expect(profile.layers == 0..<layers)
      for scope in Scope.allCases {
        let alone = try (0..<layers).flatMap { try block(text, $0).profile().rows(scope) }
        #expect(profile.rows(scope) == alone)
      }
    }
  }

  @Test func `the first block can be left out`() throws {
    var profiles: [TextProfile] = []
    var observer = try ProfileObserver(texts: identities, layerCount: 3, skipsFirstBlock: true) { profiles.append($0) }
    #expect(observer.sites(at: 0) == [])
    #expect(observer.sites(at: 1) == .all)
    try run([0..<3, 3..<5], layers: 3, &observer)
    #expect(profiles.count == 5)
    #expect(profiles.allSatisfy { $0.layers == 1..<3 })
    let expected = try block(2, 1).profile().rows(.all) + block(2, 2).profile().rows(.all)
    #expect(profiles[2].rows(.all) == expected)
  }

  @Test func `a group may show a block that was not asked for`() throws {
    var count = 0
    var observer = try ProfileObserver(texts: [identities[0]], layerCount: 2, skipsFirstBlock: true) { _ in count += 1 }
    for layer in 0..<2 { try block(0, layer).show(to: &observer, layer: layer, text: 0) }
    #expect(count == 1)
  }

  @Test(arguments: [1, 0]) func `a model without a block to measure is refused`(layers: Int) {
    #expect(throws: ProfileError.nothingToMeasure(layers: layers)) {
      try ProfileObserver(texts: [], layerCount: layers, skipsFirstBlock: true) { _ in }
    }
  }

  @Test(arguments: [
    [(0, 1)], [(1, 0)], [(0, 0), (0, 0)], [(0, 0), (2, 0)], [(0, 0), (0, 1), (1, 1)],
    [(0, 0), (0, 1), (1, 0), (0, 2)], [(0, 0), (0, 1), (1, 0), (2, 0)], [(0, 0), (1, 0), (1, 1)],
    [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5)], [(0, 0), (1, 0), (2, 0), (0, 0)],
  ])
  func `blocks out of order stop the run`(blocks: [(layer: Int, text: Int)]) throws {
    var observer = try ProfileObserver(texts: identities, layerCount: 3) { _ in }
    for (layer, text) in blocks.dropLast() { try block(text, layer).show(to: &observer, layer: layer, text: text) }
    let error = #expect(throws: ProfileError.self) {
      try block(blocks[blocks.count - 1].text, 0).show(
        to: &observer, layer: blocks[blocks.count - 1].layer, text: blocks[blocks.count - 1].text)
    }
    #expect(error?.description.hasPrefix("blocks out of order: expected what follows block ") == true)
  }

  @Test func `a run that ends early is noticed`() throws {
    var observer = try ProfileObserver(texts: identities, layerCount: 2) { _ in }
    for text in 0..<5 { try block(text, 0).show(to: &observer, layer: 0, text: text) }
    try block(0, 1).show(to: &observer, layer: 1, text: 0)
    let unfinished = observer
    #expect(throws: ProfileError.unfinished(texts: 5, finished: 1)) { try unfinished.finish() }
  }

  @Test func `after values that are not finite no later block is looked at`() throws {
    var profiles: [TextProfile] = []
    var observer = try ProfileObserver(texts: [identities[2]], layerCount: 4) { profiles.append($0) }
    for layer in 0..<4 {
      var inputs = block(2, layer)
      if layer == 1 {
        inputs.attention[15] = .infinity
        inputs.after[15] = .infinity
      }
      // Not even the self-check: there is nothing to hold it against.
      if layer == 3 { inputs.after[0] += 1 }
      try inputs.show(to: &observer, layer: layer, text: 0)
    }
    let profile = try #require(profiles.first)
    #expect(profile.nonFinite.map(\.layer) == [1])
    for scope in Scope.allCases {
      #expect(profile.rows(scope).map { $0.isFinite() } == [true, false, false, false])
    }
  }

  @Test func `an error of the sink stops the run`() throws {
    var observer = try ProfileObserver(texts: identities, layerCount: 1) { _ in throw Stop() }
    #expect(throws: Stop.self) { try block(0, 0).show(to: &observer, layer: 0, text: 0) }
  }
}
