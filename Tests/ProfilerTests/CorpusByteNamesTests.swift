import CorpusBuilder
import Foundation
import Foundations
import Profiler
import ProfileReport
import TestSupport
import Testing

/// Names that are one text to Unicode and two by their bytes, and file names that are no text at all.
@Suite struct CorpusByteNamesTests {
  private static let fixtures = Repository.fixtures.appending(path: "byte-keys")

  private func expected(_ name: String) throws -> [(key: String, value: JSONValue)] {
    let json = try JSONValue(contentsOf: Self.fixtures.appending(path: "expected.json"))
    return try #require(json[name]?.array).map { pair in
      (try #require(pair.array?.first?.string), try #require(pair.array?.last))
    }
  }

  @Test func `domains are told apart by their bytes, as Python tells them`() throws {
    let corpus = try Corpus(contentsOf: Self.fixtures.appending(path: "corpus.json"))
    let domains = try expected("corpus")
    #expect(corpus.domains.map { Array($0.name.utf8) } == domains.map { Array($0.key.utf8) })
    #expect(corpus.domains.map { $0.texts.map(\.string) } == domains.map { $0.value.array?.map { $0.string ?? "" } })
    for (name, value) in domains {
      let selected = try corpus.selecting(domains: [name])
      #expect(selected.domains.map { $0.texts[0].string } == [value.array?.first?.string])
    }
    #expect(try Corpus(domains: corpus.domains) == corpus)
    #expect(Corpus.Domain(name: "\u{E9}", texts: []) != Corpus.Domain(name: "e\u{301}", texts: []))
    let identities = Set(domains.map { TextIdentity(domain: $0.key, index: 0) })
    #expect(identities.count == domains.count)
    let files = DomainFileNames.names(of: domains.map(\.key))
    #expect(Set(files).count == domains.count)
  }

  @Test func `columns and fields are told apart by their bytes, as Python tells them`() throws {
    let table = try String(contentsOf: Self.fixtures.appending(path: "table.csv"), encoding: .utf8)
    let cells = try expected("table")
    let record = JSONValue.object(JSONObject(cells)).text()
    let folder = try CorpusFolder(["table.csv": table, "records.jsonl": record])
    for (key, value) in cells {
      #expect(try folder.texts("table.csv:\(key)") == [value.string])
      #expect(try folder.texts("records.jsonl:\(key)") == [value.string])
    }
    // Nobody may take one for the other.
    #expect(folder.refusal("x=@/table.csv:E\u{301}")?.contains("no column") == true)
  }

  @Test func `sources feed one domain where its names have the same bytes`() throws {
    let folder = try CorpusFolder(["a.txt": "a", "b.txt": "b", "c.txt": "c"])
    let build = try folder.build("\u{E9}=@/a.txt", "e\u{301}=@/b.txt", "\u{E9}=@/c.txt")
    #expect(build.corpus.domains.map { $0.texts.map(\.string) } == [["a", "c"], ["b"]])
  }

  /// Makes a file or a folder whose name is not UTF-8; false where the file system refuses.
  private func make(_ name: [UInt8], in folder: String, _ content: String?) -> Bool {
    let path = (Array("\(folder)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
    guard let content else { return mkdir(path, 0o700) == 0 }
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return write(descriptor, content, content.utf8.count) == content.utf8.count
  }

  @Test func `files and folders whose names are not UTF-8 are read, and named in messages`() throws {
    let folder = try CorpusFolder(["a.txt": "plain"])
    // "café" and "Ä" in Latin-1.
    guard make([0x63, 0x61, 0x66, 0xE9] + Array(".txt".utf8), in: folder.path, "in a file"),
      make([0xC4], in: folder.path, nil)
    else { return }
    let inner = (Array("\(folder.path)/".utf8) + [0xC4] + Array("/b.txt".utf8) + [0]).map { CChar(bitPattern: $0) }
    let descriptor = open(inner, O_WRONLY | O_CREAT, 0o600)
    try #require(write(descriptor, "in a folder", 11) == 11)
    close(descriptor)
    #expect(try folder.build("x=@").corpus.domains[0].texts.map(\.string) == ["plain", "in a file", "in a folder"])
    #expect(try folder.texts("*.txt") == ["plain", "in a file"])
    #expect(try folder.texts("caf?.txt") == ["in a file"])
    #expect(try folder.texts("*/b.txt") == ["in a folder"])
    #expect(try folder.texts("**/*.txt") == ["plain", "in a file", "in a folder"])
    #expect(make([0x7A, 0xFF] + Array(".txt".utf8), in: folder.path, "\u{0}"))
    try folder.write("z.txt", Data([0x61, 0xE9]))
    #expect(try folder.build("x=@/**", options: .init(skipsInvalid: true)).counts[0].binary == 1)
    #expect([UInt8]("a".utf8).pathText == "a")
    #expect([0x63, 0xE9, 0xC3, 0xA9, 0x0].pathText == "c\\xE9é\u{0}")
  }
}
