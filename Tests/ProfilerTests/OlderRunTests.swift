import Foundation
import GRDB
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// A run of the version that had eleven standard metrics, with likelihoods and spectra.
@Suite struct OlderRunTests {
  private func older(_ version: Int = 2) throws -> TemporaryFolder {
    let fixture = MassiveFixture.directory.deletingLastPathComponent().appending(path: "store/version-\(version)")
    let folder = try TemporaryFolder()
    for name in ["profile.sqlite", "texts.csv"] {
      try FileManager.default.copyItem(at: fixture.appending(path: name), to: folder.url.appending(path: name))
    }
    return folder
  }

  /// Rows of a CSV file by column name. The fixture's domains need no quotes.
  private func table(_ text: String) -> [[Substring: Substring]] {
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test func `metrics that it did not have are empty columns, and its values are those that it wrote`() throws {
    let folder = try older()
    let written = table(try folder.text("texts.csv"))
    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    #expect(store.settings.metrics.count == 15)
    let contents = try RunExport(store).write(to: folder.url)
    let found = table(try folder.text("texts.csv"))
    let more = Set(Metric.standard.dropFirst(11).map { Substring($0.rawValue) })
    #expect(more.count == 6)
    #expect(found.count == written.count)
    for (row, expected) in zip(found, written) {
      #expect(row.filter { !more.contains($0.key) } == expected)
      #expect(more.allSatisfy { row[$0] == "" })
    }
    let domain = table(try folder.text("late.csv"))
    #expect(domain.allSatisfy { $0["texts"] == "2" && $0["cosine"] == "" && $0["cosine_variance"] == "" })
    #expect(domain.allSatisfy { $0["abs_mean"] != "" && $0["effective_rank"] != "" })
    #expect(try !folder.text("summary.csv").contains("residual_norm"))
    #expect(contents.profile.domains.allSatisfy { $0[.all, 0, .absMean].count == 2 })
  }

  @Test func `it is compared and drawn in the metrics that it has`() throws {
    let folder = try older()
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(record.metrics == Array(Metric.standard.prefix(11)) + Metric.Group.spectrum.metrics)
    #expect(try record.samples(.absMean, .all).map(\.values.count) == [2, 2, 2, 2])
    #expect(try record.samples(.residualNorm, .all).allSatisfy(\.values.isEmpty))
    try RunExport(ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))).write(to: folder.url)
    _ = try RunReport(record, comparisons: []).write(to: folder.url)
    #expect(try folder.text("report.html").contains("metric-residual_max_abs"))
    #expect(try !folder.text("report.html").contains("residual_norm"))
  }

  @Test func `a metric that it does not have is missed by name, with how to get it`() throws {
    let folder = try older()
    let runs = try ComparedRuns(LoadedRun(contentsOf: folder.url))
    let error = #expect(throws: RunComparisonError.self) { try runs.columns(metrics: [.cosine], scopes: []) }
    #expect(
      error?.description
        == "\(folder.url.relativePath): expected the metric cosine, found a run of an earlier version, "
        + "which has none; profile its texts again with another --output")
    #expect(try runs.columns(metrics: [.absMean, .nll], scopes: []).count == 2)
  }

  @Test func `it is not resumed`() throws {
    let folder = try older()
    let run = MadeUpRun(domains: []) { _, _, _, _, _ in 0 }
    let error = #expect(throws: StoreError.self) {
      try RunFolder(folder.url).store(run.settings, run.tokenized, startingAnew: false)
    }
    #expect(error?.description.contains("expected schema version 3, found 2") == true)
  }

  @Test(arguments: [1, 2], [RunFolder.fileName, "profile.next.sqlite"])
  func `one that is not finished is refused in the same words by every command`(version: Int, name: String) throws {
    let folder = try older(version)
    let file = folder.url.appending(path: name)
    if name != RunFolder.fileName {
      try FileManager.default.moveItem(at: folder.url.appending(path: RunFolder.fileName), to: file)
    }
    let queue = try DatabaseQueue(path: file.path)
    let texts = try queue.write { db in
      try db.execute(sql: "UPDATE text SET state = 'pending' WHERE id = 0; UPDATE session SET version = '0.2.1'")
      return try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM text") ?? 0
    }
    try queue.close()
    let expected = StoreError.olderUnfinished(
      file: file.relativePath, version: "0.2.1", texts: texts, finished: texts - 1)
    let run = MadeUpRun(domains: []) { _, _, _, _, _ in 0 }
    #expect(throws: expected) { try RunFolder(folder.url).store(run.settings, run.tokenized, startingAnew: false) }
    #expect(throws: expected) { try RunExport(ProfileStore(reading: file)) }
    #expect(throws: expected) { try LoadedRun(ProfileStore(reading: file), directory: folder.url) }
    #expect(
      expected.description
        == "\(file.relativePath): the run is not finished, \(texts - 1) of \(texts) texts are, and this "
        + "version of fp-cli cannot resume it; finish it with fp-cli 0.2.1, which began it, or profile anew into another "
        + "--output or with --force")
  }

  @Test func `a run of numbers of another version is another run, whose files are not replaced`() throws {
    let folders = try [older(), older()]
    let stores = try folders.map { folder in
      let url = folder.url.appending(path: RunFolder.fileName)
      if folder === folders[1] {
        let queue = try DatabaseQueue(path: url.path)
        try queue.write { try $0.execute(sql: "UPDATE setting SET value = '1' WHERE name = 'numbers_version'") }
        try queue.close()
      }
      return try ProfileStore(reading: url)
    }
    #expect(stores.map(\.settings.numbersVersion) == [2, 1])
    #expect(stores[0].settings.fingerprint != stores[1].settings.fingerprint)
    #expect(throws: ReportError.self) { try RunOwner.check(folders[0].url, stores[1].settings) }
    try RunOwner.check(folders[1].url, stores[1].settings)
    // The manifest alone tells them apart too; one of a version that did not write the number is of either.
    let files = try TemporaryFolder()
    try RunExport(stores[1]).write(to: files.url)
    try RunOwner.check(files.url, stores[1].settings)
    let manifest = files.url.appending(path: "manifest.json")
    #expect(throws: ReportError.otherRun(file: manifest.relativePath)) {
      try RunOwner.check(files.url, stores[0].settings)
    }
    let older = try files.text("manifest.json").replacing(/,\n    "numbers": 1/, with: "")
    try older.write(to: manifest, atomically: true, encoding: .utf8)
    for store in stores { try RunOwner.check(files.url, store.settings) }
    let records = try folders.map { try LoadedRun(contentsOf: $0.url) }
    #expect(try ComparedRuns(records[0], records[1]).notes.contains { $0.contains("version of the numbers (2, 1)") })
  }
}
