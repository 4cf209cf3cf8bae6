import Foundation
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct RunFilesTests {
  private static let directory = Repository.fixtures.appending(path: "tiny-llama")

  private static func texts(of model: LlamaModel) throws -> SelectedCorpus {
    try CorpusSelection(domains: ["cpp", "numbers"]).read(directory.appending(path: "corpus.json"), for: model)
  }

  private static func files(of run: URL, in folder: URL? = nil) -> RunFiles {
    var files = RunFiles(of: run, in: folder)
    files.settings.permutations = 100
    files.settings.resamples = 100
    return files
  }

  @Test func `a finished run gets every file that derives from it, here and elsewhere`() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let model = try LlamaModel(directory: Self.directory)
    var files = Self.files(of: folder.url)
    var compared: [Double] = []
    files.progress = { compared.append($0) }
    do {
      let runner = try ProfileRunner(model, Self.texts(of: model), in: folder.url)
      try files.check(runner.profiler)
      try runner.run()
      let written = try files.finish(runner)
      #expect(written.contents.profile.texts == 6)
      let report = try #require(written.report)
      #expect(try Data(contentsOf: report.page).count == report.bytes)
      #expect(try folder.text("manifest.json") == written.contents.manifest)
    }
    #expect(compared.last == 1)
    // Settings of one's own give the comparison a file of its own.
    let names = [
      "comparisons", "cpp.csv", "figures", "groups.csv", "manifest.json", "massive.csv", "numbers.csv",
      "profile.sqlite",
      "report.html", "summary.csv", "texts.csv",
    ]
    #expect(try folder.names == names)

    let store = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))
    var elsewhere = Self.files(of: folder.url, in: other.url.appending(path: "files"))
    elsewhere.hasReport = false
    #expect(try elsewhere.write(store).report == nil)
    let tables = names.filter { $0.hasSuffix(".csv") || $0 == "manifest.json" }
    #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.directory.path).sorted() == tables)
    for name in tables { #expect(try other.text("files/\(name)") == folder.text(name), "\(name)") }
    #expect(try elsewhere.contents(writtenBy: store) != nil)
    try FileManager.default.removeItem(at: elsewhere.directory.appending(path: "cpp.csv"))
    #expect(try elsewhere.contents(writtenBy: store) == nil)
  }

  @Test func `a folder of others, or too little memory, is refused before anything is computed`() throws {
    let folder = try TemporaryFolder()
    let model = try LlamaModel(directory: Self.directory)
    let texts = try Self.texts(of: model)
    let profiler = CorpusProfiler(corpus: texts.tokenized, model: model)
    var files = RunFiles(of: folder.url)
    files.memoryLimit = 1_000_000
    let memory = #expect(throws: ReportError.self) { try files.check(profiler) }
    guard case .memoryLimit(texts: 6, needed: _, limit: 1_000_000) = memory else {
      Issue.record("\(String(describing: memory))")
      return
    }
    files.hasReport = false
    try files.check(profiler)

    let settings = try RunSettings(profiler, of: texts, model, options: RunOptions())
    try files.check(settings)
    try SmallRun().write(to: folder.url)
    // The database itself is judged when it is opened.
    try files.check(settings)
    try FileManager.default.removeItem(at: folder.url.appending(path: RunFolder.fileName))
    let manifest = folder.url.appending(path: "manifest.json")
    #expect(throws: ReportError.otherRun(file: manifest.relativePath)) { try files.check(settings) }

    try "text,label\n".write(to: folder.url.appending(path: "texts.csv"), atomically: true, encoding: .utf8)
    #expect(throws: ReportError.self) { try files.check(profiler) }
  }
}
