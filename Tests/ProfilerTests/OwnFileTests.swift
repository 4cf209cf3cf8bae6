import Foundation
import ProfileReport
import ProfileStore
import Profiler
import Statistics
import TestSupport
import Testing

/// Only a run's own files are replaced.
@Suite struct OwnFileTests {
  private static var run: MadeUpRun {
    MadeUpRun(domains: [("law", [3, 1, 4, 2]), ("cpp", [2, 5, 3, 3])]) { _, domain, text, _, layer in
      Double(1 + domain) + 0.25 * Double(text * text) + Double(layer)
    }
  }

  private static func writeAll(_ folder: URL) throws {
    try RunExport.check(folder, domains: run.domains.map(\.name), withReport: true)
    try RunExport(ProfileStore(reading: folder.appending(path: RunFolder.fileName))).write(to: folder)
    let record = try LoadedRun(contentsOf: folder)
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples) = (20, 20)
    let comparisons = try record.comparisons(settings) { _ in }
    let runs = try ComparedRuns(record)
    let usual = ComparisonSettings()
    try ComparisonFile(runs, columns: runs.columns, settings: usual).write(comparisons, to: folder)
    try RunReport(record, comparisons: comparisons).write(to: folder)
  }

  private static func files(_ folder: URL) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.contains(".") && !$0.hasPrefix(RunFolder.fileName) }.sorted()
  }

  @Test func `a run replaces every file of its own, and one of a stranger's is refused before anything is written`()
    throws
  {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    try Self.writeAll(folder.url)
    let files = try Self.files(folder.url)
    #expect(files.count > 60)
    #expect(files.contains("law.csv"))
    #expect(files.contains("figures/lengths.svg"))
    // Empty ones, then its own.
    for name in files { try Data().write(to: folder.url.appending(path: name)) }
    try Self.writeAll(folder.url)
    try Self.writeAll(folder.url)
    let before = try files.map { try Data(contentsOf: folder.url.appending(path: $0)) }
    for (name, own) in zip(files, before) {
      let file = folder.url.appending(path: name)
      // With something before it, it is another's, as a file with a byte order mark.
      let stranger = Data("\u{FEFF}".utf8) + own
      try stranger.write(to: file)
      let error = #expect(throws: ReportError.self, "\(name)") {
        try RunExport.check(folder.url, domains: Self.run.domains.map(\.name), withReport: true)
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(file.relativePath): is not a file of a run and is not replaced"), "\(text)")
      #expect(text.hasSuffix("; move it away or choose another folder"))
      #expect(!text.contains("\n"))
      #expect(try Data(contentsOf: file) == stranger)
      try own.write(to: file)
    }
    #expect(try files.map { try Data(contentsOf: folder.url.appending(path: $0)) } == before)
  }

  @Test(arguments: [
    ("texts.csv", "text,label\n"), ("summary.csv", "domain,mean\n"), ("law.csv", "layer,texts\n"),
    ("comparison.csv", "a"), ("manifest.json", #"{"model": {"directory": "m"}}"#),
    ("report.html", "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Mine</title>"),
    ("figures/lengths.svg", #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>"#),
    ("figures/abs_mean.heat.all.svg", "<?xml version=\"1.0\"?>"), ("massive.csv", "0"), ("shape.csv", "metric,form\n"),
    ("identification.csv", "input,output\n"),
  ])
  func `a stranger's file is told by its beginning, in writing too`(name: String, content: String) throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    let file = folder.url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content.utf8).write(to: file)
    #expect(throws: ReportError.self) {
      try RunExport.check(folder.url, domains: Self.run.domains.map(\.name), withReport: true)
    }
    #expect(OwnFile.allCases.allSatisfy { !$0.isOwn(file) })
    for kind in OwnFile.allCases { #expect(throws: ReportError.self) { try kind.check(file) } }
    #expect(try folder.text(name) == content)
  }

  @Test func `files of versions before there were marks are a run's`() throws {
    let folder = try TemporaryFolder()
    let page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'">
      <title>Profile of m</title>
      """
    let picture =
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -40 420 300" width="420" height="300">"#
      + "<title>mean, all tokens</title><style>text{font:11px system-ui,-apple-system,sans-serif}"
    for (kind, text) in [(OwnFile.report, page), (.figure, picture)] {
      let file = folder.url.appending(path: "file")
      try Data(text.utf8).write(to: file)
      try kind.check(file)
      #expect(kind.isOwn(file))
    }
  }

  @Test func `without a report a stranger's report stays, and a run's own goes`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    try Self.writeAll(folder.url)
    let names = ["report.html", "comparison.csv", "shape.csv", "identification.csv"]
    for name in names { try Data("mine".utf8).write(to: folder.url.appending(path: name)) }
    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    try RunExport.check(folder.url, domains: ["law", "cpp"], withReport: false)
    try RunExport(store).write(to: folder.url)
    for name in names { #expect(try folder.text(name) == "mine") }
    for name in names { try FileManager.default.removeItem(at: folder.url.appending(path: name)) }
    try Self.writeAll(folder.url)
    try RunExport(store).write(to: folder.url)
    #expect(try names.allSatisfy { try !folder.names.contains($0) })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "figures").path).isEmpty)
  }
}
