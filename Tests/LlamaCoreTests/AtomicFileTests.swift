import Foundation
import Foundations
import TestSupport
import Testing

/// What becomes of the file that another takes the place of.
@Suite struct AtomicFileTests {
  private func write(_ text: String, to url: URL) throws {
    var file = try AtomicFile(at: url)
    try file.write(text)
    try file.commit()
  }

  private func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

  private func status(_ url: URL) -> stat {
    var status = stat()
    lstat(url.path, &status)
    return status
  }

  @Test(arguments: [0o600, 0o640, 0o644, 0o664, 0o400, 0o755] as [mode_t])
  func `a file keeps its permissions, while it is written too`(mode: mode_t) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x")
    try Data("old".utf8).write(to: url)
    chmod(url.path, mode)
    var file = try AtomicFile(at: url)
    try file.write("new")
    try file.seal()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names.count == 2)
    for name in names { #expect(status(folder.url.appending(path: name)).st_mode & 0o7777 == mode) }
    try file.commit()
    #expect(status(url).st_mode & 0o7777 == mode)
    #expect(try text(url) == "new")
  }

  @Test(.enabled(if: getuid() == 0, "only root may give a file away"))
  func `a file keeps its owner`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x")
    try Data("old".utf8).write(to: url)
    #expect(chown(url.path, 1234, 4321) == 0)
    try write("new", to: url)
    #expect(status(url).st_uid == 1234)
    #expect(status(url).st_gid == 4321)
  }

  @Test func `a link to what is missing makes it, and stays`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "link")
    let files = FileManager.default
    try files.createDirectory(at: folder.url.appending(path: "a/b"), withIntermediateDirectories: true)
    // Relative to its own folder, through another link.
    try files.createSymbolicLink(atPath: url.path, withDestinationPath: "a/second")
    try files.createSymbolicLink(atPath: folder.url.appending(path: "a/second").path, withDestinationPath: "../a/b/x")
    for content in ["one", "two"] {
      try write(content, to: url)
      #expect(try text(folder.url.appending(path: "a/b/x")) == content)
      #expect(try files.destinationOfSymbolicLink(atPath: url.path) == "a/second")
      #expect(try files.contentsOfDirectory(atPath: folder.url.appending(path: "a").path).sorted() == ["b", "second"])
    }
    try files.createSymbolicLink(atPath: folder.url.appending(path: "round").path, withDestinationPath: "round")
    #expect(throws: FileError.self) { try write("", to: folder.url.appending(path: "round")) }
  }

  @Test(arguments: [1, 242, 250, 255])
  func `a name may be as long as names can be`(count: Int) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: String(repeating: "n", count: count))
    for content in ["one", "two"] {
      try write(content, to: url)
      #expect(try text(url) == content)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
  }

  @Test func `a name that is too long is refused before anything is written`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: String(repeating: "n", count: 256))
    #expect(throws: FileError(path: url.relativePath, reason: .system(ENAMETOOLONG))) { _ = try AtomicFile(at: url) }
  }
}
