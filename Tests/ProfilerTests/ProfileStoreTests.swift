import Foundation
import GRDB
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct ProfileStoreTests {
  private static func value(_ metric: Metric, _ domain: Int, _ text: Int, _ scope: Scope, _ layer: Int) -> Double {
    Double(100 * domain + 10 * text + layer) + (scope == .all ? 0.1 : 0.7)
  }

  private static var run: MadeUpRun { MadeUpRun(domains: [("a", [3, 1, 5]), ("b", [2])], value: value) }

  /// The rows of a store, text by text.
  private func rows(_ store: ProfileStore) throws -> [(TextIdentity, [[Double]])] {
    var rows: [(TextIdentity, [[Double]])] = []
    try store.forEachText { _, text in
      rows.append((text.text, Scope.allCases.map { text.rows($0).map { $0[.absMean] } }))
    }
    return rows
  }

  @Test func `a run goes on after any wave, in another process's hands`() throws {
    let folder = try TemporaryFolder()
    let run = Self.run
    for wave in 0..<4 {
      let held = try RunFolder(folder.url)
      let store = try held.store(run.settings, run.tokenized, startingAnew: false)
      let counts = try store.counts()
      #expect(counts.texts == 4)
      #expect(counts.finished == wave)
      let left = try store.remaining(of: run.tokenized)
      #expect(left.textCount == 4 - wave)
      #expect(left.domains.count == 2)
      try store.begin(MadeUpRun.session)
      try store.add([run.texts[wave]], MadeUpRun.session)
      #expect(try store.counts().finished == wave + 1)
    }
    let held = try RunFolder(folder.url)
    let store = try held.store(run.settings, run.tokenized, startingAnew: false)
    #expect(try store.counts().isFinished)
    #expect(try store.sessions().count == 4)
    try held.finish(store)
    #expect(try folder.names == ["profile.sqlite"])
    let found = try rows(held.finishedStore())
    #expect(found.map(\.0) == run.texts.map(\.text))
    for (row, text) in zip(found, run.texts) {
      #expect(row.1 == Scope.allCases.map { text.rows($0).map { $0[.absMean] } })
    }
  }

  @Test func `a wave that cannot be stored leaves nothing of itself`() throws {
    let folder = try TemporaryFolder()
    let run = Self.run
    let store = try RunFolder(folder.url).store(run.settings, run.tokenized, startingAnew: false)
    try store.begin(MadeUpRun.session)
    try store.add([run.texts[0]], MadeUpRun.session)
    // A block twice.
    let broken = TextProfile(
      text: run.texts[1].text, tokens: 1, layers: 0..<2,
      nonFinite: [1, 1].map { NonFinite(cause: .values, layer: $0) }, all: run.texts[1].rows(.all),
      withoutFirstToken: [], withoutSinks: [])
    #expect(throws: StoreError.self) { try store.add([broken], MadeUpRun.session) }
    #expect(try store.counts().finished == 1)
    try store.add([run.texts[1], run.texts[2]], MadeUpRun.session)
    #expect(try rows(store).map(\.0.index) == [0, 1, 2])
    #expect(throws: StoreError.self) { try store.add([run.texts[3], run.texts[3]], MadeUpRun.session) }
  }

  private static let others: [(name: String, change: @Sendable (inout MadeUpRun) -> Void)] = [
    ("another corpus", { $0.corpusHash = .other }),
    (
      "another corpus: corpus.json there, other.json asked for", { ($0.corpusHash, $0.corpus) = (.other, "other.json") }
    ),
    ("other tokens, as of another tokenizer.json, first at text 2 of \"a\"", { $0.domains[0].tokens[2] = 4 }),
    ("another corpus, first at text 2 of \"a\"", { ($0.corpusHash, $0.domains[0].tokens[2]) = (.other, 4) }),
    ("first at domain \"b\", 1 texts there, 2 asked for", { $0.domains[1].tokens.append(3) }),
    (
      "another corpus, first at domain \"b\" there, \"c\" asked for",
      { ($0.corpusHash, $0.domains[1].name) = (.other, "c") }
    ),
    ("--domain a,b there, a,c asked for", { $0.domains[1].name = "c" }),
    ("--domain a,b there, a asked for", { $0.domains.removeLast() }),
    ("last block 1 there, 2 asked for", { $0.layers = 0..<3 }),
    ("--skip-first-block asked for, not there", { $0.layers = 1..<2 }),
    ("--spectrum asked for, not there", { $0.metrics += Metric.Group.spectrum.metrics }),
    ("--nll asked for, not there", { $0.metrics.append(.nll) }),
    (
      "--max-tokens 512 there, 100 asked for; --spectrum asked for, not there; --domain a,b there, a asked for",
      {
        ($0.maximumTokens, $0.metrics) = (100, $0.metrics + Metric.Group.spectrum.metrics); $0.domains.removeLast()
      }
    ),
  ]

  @Test(arguments: others.indices)
  func `a run of other settings or texts is refused, and named`(case: Int) throws {
    let folder = try TemporaryFolder()
    var begun = Self.run.settings
    begun.command = "fp-cli profile --model 'models/m'\n"
    _ = try RunFolder(folder.url).store(begun, Self.run.tokenized, startingAnew: false)
    var other = Self.run
    Self.others[`case`].change(&other)
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: false)
    }
    let text = error?.description ?? ""
    let file = folder.url.appending(path: "profile.sqlite").relativePath
    #expect(text.hasPrefix("\(file): holds another run, which is not finished: "), "\(text)")
    #expect(text.contains(Self.others[`case`].name), "\(text)")
    #expect(
      text.hasSuffix(
        "; it was begun by and goes on with fp-cli profile --model 'models/m'\\n; choose another --output for this one, "
          + "or --force to replace that one once this one is finished"), "\(text)")
  }

  @Test(arguments: [[], [Metric.Group.likelihood], [.spectrum], [.likelihood, .spectrum]])
  func `a run is read back with the spectrum that it has, and with none otherwise`(groups: [Metric.Group]) throws {
    let more = groups.flatMap(\.metrics)
    let folder = try TemporaryFolder()
    var run = Self.run
    run.metrics = Metric.standard + more
    try run.write(to: folder.url)
    let store = try ProfileStore(reading: folder.url.appending(path: "profile.sqlite"))
    var texts: [TextProfile] = []
    try store.forEachText { _, text in texts.append(text) }
    #expect(texts.count == run.texts.count)
    for (found, expected) in zip(texts, run.texts) {
      #expect(found.rows(.all) == expected.rows(.all))
      #expect(found.nll == expected.nll)
      for metric in Metric.Group.spectrum.metrics {
        #expect(found.rows(.all).allSatisfy { $0[metric].isNaN != more.contains(metric) })
      }
    }
  }

  @Test func `paths and threads may be others`() throws {
    let folder = try TemporaryFolder()
    var other = Self.run
    _ = try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: false)
    other.model = "elsewhere/m"
    other.corpus = "elsewhere.json"
    _ = try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: false)
  }

  @Test func `a new run leaves the old one in place until it is done`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    var other = Self.run
    other.maximumTokens = 100
    do {
      let store = try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: true)
      try store.begin(MadeUpRun.session)
      try store.add([other.texts[0]], MadeUpRun.session)
    }
    let main = folder.url.appending(path: RunFolder.fileName)
    #expect(try ProfileStore(reading: main).settings.maximumTokens == 512)
    // Gone on with, without being asked to start anew.
    let held = try RunFolder(folder.url)
    let store = try held.store(other.settings, other.tokenized, startingAnew: false)
    #expect(try store.counts().finished == 1)
    try store.begin(MadeUpRun.session)
    try store.add(Array(other.texts.dropFirst()), MadeUpRun.session)
    try held.finish(store)
    #expect(try folder.names == ["profile.sqlite"])
    #expect(try ProfileStore(reading: main).settings.maximumTokens == 100)
  }

  @Test func `of a run and one that is to take its place, each is found by its own settings`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    var other = Self.run
    other.maximumTokens = 100
    func counts(_ run: MadeUpRun, startingAnew: Bool) throws -> ProfileStore.Counts {
      try RunFolder(folder.url).store(run.settings, run.tokenized, startingAnew: startingAnew).counts()
    }
    do {
      let store = try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: true)
      try store.begin(MadeUpRun.session)
      try store.add([other.texts[0]], MadeUpRun.session)
    }
    #expect(try counts(Self.run, startingAnew: false).isFinished)
    // Asked to start anew or not, what was begun anew is gone on with.
    for startingAnew in [true, false] { #expect(try counts(other, startingAnew: startingAnew).finished == 1) }
    // Finishing the old one leaves the new one alone.
    let held = try RunFolder(folder.url)
    try held.finish(held.store(Self.run.settings, Self.run.tokenized, startingAnew: false))
    #expect(try held.finishedStore().settings.maximumTokens == 512)
    withExtendedLifetime(held) {}
  }

  @Test func `settings of neither run are refused, and starting anew leaves the old one`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    var (other, third) = (Self.run, Self.run)
    (other.maximumTokens, third.maximumTokens) = (100, 7)
    _ = try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: true)
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(third.settings, third.tokenized, startingAnew: false)
    }
    #expect(
      error?.description.contains("profile.sqlite: holds another run, which is finished: --max-tokens 512 there, 7 ")
        == true)
    _ = try RunFolder(folder.url).store(third.settings, third.tokenized, startingAnew: true)
    #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(other.settings, other.tokenized, startingAnew: false)
    }
    #expect(
      try RunFolder(folder.url).store(Self.run.settings, Self.run.tokenized, startingAnew: false).counts().isFinished)
  }

  @Test(arguments: ["profile.sqlite", "profile.next.sqlite"])
  func `starting anew does not replace what is no run`(name: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: name)
    try DatabaseQueue(path: file.path).write { try $0.execute(sql: "CREATE TABLE mine (x)") }
    let before = try Data(contentsOf: file)
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(Self.run.settings, Self.run.tokenized, startingAnew: true)
    }
    #expect(error == .notAStore(file: file.relativePath, found: "another SQLite database, application_id 0"))
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func `a domain whose name holds a NUL is refused`() throws {
    let folder = try TemporaryFolder()
    var run = Self.run
    run.domains[1].name = "b\0c"
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(run.settings, run.tokenized, startingAnew: false)
    }
    #expect(error?.description.hasSuffix(#"domain "b\u{0}c": expected a name without a NUL"#) == true)
    #expect(try folder.names == [])
  }

  @Test func `a folder is one process's at a time`() throws {
    let folder = try TemporaryFolder()
    let held = try RunFolder(folder.url)
    let error = #expect(throws: StoreError.self) { try RunFolder(folder.url) }
    #expect(error?.description == "\(folder.url.relativePath): another process is profiling into this folder")
    withExtendedLifetime(held) {}
  }

  @Test func `a text that failed is kept with its reason and not run`() throws {
    let folder = try TemporaryFolder()
    let domain = TokenizedCorpus.Domain(
      name: "a", texts: [.init(index: 0, tokens: [1]), .init(index: 2, tokens: [1])],
      failures: [.init(index: 1, reason: "no such token\n")])
    let corpus = TokenizedCorpus(domains: [domain])
    let store = try RunFolder(folder.url).store(Self.run.settings, corpus, startingAnew: false)
    #expect(try store.counts().texts == 2)
    #expect(try store.remaining(of: corpus) == corpus)
    let failures = try store.failures()
    #expect(failures.count == 1)
    #expect(failures.first.map(\.text) == [TextIdentity(domain: "a", index: 1)])
    #expect(failures.first.map(\.reason) == ["no such token\\n"])
  }
}

extension Fingerprint {
  fileprivate static var other: Fingerprint { Fingerprint(of: [1].span) }
}
