import CorpusBuilder
import Foundation
import Profiler
import Testing

@Suite struct CorpusTextTests {
  @Test(arguments: [
    ("whole", ["\n\n a\r\nb\r\n \t\r\n\nc\n\n\nd "]),
    ("paragraph", [" a\r\nb", "c", "d "]),
    ("line", [" a", "b", "c", "d "]),
  ])
  func `a text file is one text, or one per paragraph or line`(split: String, texts: [String]) throws {
    let folder = try CorpusFolder(["a.txt": "\u{FEFF}\n\n a\r\nb\r\n \t\r\n\nc\n\n\nd "])
    #expect(try folder.texts("a.txt:\(split)") == texts)
    let option = try #require(TextSplit(rawValue: split))
    #expect(try folder.texts("a.txt", options: .init(split: option)) == texts)
  }

  @Test func `a source's own split goes before that of the options`() throws {
    let folder = try CorpusFolder(["a.txt": "a\nb\n", "b.txt": "c\nd\n"])
    let build = try folder.build("x=@/a.txt:whole", "x=@/b.txt", options: .init(split: .line))
    #expect(build.corpus.domains[0].texts.map(\.string) == ["a\nb\n", "c", "d"])
  }

  @Test func `bytes that are not UTF-8 are named by their offset in the file`() throws {
    let folder = try CorpusFolder()
    try folder.write("a.cpp", Data([0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0x62, 0xE9, 0x0A]))
    for split in ["whole", "paragraph", "line"] {
      #expect(folder.refusal("x=@/a.cpp:\(split)") == "@/a.cpp: expected UTF-8, found something else at byte 6")
    }
    try folder.write("b.cpp", Data("fine".utf8))
    let build = try folder.build("x=@/*.cpp", options: .init(skipsInvalid: true))
    #expect(build.counts[0].invalid == 1)
    #expect(build.corpus.domains[0].texts.map(\.string) == ["fine"])
  }

  @Test func `a binary file is passed over in a folder and refused by name`() throws {
    let folder = try CorpusFolder(["a.txt": "text"])
    try folder.write("b.png", Data([0x89, 0x50, 0x00, 0x01]))
    let build = try folder.build("x=@")
    #expect(build.corpus.domains[0].texts.map(\.string) == ["text"])
    #expect(build.counts[0].binary == 1)
    #expect(build.counts[0].files == 1)
    #expect(folder.refusal("x=@/b.png") == "@/b.png, byte 2: expected text, found a NUL: the file is binary")
  }

  @Test func `a pipe can be read`() throws {
    let folder = try CorpusFolder()
    let path = folder.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    // Opening for writing waits for the reader.
    Thread {
      guard let handle = FileHandle(forWritingAtPath: path) else { return }
      try? handle.write(contentsOf: Data("through a pipe".utf8))
      try? handle.close()
    }.start()
    #expect(try folder.texts("pipe") == ["through a pipe"])
  }

  @Test func `domains stand in the order of their first source and pool all their sources`() throws {
    let folder = try CorpusFolder(["a.txt": "a", "b.txt": "b", "c.csv": "t\nc\nb\n"])
    let build = try folder.build("second=@/b.txt", "first=@/a.txt", "second=@/c.csv:t")
    #expect(build.corpus.domains.map(\.name) == ["second", "first"])
    #expect(build.corpus.domains[0].texts.map(\.string) == ["b", "c"])
    #expect(build.counts[0].files == 2)
    #expect(build.counts[0].duplicates == 1)
  }
}
