import Foundation
import LlamaCore
import TestSupport
import Testing

/// How a run tells how far it is, and how it is stopped.
@Suite struct RunProgressTests {
  private static let directory = Repository.fixtures.appending(path: "variants/float16")
  /// Two waves: of five tokens and of seven.
  private static let texts: [[TokenID]] = [[1, 2, 3], [4, 5], [1, 2, 3, 4, 5, 6, 7]]
  private static let options = RunOptions(threads: 2, waveTokens: 7)

  private struct Counter: LayerObserver {
    var layers: [Int] = []
    func sites(at layer: Int) -> LayerSites { .mlp }
    mutating func observe(_ block: borrowing BlockTrace) { layers.append(block.layer) }
  }

  @Test func `progress is told after every block of every wave, with the share of the work that is done`() throws {
    let model = try LlamaModel(directory: Self.directory)
    var told: [RunProgress] = []
    var observer = Counter()
    var seen: [Int] = []
    try model.run(Self.texts, options: Self.options, observer: &observer) { progress in
      told.append(progress)
      seen.append(progress.layer)
    }
    #expect(told.map(\.wave) == [0, 0, 0, 1, 1, 1])
    #expect(told.map(\.layer) == [0, 1, 2, 0, 1, 2])
    #expect(told.allSatisfy { $0.waveCount == 2 && $0.layerCount == 3 })
    #expect(told.map { ($0.fraction * 36).rounded() } == [5, 10, 15, 22, 29, 36])
    #expect(told.last?.fraction == 1)
    #expect(observer.layers == [0, 0, 1, 1, 2, 2, 0, 1, 2])

    told = []
    var likelihoods = 0
    var nobody = NoObserver()
    try model.run(Self.texts, options: Self.options, observer: &nobody, progress: { told.append($0) }) { _, _ in
      likelihoods += 1
    }
    #expect(told.count == 6)
    #expect(likelihoods == 3)
    try model.run([], options: Self.options, observer: &nobody) { told.append($0) }
    #expect(told.count == 6)
  }

  @Test func `a text longer than a wave is a wave of its own`() throws {
    let model = try LlamaModel(directory: Self.directory)
    var waves: [Int] = []
    var nobody = NoObserver()
    try model.run(Self.texts, options: RunOptions(threads: 1, waveTokens: 4), observer: &nobody) { progress in
      #expect(progress.waveCount == 3)
      if progress.layer == 2 { waves.append(Int((progress.fraction * 12).rounded())) }
    }
    #expect(waves == [3, 5, 12])
  }

  @Test func `an error of whoever is told stops the run behind that block`() throws {
    let model = try LlamaModel(directory: Self.directory)
    var observer = Counter()
    #expect(throws: Stop.self) {
      try model.run(Self.texts, options: Self.options, observer: &observer) { if $0.wave == 1 { throw Stop() } }
    }
    #expect(observer.layers == [0, 0, 1, 1, 2, 2, 0])
  }

  /// Cancels the task it runs in when it sees a block.
  private struct Canceller: LayerObserver {
    var layers: [Int] = []
    func sites(at layer: Int) -> LayerSites { .mlp }
    mutating func observe(_ block: borrowing BlockTrace) {
      layers.append(block.layer)
      if block.layer == 1 { withUnsafeCurrentTask { $0?.cancel() } }
    }
  }

  private enum Call: CaseIterable { case run, likelihood, logits, prefill }

  @Test(arguments: Call.allCases)
  private func `a task that is cancelled ends its run before the next block`(call: Call) async throws {
    let model = try LlamaModel(directory: Self.directory)
    let layers = await Task {
      var observer = Canceller()
      #expect(throws: CancellationError.self) {
        switch call {
        case .run: try model.run(Self.texts, options: Self.options, observer: &observer)
        case .likelihood:
          _ = try model.negativeLogLikelihood(of: Self.texts, options: Self.options, observer: &observer)
        case .logits: _ = try model.logits(of: Self.texts, options: Self.options, observer: &observer)
        case .prefill: try DecodingSession(model, options: Self.options).prefill(Self.texts, observer: &observer)
        }
      }
      return observer.layers
    }.value
    #expect(layers == [0, 0, 1, 1])
    // Nothing is left behind.
    var observer = Counter()
    try model.run(Self.texts, options: Self.options, observer: &observer)
    #expect(observer.layers.count == 9)
  }

  private enum Option: String, CaseIterable { case threads, waveTokens, memoryLimit }

  @Test(arguments: Option.allCases, [0, -1, Int.min])
  private func `options that no run can have are refused wherever they are used`(option: Option, value: Int) throws {
    var options = RunOptions(threads: 2)
    switch option {
    case .threads: options = RunOptions(threads: value)
    case .waveTokens: options = RunOptions(waveTokens: value)
    case .memoryLimit: options.memoryLimit = value
    }
    let generator = try TextGenerator(directory: Repository.fixtures.appending(path: "tiny-llama"), options: options)
    let model = generator.model
    var nobody = NoObserver()
    let calls: [() throws -> Void] = [
      { try model.run([[1]], options: options, observer: &nobody) },
      { _ = try model.logits(of: [[1]], options: options) },
      { _ = try model.negativeLogLikelihood(of: [[1]], options: options) },
      { _ = try model.plan([1], options: options) },
      { _ = try DecodingSession(model, options: options) },
      { try generator.generate(prompts: ["a"]) },
    ]
    let expected = option == .threads ? "1 to 1024" : "at least 1"
    for call in calls {
      #expect(throws: RunError.option(option.rawValue, expected: expected, found: value)) { try call() }
    }
    let error = RunError.option("threads", expected: "1 to 1024", found: 0)
    #expect(error.description == "RunOptions.threads: expected 1 to 1024, found 0")
  }
}
