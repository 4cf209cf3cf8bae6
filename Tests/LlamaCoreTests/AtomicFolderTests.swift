import Foundation
import Foundations
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
  private func fill(_ url: URL) throws {
    let folder = try AtomicFolder(at: url)
    try Data("x".utf8).write(to: folder.url.appending(path: "file"))
    try folder.commit()
  }

  @Test(arguments: ["new", "a/b/new", "empty", "empty/", "link"])
  func `a folder that is missing or empty appears with its files, and no hidden one stays`(name: String) throws {
    let folder = try TemporaryFolder()
    for name in ["empty", "target"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o750])
    }
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "target")
    let names = try folder.names
    let url = URL(filePath: folder.path + "/" + name)
    try fill(url)
    #expect(try String(contentsOf: url.appending(path: "file"), encoding: .utf8) == "x")
    #expect(Set(try folder.names) == Set(names + [name.split(separator: "/").first.map(String.init) ?? ""]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "target")
    let permissions = try FileManager.default.attributesOfItem(atPath: folder.path("empty"))[.posixPermissions]
    #expect(permissions as? Int == 0o750)
  }

  @Test func `nothing is there before the folder is complete, and nothing of one that was given up`() throws {
    let outer = try TemporaryFolder()
    func begin() throws {
      let folder = try AtomicFolder(at: outer.url.appending(path: "a/new"))
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: "inner"), withIntermediateDirectories: false)
      try Data("x".utf8).write(to: folder.url.appending(path: "inner/file"))
      #expect(try outer.names.count == 1)
      #expect(try outer.names.allSatisfy { $0.hasPrefix(".fp-cli.") })
      throw CancellationError()
    }
    #expect(throws: CancellationError.self) { try begin() }
    #expect(try outer.names.isEmpty)
  }

  @Test func `a folder that is filled meanwhile keeps what it has`() throws {
    let outer = try TemporaryFolder()
    let url = outer.url.appending(path: "new")
    func write() throws {
      let folder = try AtomicFolder(at: url)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
      try Data("other".utf8).write(to: url.appending(path: "other"))
      try folder.commit()
    }
    #expect(throws: FileError.self) { try write() }
    #expect(try outer.names == ["new"])
    #expect(try outer.names(in: "new") == ["other"])
  }

  @Test(arguments: [
    ("full", #"expected an empty or missing folder, found "file" in it; name another"#),
    ("full/file", "expected an empty or missing folder, found a file"),
    ("dangling", "expected an empty or missing folder, found a link to nothing"),
    ("full/file/new", "Not a directory"),
  ])
  func `anything else is refused and stays`(name: String, message: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: folder.url.appending(path: "full"), withIntermediateDirectories: false)
    try folder.write("x", to: "full/file")
    try FileManager.default.createSymbolicLink(atPath: folder.path("dangling"), withDestinationPath: "nowhere")
    let error = #expect(throws: FileError.self) { try fill(folder.url.appending(path: name)) }
    #expect(error?.description == "\(folder.path(name)): \(message)")
    #expect(try folder.names == ["dangling", "full"])
    #expect(try folder.text("full/file") == "x")
  }

  @Test func `an error about a hidden file names the file that it would have become`() throws {
    let outer = try TemporaryFolder()
    let folder = try AtomicFolder(at: outer.url.appending(path: "new"))
    let hidden = FileError(path: folder.url.appending(path: "x").path, reason: .system(ENOSPC))
    #expect(folder.renamed(hidden) == FileError(path: outer.path("new") + "/x", reason: .system(ENOSPC)))
    let other = FileError(path: "elsewhere", reason: .system(EIO))
    #expect(folder.renamed(other) == other)
  }
}
