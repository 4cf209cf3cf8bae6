import Foundation
import LlamaCore
import ProfileBench
import TestSupport
import Testing

@Suite struct LikelihoodTests {
  private static let models =
    ["tiny-llama", "demo-model"]
    + ["biases", "linear-rope", "float16", "multi-query", "multi-head-default", "llama3-rope-old-keys"].map {
      "variants/\($0)"
    }

  @Test(arguments: models)
  func `a fixture's texts are as likely as Hugging Face transformers finds them`(name: String) throws {
    try check(Repository.fixtures.appending(path: name))
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `texts are as likely as Hugging Face transformers finds them on stories260K`() throws {
    try check(Repository.stories)
  }

  private func check(_ directory: URL) throws {
    let model = try LlamaModel(directory: directory)
    let golden = try GoldenText.load(directory)
    let found = try model.negativeLogLikelihood(of: golden.map(\.ids))
    #expect(found.count == golden.count)
    #expect(golden.contains { $0.nll != nil })
    for (text, likelihood) in zip(golden, found) {
      #expect(likelihood.tokens.count == text.ids.count - 1)
      guard let expected = text.nll else {
        #expect(likelihood.mean == nil)
        #expect(likelihood.sum == 0)
        continue
      }
      let mean = try #require(likelihood.mean)
      #expect(abs(mean - expected) <= 1e-5 * expected, "found \(mean), expected \(expected)")
      #expect(likelihood.sum == likelihood.tokens.reduce(0, +))
    }
  }

  private static func tokens(_ count: Int, _ seed: Int) -> [TokenID] {
    (0..<count).map { TokenID((seed * 7919 + $0 * 104_729 + $0 * $0) % 400) }
  }

  @Test(arguments: ForwardPassTests.Arithmetic.all)
  func `likelihoods are the same bits in any company, order, wave and thread count`(
    arithmetic: ForwardPassTests.Arithmetic
  ) throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let texts = [1, 2, 17, 64, 130, 300].enumerated().map { Self.tokens($1, $0) }
    let alone = try texts.map {
      try model.negativeLogLikelihood(of: [$0], options: arithmetic.options(threads: 1))[0]
    }
    for options in [arithmetic.options(threads: 2), arithmetic.options(threads: 3, waveTokens: 70)] {
      #expect(try model.negativeLogLikelihood(of: texts, options: options) == alone)
      #expect(
        try model.negativeLogLikelihood(of: texts.reversed(), options: options) == Array(alone.reversed()))
    }
  }

  @Test func `every token's likelihood is that of its logits`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let text = Self.tokens(90, 3)
    let logits = try model.logits(of: [text], at: .all)[0]
    let found = try model.negativeLogLikelihood(of: [text])[0]
    for (position, next) in text.dropFirst().enumerated() {
      let row = logits[position].map(Double.init)
      let maximum = row.max() ?? 0
      let expected = maximum + log(row.reduce(0) { $0 + exp($1 - maximum) }) - row[Int(next)]
      #expect(abs(found.tokens[position] - expected) <= 1e-6 * max(1, expected))
    }
  }

  @Test func `likelihoods come beside what an observer sees, text by text as waves end`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let texts = [5, 9, 3].map { Self.tokens($0, $0) }
    var bare = Recorder()
    try model.run(texts, options: RunOptions(waveTokens: 14), observer: &bare)
    var observed = Recorder()
    var told: [(text: Int, likelihood: TextLikelihood)] = []
    try model.run(texts, options: RunOptions(waveTokens: 14), observer: &observed) { told.append(($0, $1)) }
    #expect(observed.calls == bare.calls)
    #expect(observed.values == bare.values)
    #expect(told.map(\.text) == [0, 1, 2])
    #expect(try model.negativeLogLikelihood(of: texts) == told.map(\.likelihood))
  }

  @Test func `an error of whoever is told stops the run`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    var recorder = Recorder()
    #expect(throws: Stop.self) {
      try model.run(
        [Self.tokens(5, 1), Self.tokens(6, 2)], options: RunOptions(waveTokens: 6), observer: &recorder
      ) { _, _ in throw Stop() }
    }
    #expect(recorder.calls.count == 4)
  }

  @Test func `the plan counts the sums that are kept and the product with the vocabulary`() throws {
    let folder = try TemporaryFolder()
    try #require(RandomCheckpoint.all.first { $0.name == "smollm-135m" }).write(to: folder.url, seed: 3)
    let model = try LlamaModel(directory: folder.url)
    var options = RunOptions(threads: 2, waveTokens: 1000)
    let bare = try model.plan([1000], options: options)
    options.isLikelihoodWanted = true
    let plan = try model.plan([1000], options: options)
    let size = model.spec.vocabularySize
    #expect(plan.matmulOperations - bare.matmulOperations == Double(2 * 1000 * model.spec.hiddenSize * size))
    // Far less than the logits, which would take four bytes each.
    let more = plan.peakBytes - bare.peakBytes
    #expect(more > 0)
    #expect(more < 4 * 1000 * size / 20)
  }
}
