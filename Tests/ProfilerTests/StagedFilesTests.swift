import Foundation
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// When files of a run are replaced, and what of them is there if they cannot be.
@Suite struct StagedFilesTests {
  private static func run(_ factor: Double = 1, second: String = "cpp") -> MadeUpRun {
    MadeUpRun(domains: [("law", [3, 1, 4, 2]), (second, [2, 5, 3, 3])]) { _, domain, text, _, layer in
      factor * (Double(1 + domain) + 0.25 * Double(text * text) + Double(layer))
    }
  }

  /// Stores a run that is another by its settings, in the place of any run there.
  private static func replacement() -> MadeUpRun {
    var run = run(2, second: "prose")
    run.maximumTokens = 64
    return run
  }

  /// Visible files of a folder and its folders, without the database.
  private static func files(_ folder: TemporaryFolder) throws -> [String: Data] {
    let names = FileManager.default.enumerator(atPath: folder.url.path)?.compactMap { $0 as? String } ?? []
    var files: [String: Data] = [:]
    for name in names where name.contains(".") && !hasHidden([name]) && !name.hasPrefix(RunFolder.fileName) {
      files[name] = try? Data(contentsOf: folder.url.appending(path: name))
    }
    return files
  }

  private static func hasHidden(_ names: some Collection<String>) -> Bool {
    names.contains { $0.split(separator: "/").last?.hasPrefix(".") == true }
  }

  private static func hasHidden(_ folder: TemporaryFolder) -> Bool {
    hasHidden(FileManager.default.enumerator(atPath: folder.url.path)?.compactMap { $0 as? String } ?? [])
  }

  /// The run of a folder.
  private static func store(_ folder: TemporaryFolder) throws -> ProfileStore {
    try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
  }

  /// Files without the date of the page.
  private static func undated(_ files: [String: Data]) -> [String: Data] {
    files.mapValues { data in
      Data(String(decoding: data, as: UTF8.self).replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "").utf8)
    }
  }

  @Test(arguments: [false, true])
  func `no file changes before all new ones are complete`(isOtherRun: Bool) throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url)
    var files = RunFiles(of: folder.url)
    try files.write(Self.store(folder))
    let before = try Self.files(folder)
    #expect(before.count > 60)
    #expect(before["comparison.csv"] != nil)
    if isOtherRun { try Self.replacement().write(to: folder.url) }
    var calls = 0
    files.progress = { _ in
      calls += 1
      #expect((try? Self.files(folder)) == before)
    }
    try files.write(Self.store(folder))
    #expect(calls > 0)
    #expect(!Self.hasHidden(folder))
    let after = try Self.files(folder)
    if isOtherRun {
      #expect(after["prose.csv"] != nil)
      #expect(after["cpp.csv"] == nil)
      // Neither run has massive activations, or texts enough to tell domains by.
      let headers = ["massive.csv", "shape.csv", "identification.csv"]
      for (name, data) in after where !name.hasSuffix(".svg") && !headers.contains(name) {
        #expect(data != before[name], "\(name)")
      }
    } else {
      #expect(Self.undated(after) == Self.undated(before))
    }
  }

  @Test(arguments: ["comparison.csv", "report.html", "figures/lengths.svg", "figures"])
  func `a file that cannot be made leaves all others as they were, byte for byte`(name: String) throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url)
    var files = RunFiles(of: folder.url)
    try files.write(Self.store(folder))
    let place = folder.url.appending(path: name)
    var before: [String: Data]?
    files.progress = { _ in
      guard before == nil else { return }
      // What the checks before computing could not see.
      try? FileManager.default.removeItem(at: place)
      if name == "figures" {
        try? Data().write(to: place)
      } else {
        try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      }
      before = try? Self.files(folder)
    }
    #expect(throws: ReportError.self) { try files.write(Self.store(folder)) }
    #expect(try Self.files(folder) == before)
    #expect(before?["manifest.json"] != nil)
    #expect(!Self.hasHidden(folder))
  }

  @Test(arguments: ["texts.csv", "law.csv", "summary.csv", "massive.csv", "groups.csv", "manifest.json"])
  func `a file that cannot take its place leaves whole ones without a manifest, which are written again`(
    name: String
  ) throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url)
    var files = RunFiles(of: folder.url)
    try files.write(Self.store(folder))
    let complete = try Self.files(folder)
    let place = folder.url.appending(path: name)
    files.progress = { _ in
      try? FileManager.default.removeItem(at: place)
      try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }
    let error = #expect(throws: ReportError.self) { try files.write(Self.store(folder)) }
    #expect(error?.description.hasPrefix("\(place.relativePath): cannot write: ") == true)
    let left = try Self.files(folder)
    #expect(left["manifest.json"] == nil)
    #expect(left.values.allSatisfy { !$0.isEmpty })
    #expect(!Self.hasHidden(folder))
    #expect(try files.contents(writtenBy: Self.store(folder)) == nil)

    try FileManager.default.removeItem(at: place)
    #expect(try files.contents(writtenBy: Self.store(folder)) == nil)
    files.progress = { _ in }
    try files.write(Self.store(folder))
    #expect(try Self.undated(Self.files(folder)) == Self.undated(complete))
    #expect(try files.contents(writtenBy: Self.store(folder)) != nil)
  }

  @Test func `a report beside the files of a run that was replaced brings all files of the new one`() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    try Self.run().write(to: folder.url)
    try RunFiles(of: folder.url).write(Self.store(folder))
    for place in [folder, other] { try Self.replacement().write(to: place.url) }
    try RunFiles(of: folder.url).writeReport()
    try RunFiles(of: other.url).write(Self.store(other))
    #expect(try Self.undated(Self.files(folder)) == Self.undated(Self.files(other)))
  }

  @Test func `a report leaves the other files of its run alone`() throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url)
    let files = RunFiles(of: folder.url)
    try files.write(Self.store(folder))
    let before = try Self.files(folder)
    try FileManager.default.removeItem(at: folder.url.appending(path: "report.html"))
    try FileManager.default.removeItem(at: folder.url.appending(path: "law.csv"))
    try files.writeReport()
    #expect(try Self.undated(Self.files(folder)) == Self.undated(before.filter { $0.key != "law.csv" }))
  }
}
