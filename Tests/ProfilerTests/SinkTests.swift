import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport
import Testing

/// `Fixtures/massive`: a model with massive activations, and what transformers and torch say of them in float64.
enum MassiveFixture {
  static let directory = GoldenModel.all[0].directory.deletingLastPathComponent().appending(path: "massive")

  static func json(_ name: String) throws -> [JSONValue] {
    try #require(try JSONValue(contentsOf: directory.appending(path: name)).array)
  }

  /// The profiles of its texts, in the order of the golden file.
  static func profiles(
    options: RunOptions = RunOptions(), skipsFirstBlock: Bool = false
  ) throws -> (profile: CorpusProfile, texts: [TextProfile]) {
    let model = try LlamaModel(directory: directory)
    let corpus = try GoldenModel(directory: directory).texts().corpus
    var texts: [TextProfile] = []
    let profile = try CorpusProfiler(corpus: corpus, model: model, skipsFirstBlock: skipsFirstBlock)
      .profile(with: model, options: options, sink: { texts.append($0) })
    return (profile, texts)
  }
}

@Suite struct SinkTests {
  @Test func `the sinks of every text are those of Hugging Face in float64`() throws {
    let (_, texts) = try MassiveFixture.profiles()
    let (_, golden) = try GoldenModel(directory: MassiveFixture.directory).texts()
    #expect(texts.count == golden.count)
    for (text, reference) in zip(texts, golden) {
      let sinks = try #require(reference["sinks"]?.array).compactMap(\.integer)
      #expect(text.sinks.map(\.position) == sinks, "\(text.text)")
      let ids = try #require(reference["ids"]?.array).compactMap(\.integer)
      #expect(text.sinks.map(\.token) == sinks.map { TokenID(ids[$0]) })
    }
    // Texts without sinks, with them in the middle, and of nothing else are among them.
    let counts = texts.map { ($0.tokens, $0.sinks.count) }
    #expect(counts.contains { $0.1 == 0 })
    #expect(counts.contains { $0.0 == $0.1 })
    #expect(counts.contains { $0.0 > $0.1 + 1 })
    #expect(texts.contains { $0.sinks.first.map { $0.position > 0 } == true })
  }

  @Test func `the massive activations of every text are those of Hugging Face in float64`() throws {
    let (_, texts) = try MassiveFixture.profiles()
    let found = texts.flatMap { text in text.massive.map { (text.text, $0) } }
    // Domains of the golden file are in the order of their names; the list is in that of the corpus.
    let expected = try MassiveFixture.json("massive.json")
      .map { try #require($0.array) }.sorted { ($0[0].string ?? "") < ($1[0].string ?? "") }
    #expect(found.count == expected.count)
    #expect(found.count > 30)
    for ((text, activation), row) in zip(found, expected) {
      #expect(text == TextIdentity(domain: row[0].string ?? "", index: row[1].integer ?? -1))
      #expect([activation.layer, activation.position, activation.dimension] == [2, 3, 5].map { row[$0].integer })
      let value = try #require(row[6].double)
      #expect(abs(activation.value - value) <= 1e-5 * abs(value))
    }
    #expect(texts.allSatisfy { $0.omittedMassive == 0 })
  }

  @Test(arguments: try MassiveFixture.json("selection.json"))
  func `a value is massive where torch says so`(stream: JSONValue) throws {
    let values = try #require(stream["values"]?.array).compactMap { $0.double.map(Float.init) }
    let width = try #require(stream["width"]?.integer)
    let zeros = [Float](repeating: 0, count: values.count)
    let profile = try BlockInputs(hiddenSize: width, before: values, attention: zeros, mlp: zeros).profile()
    let expected = try #require(stream["massive"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    #expect(profile.massive.map { [$0.position, $0.dimension] } == expected, "\(stream["name"]?.string ?? "")")
    #expect(profile.massive.allSatisfy { Float($0.value) == values[$0.position * width + $0.dimension] })
    let positions = Set(expected.compactMap(\.first))
    #expect(profile.sinks.map(\.position) == positions.sorted())
    for sink in profile.sinks {
      let row = values[sink.position * width..<(sink.position + 1) * width]
      #expect(abs(sink.largest.value) == Double(row.map(abs).max() ?? 0))
    }
  }

  @Test func `more values between the limits than are kept are found by halving`() throws {
    // 100 rows of 128 values, 6,399 of them above 100 but for the 6,401 that decide the median.
    var generator = InputGenerator(seed: 4)
    var values = (0..<12_800).map {
      $0.isMultiple(of: 2) ? Float(generator.next()) : Float(101 + 9000 * (generator.next() + 0.5))
    }
    values[1] = 0.25
    let zeros = [Float](repeating: 0, count: values.count)
    let profile = try BlockInputs(hiddenSize: 128, before: values, attention: zeros, mlp: zeros).profile()
    let median = Double(values.map(abs).sorted()[6399])
    let expected = values.indices.filter { abs(values[$0]) > 100 && Double(abs(values[$0])) > 1000 * median }
    #expect(expected.count > 5000)
    #expect(profile.omittedMassive == expected.count - 1000)
    #expect(profile.massive.map { $0.position * 128 + $0.dimension } == Array(expected.prefix(1000)))
    #expect(profile.sinks.map(\.position) == Set(expected.map { $0 / 128 }).sorted())
  }

  @Test
  func
    `a text without sinks has the same rows without them, one with the first token as its only sink those without it`()
    throws
  {
    let (_, texts) = try MassiveFixture.profiles()
    for text in texts {
      switch text.sinks.map(\.position) {
      case []: #expect(text.rows(.withoutSinks) == text.rows(.all))
      case [0]: #expect(text.rows(.withoutSinks) == text.rows(.withoutFirstToken))
      case let sinks where sinks.count == text.tokens: #expect(text.rows(.withoutSinks).isEmpty)
      default: #expect(!text.rows(.withoutSinks).contains(where: text.rows(.all).contains))
      }
    }
  }

  @Test func `a position that is a sink at the last block is left out at the first`() throws {
    let (_, texts) = try MassiveFixture.profiles()
    let late = try #require(texts.first { $0.text == TextIdentity(domain: "late", index: 0) })
    #expect(late.sinks.map(\.firstLayer) == [3])
    #expect(late.sinks.map(\.largest.dimension) == [20])
    #expect(late.rows(.withoutSinks)[0] != late.rows(.all)[0])
  }

  @Test func `a sink of the first block only is none where that block is not measured`() throws {
    let identity = TextIdentity(domain: "d", index: 0)
    var found: [[SinkToken]] = []
    for skips in [false, true] {
      var observer = try ProfileObserver(texts: [identity], layerCount: 2, skipsFirstBlock: skips) {
        found.append($0.sinks)
      }
      var block = BlockInputs(tokens: 3, hiddenSize: 16, seed: 8)
      block.after[20] = 1e6
      block.mlp[20] = 1e6 - block.before[20] - block.attention[20]
      try block.show(to: &observer, layer: 0, text: 0)
      try BlockInputs(tokens: 3, hiddenSize: 16, seed: 9).show(to: &observer, layer: 1, text: 0)
    }
    #expect(found.map { $0.map(\.position) } == [[1], []])
  }

  @Test(arguments: [false, true])
  func `what is said of all texts is counted`(skipsFirstBlock: Bool) throws {
    let (profile, texts) = try MassiveFixture.profiles(skipsFirstBlock: skipsFirstBlock)
    let summary = profile.sinks
    #expect(summary.texts == 11)
    #expect(summary.textsWithSinks == 8)
    #expect(summary.textsOfSinksOnly == 2)
    #expect(summary.sinks == 15)
    #expect(summary.firstSinks == 7)
    #expect(summary.laterSinks == 8)
    #expect(summary.firstLayer == 1)
    #expect(summary.textsWithLaterSinks == 5)
    #expect(summary.cutTexts == 0)
    #expect(summary.positions == [0: 7, 1: 3, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1])
    #expect(summary.dimensions == [11: 12, 20: 3])
    #expect(summary.largest == texts.flatMap(\.massive).max { abs($0.value) < abs($1.value) })
    #expect(summary.firstTokens == [SinkSummary.Token(id: 0, text: nil): 7])
    #expect(summary.laterTokens == [1: 5, 2: 3].reduce(into: [:]) { $0[.init(id: $1.key, text: nil)] = $1.value })
  }
}
