import Foundation
import Foundations
import Profiler
import Testing

@Suite struct CorpusFileTests {
  private func read(_ json: String, named name: String = "corpus.json") throws -> Corpus {
    let folder = try CorpusFolder([name: json])
    return try Corpus(contentsOf: folder.url.appending(path: name))
  }

  @Test func `domains keep the order of the file, texts their index`() throws {
    let corpus = try read("\u{FEFF}{\"z\": [\"one\", \"\", [1, 2147483647], []], \"a\": []}")
    #expect(corpus.domains.map(\.name) == ["z", "a"])
    #expect(corpus.domains[0].texts == [.string("one"), .string(""), .tokens([1, .max]), .tokens([])])
    #expect(corpus.domains[0].texts.map(\.isEmpty) == [false, true, false, true])
    #expect(corpus.textCount == 4)
  }

  @Test(arguments: [("bench.json", "bench"), ("a.b.json", "a.b"), ("texts", "texts"), (".json", ".json")])
  func `a flat list is a domain named after the file`(file: String, domain: String) throws {
    let corpus = try read("[\"one\", [2]]", named: file)
    #expect(corpus.domains == [.init(name: domain, texts: [.string("one"), .tokens([2])])])
  }

  @Test(arguments: [
    ("{\"a\": [], \"a\": []}", ": domain \"a\" appears twice"),
    ("{}", ": expected at least one domain, found none"),
    ("\"x\"", ": expected an object of lists of texts, or a list of texts, found a string"),
    ("{\"a\": \"x\"}", ": domain \"a\": expected a list of texts, found a string"),
    ("{\"a\\nb\": null}", ": domain \"a\\nb\": expected a list of texts, found null"),
    (
      "{\"a\": [\"x\", 7]}",
      ": domain \"a\", text 1: expected a string, a list of token ids or an object, found a number"
    ),
    ("[null]", ": domain \"corpus\", text 0: expected a string, a list of token ids or an object, found null"),
    (
      "{\"a\": [[1, -1]]}",
      ": domain \"a\", text 0, position 1: expected a token id from 0 to 2147483647, found the integer -1"
    ),
    (
      "{\"a\": [[2147483648]]}",
      ": domain \"a\", text 0, position 0: expected a token id from 0 to 2147483647, found the integer 2147483648"
    ),
    (
      "{\"a\": [[1.5]]}",
      ": domain \"a\", text 0, position 0: expected a token id from 0 to 2147483647, found the number 1.5"
    ),
    (
      "{\"a\": [[\"x\"]]}",
      ": domain \"a\", text 0, position 0: expected a token id from 0 to 2147483647, found a string"
    ),
    ("{\"a\": [\"x\"", ", line 1, column 11: expected ']', found the end of the text"),
    ("{\"a\": []} x", ", line 1, column 11: expected the end of the text, found 'x'"),
    ("", ", line 1, column 1: expected a value, found the end of the text"),
  ])
  func `a file that is no corpus is refused in one line`(json: String, message: String) throws {
    let folder = try CorpusFolder(["corpus.json": json])
    let url = folder.url.appending(path: "corpus.json")
    let error = #expect(throws: CorpusError.self) { try Corpus(contentsOf: url) }
    #expect(error?.description == url.path + message)
  }

  @Test func `a file that is missing or a folder is refused`() throws {
    let folder = try CorpusFolder()
    let missing = folder.url.appending(path: "none.json")
    let error = #expect(throws: CorpusError.self) { try Corpus(contentsOf: missing) }
    #expect(error?.description == "\(missing.path): cannot read: no such file")
    let second = #expect(throws: CorpusError.self) { try Corpus(contentsOf: folder.url) }
    #expect(second?.description == "\(folder.path): cannot read: it is a folder")
  }

  @Test func `domains and texts are selected without renumbering`() throws {
    let corpus = try read("{\"a\": [\"1\", \"2\", \"3\"], \"b\": [\"4\"], \"c\": []}")
    #expect(try corpus.selecting(domains: ["c", "a", "a"]).domains.map(\.name) == ["a", "c"])
    #expect(corpus.limited(to: 2).domains.map(\.texts.count) == [2, 1, 0])
    #expect(corpus.limited(to: -1).textCount == 0)
    let error = #expect(throws: CorpusError.self) { try corpus.selecting(domains: ["a", "d"]) }
    #expect(error?.description == "corpus: no domain \"d\", its domains are \"a\", \"b\", \"c\"")
    #expect(throws: CorpusError.noDomain(file: nil)) { try corpus.selecting(domains: []) }
    #expect(throws: CorpusError.nulInDomain(file: nil, name: "a\0")) {
      try Corpus(domains: [.init(name: "a\0", texts: [])])
    }
    #expect(throws: CorpusError.duplicateDomain(file: nil, name: "a")) {
      try Corpus(domains: [.init(name: "a", texts: []), .init(name: "a", texts: [])])
    }
  }

  @Test func `what is written is read again, by this library and by Foundation`() throws {
    let every = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init))) + "😀\u{10FFFF}"
    let corpus = try Corpus(domains: [
      .init(name: "a \"quoted\"\n\\name", texts: [.string(every), .string(""), .tokens([0, 1, .max]), .tokens([])]),
      .init(name: "empty", texts: []),
    ])
    let folder = try CorpusFolder()
    let url = folder.url.appending(path: "corpus.json")
    try corpus.write(to: url)
    #expect(try Corpus(contentsOf: url) == corpus)
    let foreign = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: [Any]]
    let text = try #require(foreign?["a \"quoted\"\n\\name"]?.first as? String)
    #expect(Array(text.utf8) == Array(every.utf8))
  }

  @Test func `a file is replaced whole, through a link, and left alone where writing fails`() throws {
    let folder = try CorpusFolder(["real/corpus.json": "old"])
    let link = folder.url.appending(path: "link.json")
    let real = folder.url.appending(path: "real/corpus.json")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
    let corpus = try Corpus(domains: [.init(name: "a", texts: [.string("new")])])
    try corpus.write(to: link)
    #expect(try Corpus(contentsOf: real) == corpus)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path).hasSuffix("real/corpus.json"))
    do {
      var file = try AtomicFile(at: real)
      try file.write("half a fi")
    }
    #expect(try Corpus(contentsOf: real) == corpus)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/real") == ["corpus.json"])
  }

  @Test(arguments: [
    ("none/corpus.json", "No such file or directory"), ("", "expected a regular file, found a folder or device"),
  ])
  func `a place that cannot be written is refused`(path: String, reason: String) throws {
    let folder = try CorpusFolder()
    let url = path.isEmpty ? folder.url : folder.url.appending(path: path)
    let corpus = try Corpus(domains: [.init(name: "a", texts: [])])
    #expect(throws: CorpusError.cannotWrite(file: url.path, reason: reason)) { try corpus.write(to: url) }
    #expect(
      throws: CorpusError.cannotWrite(file: "/dev/null", reason: "expected a regular file, found a folder or device")
    ) {
      try corpus.write(to: URL(filePath: "/dev/null"))
    }
  }
}
