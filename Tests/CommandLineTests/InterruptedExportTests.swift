import Foundation
import TestSupport
import Testing

/// Files of a run whose command is stopped, or has no room, while it writes them again.
@Suite struct InterruptedExportTests {
  /// Visible files of a run without its database.
  private static func files(_ folder: TemporaryFolder) -> [String: Data] {
    let url = folder.url.appending(path: "run")
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
    var files: [String: Data] = [:]
    for name in names where name.contains(".") && !name.hasPrefix("profile.") && !isHidden(name) {
      files[name] = try? Data(contentsOf: url.appending(path: name))
    }
    return files
  }

  private static func isHidden(_ name: String) -> Bool { name.split(separator: "/").last?.hasPrefix(".") == true }

  private static func profile(_ folder: TemporaryFolder) throws {
    let corpus = try folder.write(
      #"{"a": [[1, 2, 3], [4, 5, 6]], "b": [[7, 8, 9], [1, 5, 9]]}"#, to: "corpus.json")
    let result = try Tool.run(
      "profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--quiet")
    #expect(result.status == 0, "\(result.messages)")
  }

  /// Size limits at which the first file, some, and only the page fail.
  @Test(arguments: [["export"], ["report"]], [0.0, 0.01, 0.5, 0.99])
  func `files that find no room leave the earlier ones as they were`(command: [String], fraction: Double) throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder)
    let before = Self.files(folder)
    let page = try #require(before["report.html"]).count
    // A shell counts in blocks of 512 or 1,024 bytes; the message needs one too.
    let result = try Tool.run(
      command + [folder.path("run")], shell: "ulimit -f \(max(1, Int(fraction * Double(page)) / 1024)); exec \"$@\"")
    #expect(result.status == 1)
    #expect(result.lines.last?.hasPrefix("Error: ") == true, "\(result.messages)")
    #expect(Self.files(folder) == before)
  }

  @Test func `a killed export leaves whole files, and the next one writes all`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder)
    let before = Self.files(folder)
    let run = folder.url.appending(path: "run")
    let killed = try Tool.run(["export", run.path]) { process in
      // Until it writes, and a little longer.
      let deadline = Date(timeIntervalSinceNow: 30)
      while process.isRunning, Date() < deadline {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: run.path)) ?? []
        if names.contains(where: Self.isHidden) { break }
      }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(killed.wasSignaled)
    let left = Self.files(folder)
    #expect(left.values.allSatisfy { !$0.isEmpty })
    #expect(left["manifest.json"] == nil || left == before)
    #expect(try Tool.run("export", run.path, "--quiet").status == 0)
    #expect(Self.files(folder).filter { $0.key != "report.html" } == before.filter { $0.key != "report.html" })
  }

  @Test func `a run with more files than a process may hold open is exported`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder)
    #expect(Self.files(folder).count > 60)
    let result = try Tool.run(["export", folder.path("run"), "--quiet"], shell: "ulimit -n 40; exec \"$@\"")
    #expect(result.status == 0, "\(result.messages)")
  }

  @Test(.enabled(if: getuid() != 0, "root may write to any file"))
  func `files that may only be read are replaced, and stay so`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder)
    for name in ["report.html", "comparison.csv", "manifest.json"] { chmod(folder.path("run/\(name)"), 0o400) }
    let result = try Tool.run("export", folder.path("run"), "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    for name in ["report.html", "comparison.csv", "manifest.json"] {
      var status = stat()
      #expect(stat(folder.path("run/\(name)"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o400)
      #expect(status.st_size > 0)
    }
  }
}
