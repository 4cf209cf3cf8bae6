import Foundation
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct LoadedRunTests {
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

    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.layers == texts.first?.layers)
    #expect(record.metrics == Metric.standard)
    #expect(record.scopes == Scope.allCases)
    #expect(record.nonFiniteCells == 0)
    #expect(record.domains.map(\.name) == corpus.domains.map(\.name))
    let found = record.domains.flatMap { domain in
      domain.texts.map { TextIdentity(domain: domain.name, index: $0.index) }
    }
    #expect(found == texts.map(\.text))
    for scope in Scope.allCases { try record.expectRows(of: texts, scope) }
    let samples = try record.samples(.absMean, .withoutFirstToken)
    #expect(samples.map(\.name) == corpus.domains.map(\.name))
    let long = texts.filter { $0.tokens > 1 }
    #expect(samples.flatMap(\.values) == long.map { $0.rows(.withoutFirstToken).map { $0[.absMean] } })
  }

  @Test func `names that need quotes come back, and what is not finite is kept, counted and out of the samples`() throws
  {
    let folder = try TemporaryFolder()
    let run = SmallRun(blocks: [[(1, .nan, 1)], [(0, 1, 1)], [(2, 2, -0.5)]])
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == [SmallRun.domain])
    #expect(record.scopes == [.all, .withoutSinks])
    // All of the text with a nan, and what has no direction in the one with a zero, in both scopes.
    #expect(record.nonFiniteCells == 2 * (17 + 7))
    let relative = try #require(record.metrics.firstIndex(of: .relativeNorm))
    var values: [Double] = []
    try record.forEachText(.all) { _, _, rows in values.append(rows[relative, 0]) }
    #expect(values[1] == .infinity)
    #expect(try record.samples(.relativeNorm, .all)[0].values.count == 1)
    #expect(try record.samples(.absMean, .all)[0].values.count == 2)
    #expect(try record.samples(.absMean, .withoutFirstToken)[0].values.isEmpty)
  }

  @Test func `infinities keep their sign`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: [("a", [3])]) { metric, _, _, scope, layer in
      metric == .mean && scope == .all ? (layer == 0 ? -.infinity : .nan) : 1
    }
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.nonFiniteCells == 2)
    try record.forEachText(.all) { _, _, rows in
      #expect(rows[0, 0] == -.infinity)
      #expect(rows[0, 1].isNaN)
    }
  }

  @Test func `a run larger than what is held of it is read back bit for bit`() throws {
    let folder = try TemporaryFolder()
    // 250 texts of 17,600 bytes are more than a chunk of a spool; every third text has one token.
    var run = MadeUpRun(domains: [("a", (0..<180).map { 1 + $0 % 3 }), ("b", (0..<70).map { 1 + $0 % 3 })]) {
      metric, domain, text, scope, layer in
      let place = (domain * 200 + text) * 100 + layer
      return Double(place) + (scope == .all ? 0 : 0.5) + (metric == .mean ? 0.125 : 0)
    }
    run.layers = 0..<100
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    for scope in Scope.allCases { try record.expectRows(of: run.texts, scope) }
    // And nothing of it is left behind.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["profile.sqlite"])
  }

  @Test func `a run is read where its folder cannot be written to`() throws {
    let folder = try TemporaryFolder()
    try MadeUpRun(domains: [("a", [1, 2])]) { _, _, _, _, _ in 1 }.write(to: folder.url)
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path) }
    #expect(try LoadedRun(contentsOf: folder.url).samples(.mean, .all)[0].values == [[1, 1], [1, 1]])
  }

  @Test func `a domain without a text keeps its place`() throws {
    let folder = try TemporaryFolder()
    try MadeUpRun(domains: [("empty", []), ("a", [1])]) { _, _, _, _, _ in 1 }.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == ["empty", "a"])
    #expect(record.domains.map(\.texts.count) == [0, 1])
    #expect(record.scopes == [.all, .withoutSinks])
  }

  @Test func `a folder without a run is refused by the file that is missing`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: StoreError.self) { try LoadedRun(contentsOf: folder.url) }
    #expect(error?.description == "\(folder.url.relativePath)/profile.sqlite: cannot read: No such file or directory")
  }
}

extension LoadedRun {
  /// Expects the very rows of texts that a run was made of.
  fileprivate func expectRows(of texts: [TextProfile], _ scope: Scope) throws {
    var expected = texts.filter { !$0.rows(scope).isEmpty }[...]
    try forEachText(scope) { domain, text, rows in
      let next = expected.popFirst()
      let profile = try #require(next)
      #expect(TextIdentity(domain: domains[domain].name, index: text.index) == profile.text)
      #expect(text.tokens == profile.tokens)
      let found = (0..<layers.count).map { block in metrics.indices.map { rows[$0, block] } }
      #expect(found == profile.rows(scope).map { row in metrics.map { row[$0] } })
    }
    #expect(expected.isEmpty)
  }
}
