import Foundation
import TestSupport
import Testing

/// Hostile sources of a corpus.
@Suite(.serialized) struct HostileTextBuildTests {
  private static let million = 1_000_000

  private func build(_ source: String, _ folder: TemporaryFolder) throws -> MeasuredTool.Result {
    try MeasuredTool.run("corpus", "build", source, "--output", folder.path("corpus.json"))
  }

  /// A file of this name and its parts, and what follows its path in the source.
  private static let cases: [(file: String, field: String, parts: [(text: String, count: Int)], message: String)] = [
    ("a.jsonl", ":t", [("{\"t\": \"x\"}\n{\"t\": ", 1), ("[", 100_000)], "a.jsonl, line 2, column 134: nested deeper"),
    ("b.jsonl", ":t", [("{\"t\": \"x\"}\n{\"t\": \"\\ud800\"}\n", 1)], "b.jsonl, line 2, column 8: lone surrogate"),
    ("c.jsonl", ":t", [("{\"t\": \"", 1), ("a", 100 * million)], "c.jsonl, line 1, column 8: string does not end"),
    ("d.jsonl", ":no.such", [("{\"t\": \"x\"}\n", million)], "d.jsonl, line 1: no field \"no\", its fields are \"t\""),
    ("e.csv", ":b", [("a,b\n1,\"", 1), ("x\n", 50 * million)], "e.csv, line 2: expected a closing quote"),
    (
      "f.csv", ":c7", [("c,", million), ("c7\n1,2\n", 1)], "f.csv, line 2: expected 1000001 columns as in the first row"
    ),
    ("g.csv", ":zz", [("c,", million), ("c\n", 1)], "g.csv, line 1: no column \"zz\", its columns are \"c\", \"c\""),
    ("h.csv", ":a", [("a,b\n", 1), ("1,2\n", million), ("1,2,3\n", 1)], "h.csv, line 1000002: expected 2 columns"),
    ("i.json", ":t", [("{\"t\":", 100_000)], "i.json, line 1, column 641: nested deeper than 128 levels"),
    ("j.txt", "", [("text\0more", 1)], "j.txt, byte 4: expected text, found a NUL: the file is binary"),
    ("k.csv", ":#1000000000", [("1,2\n", 1)], "k.csv, line 1: expected a column 1000000000, found 2 columns"),
    ("l.json", ":.a.b", [("{\"a\": {\"c\": \"x\"}}", 1)], "l.json, line 1: no field \"b\", its fields are \"c\""),
  ]

  @Test(arguments: cases.indices)
  func `a hostile source is refused in one line`(index: Int) throws {
    let (file, field, parts, message) = Self.cases[index]
    let folder = try TemporaryFolder()
    let path = try folder.write(parts, to: file)
    try build("d=\(path)\(field)", folder).expectRefusal(message)
    #expect(try folder.names == [file])
  }

  @Test(arguments: [
    ("a.jsonl", ":t", "{\"t\": \"x\"}\n{\"t\": \"", "\"}\n", "a.jsonl, line 2, column 8: string is not valid UTF-8"),
    ("b.csv", ":t", "t,u\n", ",1\n", "b.csv, line 2: expected UTF-8, found something else at byte 4"),
    ("c.txt", ":line", "x\ny", "\n", "c.txt: expected UTF-8, found something else at byte 3"),
  ])
  func `bytes that are not UTF-8 are named by their place`(
    file: String, field: String, before: String, after: String, message: String
  ) throws {
    let folder = try TemporaryFolder()
    try (Data(before.utf8) + [0xC3, 0x28] + Data(after.utf8)).write(to: folder.url.appending(path: file))
    try build("d=\(folder.path(file))\(field)", folder).expectRefusal(message)
  }

  @Test func `a pattern passes over pipes, devices and loops of links`() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path("pipe.txt"), 0o600) == 0)
    for (name, target) in [("zero.txt", "/dev/zero"), ("loop", "."), ("self.txt", "self.txt"), ("up", "..")] {
      try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
    }
    for pattern in ["*.txt", "**/*.txt", "loop/loop/*.txt", "**"] {
      try build("d=\(folder.path)/\(pattern)", folder).expectRefusal("no file matches")
    }
    try build("d=\(folder.path)", folder).expectRefusal("the folder holds no file that is not hidden")
    try build("d=\(folder.path("self.txt"))", folder).expectRefusal("no file or folder of this name")
    try build("d=/dev/zero", folder).expectRefusal("expected a file, found a device")
    try folder.write("text", to: "a.txt")
    let result = try build("d=\(folder.path)/**/*.txt", folder)
    #expect(result.status == 0, "\(result.output)\(result.messages)")
    #expect(result.output.contains("\nd           1 "), "\(result.output)\(result.messages)")
  }

  /// What is odd but legal: a source, its parts, and how many texts it gives.
  private static let legal: [(file: String, field: String, parts: [(text: String, count: Int)], texts: Int)] = [
    ("a.jsonl", ":t", [("{\"t\": \"", 1), ("a", 100 * million), ("\"}\n", 1)], 1),
    ("b.csv", ":a", [("a\n\"", 1), ("\"\"", 50 * million), ("\"\n", 1)], 1),
    ("c.csv", ":c", [("x,", million), ("c\n", 1), ("1,", million), ("text\n", 1)], 1),
    ("d.txt", ":line", [("a", 50 * million), ("\nb\n", 1)], 2),
    ("e.jsonl", ":t", [("{\"t\": \"a\\u0000b\"}\n", 1)], 1),
  ]

  @Test(arguments: legal.indices)
  func `what is odd but legal becomes a corpus`(index: Int) throws {
    let (file, field, parts, texts) = Self.legal[index]
    let folder = try TemporaryFolder()
    let path = try folder.write(parts, to: file)
    let result = try build("d=\(path)\(field)", folder)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    #expect(result.output.hasSuffix(" \(texts)\n"), "\(result.output)")
    #expect(result.takesAtMost(seconds: 10, bytes: 400_000_000))
    if file == "e.jsonl" { #expect(try folder.text("corpus.json").contains("a\\u0000b")) }
  }
}
