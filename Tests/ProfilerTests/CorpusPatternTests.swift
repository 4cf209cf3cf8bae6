import CorpusBuilder
import Foundation
import Profiler
import TestSupport
import Testing

@Suite struct CorpusPatternTests {
  private struct Case: Decodable {
    let pattern: String
    let name: String
    let matches: Bool
  }

  @Test func `names match patterns as in bash`() throws {
    let cases = try CorpusFixtures.golden("patterns.json", as: [Case].self)
    #expect(cases.count == 600)
    for golden in cases {
      #expect(NamePattern(golden.pattern).matches(golden.name) == golden.matches, "\(golden.pattern) \(golden.name)")
    }
  }

  @Test func `hidden names match only a pattern that spells out the dot`() {
    #expect(!NamePattern("*").matches(".git"))
    #expect(!NamePattern("?git").matches(".git"))
    #expect(!NamePattern("[.]git").matches(".git"))
    #expect(NamePattern(".g*").matches(".git"))
  }

  @Test(.timeLimit(.minutes(Hang.minutes))) func `no pattern takes exponential time`() {
    let pattern = NamePattern(String(repeating: "*a", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
    #expect(!NamePattern(String(repeating: "[", count: 20_000)).matches("x"))
    #expect(!NamePattern(String(repeating: "[", count: 20_000) + "]").matches("x"))
  }

  private func tree() throws -> CorpusFolder {
    let folder = try CorpusFolder([
      "src/b.cpp": "b", "src/a.cpp": "a", "src/a.h": "h", "src/deep/er/c.cpp": "c", "src/deep/.hidden.cpp": "no",
      "src/.git/d.cpp": "no", "src/a[1].cpp": "bracket", "src/with space.cpp": "space", "other/e.cpp": "e",
      "12:30.txt": "colon",
    ])
    let manager = FileManager.default
    func link(_ name: String, to target: String) throws {
      try manager.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: folder.path + "/" + target)
    }
    try link("src/loop", to: "src")
    try link("src/link.cpp", to: "other/e.cpp")
    try link("src/broken.cpp", to: "nowhere")
    return folder
  }

  @Test(arguments: [
    ("src/*.cpp", ["a", "bracket", "b", "e", "space"]),
    ("src/[ab].cpp", ["a", "b"]),
    ("src/a[1].cpp", ["bracket"]),
    ("src/a\\[?].cpp", ["bracket"]),
    ("src/**/*.cpp", ["a", "bracket", "b", "c", "e", "space"]),
    ("**/c.cpp", ["c"]),
    ("**/deep/**/c.cpp", ["c"]),
    ("src/**", ["a", "h", "bracket", "b", "c", "e", "space"]),
    ("src", ["a", "h", "bracket", "b", "c", "e", "space"]),
    ("src/", ["a", "h", "bracket", "b", "c", "e", "space"]),
    ("src/deep/.h*", ["no"]),
    ("src/.git", ["no"]),
    ("src/loop/b.cpp", ["b"]),
    ("src/l*/b.cpp", ["b"]),
    ("*/?.cpp", ["e", "a", "b"]),
    ("src/with space.cpp", ["space"]),
    ("12:30.txt", ["colon"]),
    ("src/link.cpp", ["e"]),
  ])
  func `files are found in the order of their paths`(pattern: String, texts: [String]) throws {
    let folder = try tree()
    #expect(try folder.texts(pattern, options: .init(removesDuplicates: false)) == texts)
  }

  @Test(arguments: [
    ("nowhere", "no file or folder of this name"), ("src/broken.cpp", "no file or folder of this name"),
    ("src/*.py", "no file matches"), ("other/*/*", "no file matches"),
    ("a.txt:field", "no file or folder of this name"),
    ("empty", "the folder holds no file that is not hidden"),
  ])
  func `a source that finds nothing is refused`(path: String, reason: String) throws {
    let folder = try tree()
    try FileManager.default.createDirectory(atPath: folder.path + "/empty/inner", withIntermediateDirectories: true)
    #expect(folder.refusal("x=@/\(path)") == "source \"x=@/\(path)\": \(reason)")
  }

  @Test func `a folder is no table`() throws {
    let folder = try CorpusFolder(["a.json/x": ""])
    #expect(
      folder.refusal("x=@/a.json:f")?.hasSuffix("expected a file, found a folder; name the files in it by a pattern")
        == true)
  }
}
