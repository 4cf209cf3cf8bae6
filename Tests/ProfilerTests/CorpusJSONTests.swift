import CorpusBuilder
import Foundation
import Profiler
import Testing

@Suite struct CorpusJSONTests {
  private func folder() throws -> CorpusFolder {
    try CorpusFolder([
      "rows.jsonl": #"""
      {"id": 1, "text": "one", "meta": {"title": "T1", "tags": ["a", "b"]}, "a.b": "dotted"}

      {"meta": {"tags": ["c"], "title": "T2\n"}, "text": "two", "a.b": "dotted too"}
      """#,
      "list.json": #"[{"t": "x", "c": [{"s": "1"}, {"s": "2"}]}, {"t": "y", "c": []}]"#,
      "object.json": #"{"z": {"doc": {"body": "last name first"}}, "a": {"doc": {"body": "second"}}}"#,
      "strings.json": #"["p", "q"]"#,
      "corpus.json": #"{"version": 1, "data": {"z": ["1", "2"], "a": ["3"]}}"#,
      "strings.jsonl": "\"p\"\n\"q\"\n",
    ])
  }

  @Test(arguments: [
    ("rows.jsonl:text", ["one", "two"]),
    ("rows.jsonl:meta.title", ["T1", "T2\n"]),
    ("rows.jsonl:meta.tags.*", ["a", "b", "c"]),
    ("rows.jsonl:meta.tags.0", ["a", "c"]),
    ("rows.jsonl:a\\.b", ["dotted", "dotted too"]),
    ("rows.jsonl:meta.title+text", ["T1\none", "T2\ntwo"]),
    ("rows.jsonl:text+meta.tags.*", ["one\na\nb", "two\nc"]),
    ("list.json:t", ["x", "y"]),
    ("list.json:c.*.s", ["1", "2"]),
    ("object.json:doc.body", ["last name first", "second"]),
    ("object.json:doc.*", ["last name first", "second"]),
    ("strings.json", ["p", "q"]),
    ("strings.jsonl", ["p", "q"]),
    ("corpus.json:.data.a.*", ["3"]),
    ("corpus.json:.data.*.*", ["1", "2", "3"]),
    ("l*.json:t", ["x", "y"]),
  ])
  func `texts are taken from a field`(path: String, texts: [String]) throws {
    #expect(try folder().texts(path) == texts)
  }

  @Test(arguments: [
    (
      "a.jsonl:text", #"{"text": "a"}"# + "\n" + #"{"id": 3, "body": "b"}"#,
      "@/a.jsonl, line 2: no field \"text\", its fields are \"id\", \"body\""
    ),
    ("a.jsonl:text", "{}", "@/a.jsonl, line 1: no field \"text\", its fields are none"),
    ("a.jsonl:text", #"{"text": null}"#, "@/a.jsonl, line 1: expected a string, found null"),
    ("a.jsonl:text", #"{"text": ["a"]}"#, "@/a.jsonl, line 1: expected a string, found an array"),
    ("a.jsonl:text", #"{"text": {"a": 1}}"#, "@/a.jsonl, line 1: expected a string, found an object with \"a\""),
    ("a.jsonl:a.b", #"{"a": "x"}"#, "@/a.jsonl, line 1: expected an object with \"b\", found a string"),
    ("a.jsonl:a.*", #"{"a": 4}"#, "@/a.jsonl, line 1: expected an array or an object, found a number"),
    ("a.jsonl:a.b", #"{"a": ["x"]}"#, "@/a.jsonl, line 1: expected an object with \"b\", found an array"),
    ("a.jsonl:a.2", #"{"a": ["x"]}"#, "@/a.jsonl, line 1: no element 2 in a list of 1"),
    ("a.jsonl:a", #"{"a": "x", "a": "y"}"#, "@/a.jsonl, line 1, column 16: duplicate key \"a\""),
    ("a.jsonl:a", "{\"a\": \"x\"}\n{\"a\": tru}", "@/a.jsonl, line 2, column 7: expected true or false, found 't'"),
    ("a.jsonl:a", #"{"a": "x"} {"a": "y"}"#, "@/a.jsonl, line 1, column 12: expected the end of the text, found '{'"),
    (
      "a.jsonl:a", "{\"a\": \"x\"}\n{\"a\": \"\\ud800\"}", "@/a.jsonl, line 2, column 8: lone surrogate in a \\u escape"
    ),
    (
      "a.jsonl", #"{"id": 3, "body": "b"}"#,
      "@/a.jsonl, line 1: expected a string, found an object with \"id\", \"body\"; "
        + "name a field after the path, as in \"@/a.jsonl:text\""
    ),
    (
      "a.json:t", "[\n{\"t\": \"x\"},\n{\"u\": \"y\"}\n]",
      "@/a.json, record 2 (line 3): no field \"t\", its fields are \"u\""
    ),
    (
      "a.json:t", "{\"k\\n1\": {\"t\": \"x\"},\n\"k2\": {\"u\": \"y\"}}",
      "@/a.json, record \"k2\" (line 2): no field \"t\", its fields are \"u\""
    ),
    ("a.json:.t.u", "{\"t\":\n {\"v\": 1}}", "@/a.json, line 2: no field \"u\", its fields are \"v\""),
    ("a.json:t", "[{\"t\": \"x\"}", "@/a.json, line 1, column 12: expected ']', found the end of the text"),
    ("a.json:t", "4", "@/a.json, line 1: expected a list or an object of records, found a number"),
    ("a.json:t", "", "@/a.json, line 1, column 1: expected a value, found the end of the text"),
  ])
  func `what is wrong with a record is said in one line`(path: String, content: String, message: String) throws {
    let folder = try CorpusFolder([path.split(separator: ":").map(String.init)[0]: content])
    #expect(folder.refusal("x=@/\(path)") == message)
  }

  @Test func `a file without records is refused`() throws {
    let folder = try CorpusFolder(["a.jsonl": "\n \r\n", "a.json": "[]", "b.json": "[{\"t\": []}]"])
    for source in ["a.jsonl:t", "a.json:t", "b.json:t.*"] {
      #expect(folder.refusal("x=@/\(source)")?.hasSuffix("expected at least one text, found none in 1 file") == true)
    }
  }

  @Test func `records without the field can be counted instead`() throws {
    let folder = try CorpusFolder([
      "a.jsonl": "{\"t\": \"x\"}\n{\"t\": null}\n{\"u\": 1}\n{\"t\": \"y\"}\n",
      "a.json": #"{"data": [{"t": "x"}, {"t": null}, {}, {"t": "y"}]}"#,
      "b.jsonl": "{\"t\": \"x\", \"u\": \"1\"}\n{\"t\": \"y\", \"u\": null}\n",
    ])
    let options = CorpusBuilder.Options(skipsInvalid: true)
    for (source, invalid, texts) in [
      ("a.jsonl:t", 2, ["x", "y"]), ("a.json:.data.*.t", 2, ["x", "y"]), ("b.jsonl:t+u", 1, ["x\n1"]),
    ] {
      let build = try folder.build("x=@/\(source)", options: options)
      #expect(build.corpus.domains[0].texts.map(\.string) == texts)
      #expect(build.counts[0].invalid == invalid)
    }
  }

  @Test func `a bomb of brackets is refused`() throws {
    let folder = try CorpusFolder(["a.jsonl": String(repeating: "[", count: 1 << 20)])
    #expect(folder.refusal("x=@/a.jsonl:t") == "@/a.jsonl, line 1, column 129: nested deeper than 128 levels")
  }
}
