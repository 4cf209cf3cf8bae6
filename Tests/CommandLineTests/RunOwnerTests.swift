import Foundation
import Profiler
import TestSupport
import Testing

/// Whose files a folder holds, and what becomes of them.
@Suite struct RunOwnerTests {
  private static let tiny = Tool.tinyModel.path
  private static let corpus = #"{"a": [[1, 2, 3], [4, 5, 6]], "b": [[7, 8, 9], [1, 5, 9]]}"#
  private static let other = #"{"a": [[3, 2, 1], [4, 5, 7]], "c": [[7, 8, 8], [1, 5, 9]]}"#

  /// Profiles texts into a folder.
  @discardableResult
  private static func profile(_ folder: TemporaryFolder, _ corpus: String, _ name: String, _ more: String...) throws
    -> Tool.Result
  {
    let file = try folder.write(corpus, to: "\(name).json")
    return try Tool.run(
      ["profile", "--model", tiny, "--corpus", file, "--output", folder.path(name), "--quiet"] + more)
  }

  /// Every file of a folder but the database.
  private static func files(_ folder: TemporaryFolder, _ name: String) throws -> [String: Data] {
    let url = folder.url.appending(path: name)
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
    var files: [String: Data] = [:]
    for name in names where name.contains(".") && !name.hasPrefix("profile.") {
      files[name] = try Data(contentsOf: url.appending(path: name))
    }
    return files
  }

  @Test(arguments: [["export"], ["report"], ["export", "--no-report"]])
  func `a folder with another run, or with files of one, is refused`(command: [String]) throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    #expect(try Self.profile(folder, Self.other, "another").status == 0)
    #expect(try Tool.run("export", folder.path("another"), "--output", folder.path("files"), "--quiet").status == 0)
    for (place, file) in [("another", "profile.sqlite"), ("files", "manifest.json")] {
      let before = try Self.files(folder, place)
      let refused = try Tool.run(
        [command[0], folder.path("run"), "--output", folder.path(place)] + command.dropFirst())
      #expect(refused.status == 1, "\(refused.messages)")
      #expect(refused.lines.count == 1, "\(refused.messages)")
      #expect(
        refused.messages.contains(
          "\(folder.path(place))/\(file): is of another run, whose files are not replaced; choose another folder"))
      #expect(try Self.files(folder, place) == before)
    }
    // The run's own files, wherever they are, and those of a page alone.
    #expect(try Tool.run(command + [folder.path("run"), "--output", folder.path("own"), "--quiet"]).status == 0)
    #expect(try Tool.run(command + [folder.path("run"), "--output", folder.path("own"), "--quiet"]).status == 0)
    if command == ["report"] {
      let page = try Tool.run("report", folder.path("another"), "--output", folder.path("own"))
      #expect(page.status == 1)
      #expect(page.messages.contains("report.html: is of another run"))
    }
  }

  @Test func `a profile is not written over the files of another run`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    #expect(try Tool.run("export", folder.path("run"), "--output", folder.path("files"), "--quiet").status == 0)
    let before = try Self.files(folder, "files")
    let refused = try Self.profile(folder, Self.other, "files")
    #expect(refused.status == 1, "\(refused.messages)")
    #expect(refused.messages.contains("manifest.json: is of another run"), "\(refused.messages)")
    #expect(try Self.files(folder, "files") == before)
    #expect(try !folder.names(in: "files").contains("profile.sqlite"))
    // Of the same texts they are its own.
    #expect(try Self.profile(folder, Self.corpus, "files").status == 0)
  }

  @Test func `compare with a folder of its own writes into its comparisons only`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    let result = try Tool.run(
      "compare", folder.path("run"), "--output", folder.path("out"), "--scope", "all", "--scope", "without_first_token",
      "--scope", "without_sinks", "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    #expect(try folder.names(in: "out") == ["comparisons"])
  }

  @Test func `files that are written anew keep their permissions, and links stay links`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    let names = [
      "texts.csv", "a.csv", "summary.csv", "massive.csv", "groups.csv", "manifest.json", "comparison.csv",
      "report.html",
    ]
    for name in names + ["profile.sqlite"] { #expect(chmod(folder.path("run/\(name)"), 0o600) == 0) }
    try FileManager.default.createDirectory(atPath: folder.path("kept"), withIntermediateDirectories: true)
    for name in ["manifest.json", "report.html", "comparison.csv", "texts.csv"] {
      #expect(rename(folder.path("run/\(name)"), folder.path("kept/\(name)")) == 0)
      #expect(symlink("../kept/\(name)", folder.path("run/\(name)")) == 0)
    }
    let export = try Tool.run("export", folder.path("run"), "--quiet")
    #expect(export.status == 0, "\(export.messages)")
    #expect(try Self.profile(folder, Self.corpus, "run", "--force").status == 0)
    for name in names + ["profile.sqlite"] {
      var status = stat()
      #expect(stat(folder.path("run/\(name)"), &status) == 0, "\(name)")
      #expect(status.st_mode & 0o777 == 0o600, "\(name)")
      #expect(status.st_size > 0, "\(name)")
    }
    for name in ["manifest.json", "report.html", "comparison.csv", "texts.csv"] {
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("run/\(name)"))
      #expect(target == "../kept/\(name)")
    }
  }

  @Test func `a limit that the report needs more than is told before a file is touched`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    let before = try Self.files(folder, "run")
    let refused = try Tool.run("export", folder.path("run"), "--memory-limit", "20MB")
    #expect(refused.status == 1)
    #expect(refused.messages.contains("expected a memory limit of at least"))
    #expect(try Self.files(folder, "run") == before)
  }

  @Test(arguments: [
    "texts.csv", "summary.csv", "massive.csv", "groups.csv", "a.csv", "comparison.csv", "shape.csv",
    "identification.csv", "report.html", "manifest.json",
  ])
  func `a finished run gets a file back that is missing or empty`(name: String) throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    let own = try folder.text("run/\(name)")
    for isThere in [false, true] {
      #expect(unlink(folder.path("run/\(name)")) == 0)
      if isThere { try folder.write("", to: "run/\(name)") }
      #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
      let found = try folder.text("run/\(name)")
      #expect(name == "report.html" ? found.count == own.count : found == own)
    }
  }

  @Test func `what was made of a run that was replaced does not stand beside the new one`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    #expect(try Tool.run("compare", folder.path("run"), "--metric", "abs_mean", "--quiet").status == 0)
    try folder.write("mine", to: "run/notes.csv")
    try folder.write("mine", to: "run/comparisons/notes.txt")
    #expect(try Self.profile(folder, Self.other, "run", "--force").status == 0)
    let names = try folder.names(in: "run")
    #expect(names.contains("c.csv"))
    #expect(names.contains("notes.csv"))
    #expect(!names.contains("b.csv"))
    #expect(try folder.names(in: "run/comparisons") == ["notes.txt"])
  }

  @Test func `pictures of one's own stay, and what is no folder for them is told before anything is computed`() throws {
    let folder = try TemporaryFolder()
    #expect(try Self.profile(folder, Self.corpus, "run").status == 0)
    let picture = try folder.text("run/figures/1-mean.all.svg")
    for name in ["paper.all.svg", "abs_mean.copy.all.svg", "mine.svg"] {
      try folder.write(picture, to: "run/figures/\(name)")
    }
    try folder.write(picture, to: "run/figures/nll.texts.svg")
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let names = try folder.names(in: "run/figures")
    #expect(names.contains("paper.all.svg"))
    #expect(names.contains("abs_mean.copy.all.svg"))
    #expect(names.contains("mine.svg"))
    // One of an earlier report that this one does not have.
    #expect(!names.contains("nll.texts.svg"))
    try FileManager.default.createDirectory(atPath: folder.path("new"), withIntermediateDirectories: true)
    try folder.write("", to: "new/figures")
    let refused = try Self.profile(folder, Self.corpus, "new")
    #expect(refused.status == 1)
    #expect(refused.messages.contains("figures: cannot write: expected a folder"))
    #expect(try folder.names(in: "new") == ["figures"])
  }

  @Test func `an argument that is not UTF-8 is refused, not repaired`() throws {
    let result = try Tool.run([], shell: #"exec "$1" inspect "$(printf 'x\377')""#)
    #expect(result.status == 64, "\(result.messages)")
    #expect(result.messages.contains("argument 2: expected UTF-8, found"), "\(result.messages)")
  }

  @Test func `a domain's name that is long is refused, since it stands on every row`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "n", count: 1_001)
    let refused = try Self.profile(folder, #"{"\#(name)": [[1, 2]]}"#, "run")
    #expect(refused.status == 1)
    #expect(refused.lines.count == 1)
    #expect(refused.messages.contains("expected a name of at most 1000 bytes, found 1001"))
    #expect(try Self.profile(folder, #"{"\#(name.dropLast())": [[1, 2]]}"#, "other", "--no-report").status == 0)
  }

  @Test func `a comparison that no machine has room for is refused before anything is computed`() throws {
    let folder = try TemporaryFolder()
    let corpus = "{" + (0..<4_000).map { #""d\#($0)": [[1, 2, 3]]"# }.joined(separator: ",") + "}"
    let refused = try Self.profile(folder, corpus, "run")
    #expect(refused.status == 1)
    #expect(refused.lines.count == 1)
    #expect(refused.output.isEmpty)
    #expect(
      refused.messages.contains("of memory in this machine or container, which comparing 4,000 texts takes, found"))
    #expect(try folder.names == ["run.json"])
  }
}
