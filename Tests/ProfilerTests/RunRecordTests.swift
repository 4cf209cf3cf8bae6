import Foundation
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct RunRecordTests {
  @Test(arguments: [false, true])
  func `a run that was written is read back bit for bit`(skipsFirstBlock: Bool) throws {
    let golden = try #require(GoldenModel.all.first)
    let model = try LlamaModel(directory: golden.directory)
    let corpus = try golden.texts().corpus
    let folder = try TemporaryFolder()
    let profiler = CorpusProfiler(corpus: corpus, model: model, skipsFirstBlock: skipsFirstBlock)
    var settings = MadeUpRun(domains: []) { _, _, _, _, _ in 0 }.settings
    settings.layers = profiler.layers
    let stored = try RunFolder(folder.url)
    let store = try stored.store(settings, corpus, startingAnew: false)
    try store.begin(MadeUpRun.session)
    var texts: [TextProfile] = []
    _ = try profiler.profile(with: model) { texts.append($0) }
    try store.add(texts, MadeUpRun.session)
    try stored.finish(store)

    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.layers == texts.first?.layers && record.metrics == Metric.standard)
    #expect(record.scopes == Scope.allCases)
    #expect(record.nonFiniteCells == 0)
    #expect(record.domains.map(\.name) == corpus.domains.map(\.name))
    let found = record.domains.flatMap { domain in domain.texts.map { (domain.name, $0) } }
    #expect(found.count == texts.count)
    for ((domain, text), expected) in zip(found, texts) {
      #expect(TextIdentity(domain: domain, index: text.index) == expected.text && text.tokens == expected.tokens)
      for scope in Scope.allCases {
        let rows = expected.rows(scope).map { row in Metric.standard.map { row[$0] } }
        #expect(expected.layers.compactMap { text.row(scope, $0) } == rows)
      }
    }
    let samples = record.samples(.absMean, .withoutFirstToken)
    #expect(samples.map(\.name) == corpus.domains.map(\.name))
    let long = texts.filter { $0.tokens > 1 }
    #expect(samples.flatMap(\.values) == long.map { $0.rows(.withoutFirstToken).map { $0[.absMean] } })
  }

  @Test func `names that need quotes come back, and what is not finite is kept, counted and out of the samples`() throws
  {
    let folder = try TemporaryFolder()
    let run = SmallRun(blocks: [[(1, .nan, 1)], [(0, 1, 1)], [(2, 2, -0.5)]])
    try run.write(to: folder.url)
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == [SmallRun.domain])
    #expect(record.scopes == [.all])
    // Eleven of the text with a nan, and what has no direction in the one with a zero.
    #expect(record.nonFiniteCells == 11 + 4)
    let relative = try #require(record.metrics.firstIndex(of: .relativeNorm))
    #expect(record.domains[0].texts[1].row(.all, 0)?[relative] == .infinity)
    #expect(record.samples(.relativeNorm, .all)[0].values.count == 1)
    #expect(record.samples(.absMean, .all)[0].values.count == 2)
    #expect(record.samples(.absMean, .withoutFirstToken)[0].values.isEmpty)
  }

  @Test func `infinities keep their sign`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: [("a", [3])]) { metric, _, _, scope, layer in
      metric == .mean && scope == .all ? (layer == 0 ? -.infinity : .nan) : 1
    }
    try run.write(to: folder.url)
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.nonFiniteCells == 2)
    #expect(record.domains[0].texts[0].row(.all, 0)?[0] == -.infinity)
    #expect(record.domains[0].texts[0].row(.all, 1)?[0].isNaN == true)
    #expect(record.domains[0].texts[0].row(.all, 2) == nil)
  }

  @Test func `a domain without a text keeps its place`() throws {
    let folder = try TemporaryFolder()
    try MadeUpRun(domains: [("empty", []), ("a", [1])]) { _, _, _, _, _ in 1 }.write(to: folder.url)
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == ["empty", "a"] && record.domains.map(\.texts.count) == [0, 1])
    #expect(record.scopes == [.all])
  }

  @Test func `a folder without a run is refused by the file that is missing`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: StoreError.self) { try RunRecord(contentsOf: folder.url) }
    #expect(error?.description == "\(folder.url.relativePath)/profile.sqlite: cannot read: No such file or directory")
  }
}
