import Foundation
import Foundations
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// Sinks and massive activations in a run's database and files.
@Suite struct SinkStoreTests {
  private static let activations = [
    MassiveActivation(layer: 0, position: 2, dimension: 5, value: -123.5),
    MassiveActivation(layer: 1, position: 0, dimension: 7, value: 4e5),
    MassiveActivation(layer: 1, position: 2, dimension: 5, value: 250),
  ]

  private static var run: MadeUpRun {
    var run = MadeUpRun(domains: [("a,b", [3, 2]), ("c", [1])]) { _, domain, text, scope, layer in
      Double(domain + text + layer) + (scope == .withoutSinks ? 0.5 : 0)
    }
    run.sinks = { domain, text in
      if domain == 1 {
        return [SinkToken(firstLayer: 0, largest: MassiveActivation(layer: 1, position: 0, dimension: 3, value: 200))]
      }
      return text == 1
        ? []
        : [
          SinkToken(firstLayer: 1, largest: activations[1], token: 17, text: "\n"),
          SinkToken(firstLayer: 0, largest: activations[2]),
        ]
    }
    run.massive = { domain, text in domain == 0 && text == 0 ? (activations, 4) : ([], 0) }
    return run
  }

  @Test func `sinks come back from the database as they were`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    var found: [TextProfile] = []
    try store.forEachText { found.append($1) }
    let texts = Self.run.texts
    #expect(found.map(\.sinks) == texts.map(\.sinks))
    #expect(found.map(\.omittedMassive) == [4, 0, 0])
    for (text, expected) in zip(found, texts) {
      #expect(text.rows(.withoutSinks).map { $0[.absMean] } == expected.rows(.withoutSinks).map { $0[.absMean] })
    }
    #expect(found[2].rows(.withoutSinks).isEmpty)
    #expect(!found[1].rows(.withoutSinks).isEmpty)

    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.domains.map { $0.texts.map(\.sinks) } == [[[0, 2], []], [[0]]])
    #expect(record.profile.sinks.cutTexts == 1)
    #expect(record.profile.sinks.textsOfSinksOnly == 1)
    #expect(record.mainScope(.absMean) == .withoutSinks)
    #expect(record.mainScope(.stableRank) == .withoutFirstToken)
  }

  @Test func `massive activations are rows of a file, with the token where it is known`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    try RunExport(store).write(to: folder.url)
    #expect(
      try folder.text("massive.csv") == """
        domain,text,layer,position,token,dimension,value
        "a,b",0,0,2,,5,-123.5
        "a,b",0,1,0,17,7,400000.0
        "a,b",0,1,2,,5,250.0

        """)
    let texts = try folder.text("texts.csv").split(separator: "\n").filter { $0.contains(",without_sinks,") }
    #expect(texts.count == 2 * 2)
    let sinks = try JSONValue(contentsOf: folder.url.appending(path: "manifest.json"))["sinks"]
    #expect(
      ["texts", "texts_of_sinks_only", "tokens", "first_tokens", "first_layer", "cut_texts"].map { sinks?[$0]?.integer }
        == [2, 1, 3, 2, 0, 1])
    #expect(sinks?["largest"]?["dimension"] == .integer(7))
    #expect(sinks?["largest"]?["value"]?.double == 4e5)
  }

  @Test func `a domain called as the file of massive activations has another`() throws {
    #expect(DomainFileNames.names(of: ["massive"]) == ["%6Dassive.csv"])
  }

  /// A run of the version before sinks, in a folder of its own.
  private func older() throws -> TemporaryFolder {
    let fixture = MassiveFixture.directory.deletingLastPathComponent().appending(path: "store/version-1")
    let folder = try TemporaryFolder()
    for name in ["profile.sqlite", "texts.csv"] {
      try FileManager.default.copyItem(at: fixture.appending(path: name), to: folder.url.appending(path: name))
    }
    return folder
  }

  @Test func `a run of the version before sinks is read, and its files are those of that version`() throws {
    let folder = try older()
    let written = try folder.text("texts.csv")
    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    let contents = try RunExport(store).write(to: folder.url)
    // The columns of metrics that it did not have are empty, and come last, as it has no others.
    let lines = written.split(separator: "\n")
    let more = Metric.standard.dropFirst(11)
    let header = lines[0] + more.map { ",\($0)" }.joined()
    let commas = String(repeating: ",", count: more.count)
    #expect(
      try folder.text("texts.csv") == ([header] + lines.dropFirst().map { $0 + commas }).map { $0 + "\n" }.joined())
    #expect(try folder.text("massive.csv") == "domain,text,layer,position,token,dimension,value\n")
    #expect(try !folder.text("summary.csv").contains("without_sinks"))
    #expect(!contents.manifest.contains("sinks"))
    let table = ProfileTable(contents.profile).text
    #expect(table.contains("no first"))
    #expect(table.contains("abs_mean, without the first token: mean over texts"))
    #expect(!table.contains("sinks"))
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.scopes == [.all, .withoutFirstToken])
    #expect(record.mainScope(.absMean) == .withoutFirstToken)
  }

  @Test func `a run of the version before sinks is not resumed`() throws {
    let folder = try older()
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(Self.run.settings, Self.run.tokenized, startingAnew: false)
    }
    #expect(
      error?.description == "\(folder.url.appending(path: "profile.sqlite").relativePath): expected schema version 3, "
        + "found 1: a run of an older version of fp-cli can be read, but not resumed; choose another --output, or "
        + "--force to start anew")
    _ = try RunFolder(folder.url).store(Self.run.settings, Self.run.tokenized, startingAnew: true)
  }
}
