import CorpusBuilder
import Foundation
import Foundations
import Profiler
import Testing

@Suite struct CorpusCSVTests {
  private struct Case: Decodable {
    let csv: String
    /// What Python's `csv` makes of it; nil where it refuses.
    let rows: [[String]]?
  }

  private func rows(_ text: String) throws -> [[String]] {
    let bytes = Array(text.utf8)
    var parser = CSVParser()
    var rows: [[String]] = []
    while try parser.nextRow(in: bytes.span) {
      rows.append(parser.fields.map { String(decoding: parser.content(of: $0, in: bytes.span), as: UTF8.self) })
    }
    return rows
  }

  @Test func `1500 random files are read as Python reads them`() throws {
    let cases = try CorpusFixtures.golden("csv.json", as: [Case].self)
    #expect(cases.count == 1500)
    for golden in cases {
      #expect(utf8(try? rows(golden.csv)) == utf8(golden.rows), "\(golden.csv)")
    }
  }

  /// `==` on strings would forgive a combining mark that moved.
  private func utf8(_ rows: [[String]]?) -> [[[UInt8]]]? {
    rows.map { rows in rows.map { row in row.map { Array($0.utf8) } } }
  }

  @Test func `a column is read by name with quotes, line breaks and a byte order mark`() throws {
    let folder = try CorpusFolder([
      "a.csv": "\u{FEFF}text,id\r\n\"say \"\"hi\"\", then\r\n  leave\",1\r\n  plain ,2\r\n\r\n\"\",3\r\nlast,4"
    ])
    let build = try folder.build("x=@/a.csv:text")
    #expect(build.corpus.domains[0].texts.map(\.string) == ["say \"hi\", then\r\n  leave", "  plain ", "last"])
    #expect(build.counts[0].read == 4)
    #expect(build.counts[0].blank == 1)
  }

  @Test func `columns are joined, counted from one, and read from tab-separated files`() throws {
    let folder = try CorpusFolder([
      "a.csv": "title,body,a+b,#2\nT,B,x,y\nT\n", "b.tsv": "1,5\tone \"quoted\" word\n2\ttwo\n",
      "c.csv": "title,body,a+b,#2\nT,B,x,y\n",
    ])
    #expect(try folder.texts("c.csv:title+body") == ["T\nB"])
    #expect(try folder.texts("c.csv:a\\+b") == ["x"])
    #expect(try folder.texts("c.csv:\\#2") == ["y"])
    #expect(try folder.texts("b.tsv:#2") == ["one \"quoted\" word", "two"])
    #expect(try folder.texts("b.tsv:#2+#1") == ["one \"quoted\" word\n1,5", "two\n2"])
  }

  @Test(arguments: [
    (
      "x=@/a.csv",
      "@/a.csv, line 1: expected a column to read, as in \"@/a.csv:column\", its columns are \"id\", \"text\""
    ),
    ("x=@/a.csv:body", "@/a.csv, line 1: no column \"body\", its columns are \"id\", \"text\""),
    ("x=@/a.csv:#3", "@/a.csv, line 1: expected a column 3, found 2 columns"),
    ("x=@/twice.csv:a", "@/twice.csv, line 1: 2 columns are named \"a\""),
    ("x=@/a.csv:text", "@/a.csv, line 4: expected 2 columns as in the first row, found 3"),
    ("x=@/open.csv:text", "@/open.csv, line 3: expected a closing quote, found the end of the file"),
    (
      "x=@/junk.csv:text",
      "@/junk.csv, line 3: expected a separator or the end of the row after a closing quote"
    ),
    ("x=@/empty.csv:text", "source \"x=@/empty.csv:text\": expected at least one text, found none in 1 file"),
    ("x=@/header.csv:text", "source \"x=@/header.csv:text\": expected at least one text, found none in 1 file"),
  ])
  func `what is wrong with a table is said in one line`(source: String, message: String) throws {
    let folder = try CorpusFolder([
      "a.csv": "id,text\n1,\"two\nlines\"\n2,b,c\n", "twice.csv": "a,a\n1,2\n",
      "open.csv": "id,text\n1,a\n2,\"b\n3,c\n",
      "junk.csv": "id,text\n1,\"a\nb\"c\n", "empty.csv": "", "header.csv": "id,text\r\n",
    ])
    #expect(folder.refusal(source) == message)
  }

  @Test func `bytes that are not UTF-8 are named by line and offset, or counted`() throws {
    let folder = try CorpusFolder()
    try folder.write("a.csv", Data("id,text\n1,fine\n2,\"caf".utf8) + [0xE9] + Data("\"\n".utf8))
    #expect(
      folder.refusal("x=@/a.csv:text") == "@/a.csv, line 3: expected UTF-8, found something else at byte 21")
    let build = try folder.build("x=@/a.csv:text", options: .init(skipsInvalid: true))
    #expect(build.counts[0].invalid == 1)
    #expect(build.counts[0].kept == 1)
  }

  @Test func `rows of the wrong width can be counted instead`() throws {
    let folder = try CorpusFolder(["a.csv": "id,text\n1,a\n2\n3,c,d\n4,e\n"])
    let build = try folder.build("x=@/a.csv:text", options: .init(skipsInvalid: true))
    #expect(build.corpus.domains[0].texts.map(\.string) == ["a", "e"])
    #expect(build.counts[0].invalid == 2)
  }
}
