import CorpusBuilder
import Profiler
import TestSupport
import Testing

@Suite struct CorpusSourceTests {
  @Test(arguments: [
    ("cpp=src/**/*.cpp", "cpp", "src/**/*.cpp"),
    ("finance=a.csv:title", "finance", "a.csv"),
    ("a=C:\\texts\\b.csv:title", "a", "C:\\texts\\b.csv"),
    ("a=12:30.txt", "a", "12:30.txt"),
    ("a=12:30.jsonl:t:u", "a", "12:30.jsonl"),
    ("a=B.JSONL:x", "a", "B.JSONL"),
    ("a=b=c.txt", "a", "b=c.txt"),
    ("a=b.txt:line", "a", "b.txt"),
    ("a=b:paragraph", "a", "b"),
    ("a=b.txt:words", "a", "b.txt:words"),
    ("été=x", "été", "x"),
    ("a=b.json", "a", "b.json"),
  ])
  func `a source is a domain and a path`(argument: String, domain: String, path: String) throws {
    let source = try CorpusSource(parsing: argument)
    #expect(source.domain == domain)
    #expect(source.path == path)
  }

  @Test(arguments: [
    (
      "src/b.cpp",
      "source \"src/b.cpp\": expected domain=path, with the domain before every path; quote a pattern to pass it as one"
    ),
    (
      "src/b=c.cpp",
      "source \"src/b=c.cpp\": expected domain=path, with the domain before every path; quote a pattern to pass it as one"
    ),
    ("=x", "source \"=x\": expected domain=path"),
    ("x=", "source \"x=\": expected domain=path"),
    ("x\0=a", "source \"x\\u{0}=a\": expected a domain without a NUL"),
    ("x=a/\0", "source \"x=a/\\u{0}\": expected a path without a NUL"),
    ("a=b.jsonl:x..y", "source \"a=b.jsonl:x..y\": empty name in the field \"x..y\""),
    ("a=b.jsonl:", "source \"a=b.jsonl:\": empty name in the field \"\""),
    ("a=b.jsonl:x+", "source \"a=b.jsonl:x+\": empty name in the field \"x+\""),
    ("a=b.jsonl:x\\", "source \"a=b.jsonl:x\\\": the field \"x\\\" ends in a backslash"),
    (
      "a=b.jsonl:.x",
      "source \"a=b.jsonl:.x\": a field that begins with \".\" starts at the top of a .json file, found it after \"b.jsonl\""
    ),
    (
      "a=b.json:.x+y",
      "source \"a=b.json:.x+y\": the field \".x+y\" starts at the top of the file and cannot be joined by '+'"
    ),
    ("a=b.csv:#x", "source \"a=b.csv:#x\": expected column numbers such as \"#2\", found \"#x\""),
    ("a=b.csv:#0", "source \"a=b.csv:#0\": expected column numbers such as \"#2\", found \"#0\""),
    ("a=b.csv:#1+c", "source \"a=b.csv:#1+c\": expected column numbers such as \"#2\", found \"#1+c\""),
    ("a=b.csv:a++b", "source \"a=b.csv:a++b\": empty name in the column \"a++b\""),
    (
      "a\nb",
      "source \"a\\nb\": expected domain=path, with the domain before every path; quote a pattern to pass it as one"
    ),
  ])
  func `a source that cannot be read is refused in one line`(argument: String, message: String) {
    let error = #expect(throws: CorpusBuildError.self) { try CorpusSource(parsing: argument) }
    #expect(error?.description == message)
  }

  @Test(.timeLimit(.minutes(Hang.minutes))) func `a long argument full of colons is read in one pass`() throws {
    let path = String(repeating: ":", count: 1 << 20)
    #expect(try CorpusSource(parsing: "a=\(path)").path == path)
  }
}
