import CorpusBuilder
import Foundation
import Foundations
import LlamaCore
import Profiler

extension FuzzTarget {
  /// A corpus file; one that is read is written and read again.
  static let corpus = FuzzTarget(
    "corpus", cases: 16_000, format: .json,
    seeds: [
      #"{"a": ["one", "two\n\u0000é"], "b": [[1, 2, 2147483647], []], "c": []}"#, #"["flat", [0], ""]"#,
      #"{"a": [{"text": "one", "group": "d"}, {"group": null, "tokens": [1, 2]}, "two"]}"#,
    ].map { Array($0.utf8) } + [Fixtures.bytes("tiny-llama/corpus.json")],
    errors: [CorpusError.self]
  ) { bytes, folder in
    let corpus = try Corpus(contentsOf: folder.write(bytes, to: "corpus.json"))
    let copy = folder.url.appending(path: "copy.json")
    try corpus.write(to: copy)
    guard try Corpus(contentsOf: copy) == corpus else { throw Finding("what is written is not what was read") }
    _ = corpus.limited(to: 1).textCount
  }

  /// Rows of tabs where the first byte says so, of commas otherwise.
  static let csv = FuzzTarget(
    "csv", cases: 25_000, format: .text,
    seeds: ["a,b\n1,2\n", "text,label\r\n\"one, \"\"two\"\"\nthree\",x\r\n,\r\"\",\"\"", "\ta\tb\n\"1\t2\"\t3"].map {
      Array($0.utf8)
    } + [Fixtures.bytes("samples/medical.csv")],
    errors: [CSVParser.Failure.self]
  ) { bytes, _ in
    let tab = UInt8(ascii: "\t")
    var parser = CSVParser(separator: bytes.first == tab ? tab : UInt8(ascii: ","))
    var end = 0
    while try parser.nextRow(in: bytes.span) {
      for field in parser.fields {
        guard field.range.lowerBound >= end, field.range.upperBound <= bytes.count else {
          throw Finding("a field at \(field.range) behind \(end) of \(bytes.count) bytes")
        }
        end = field.range.upperBound
        let content = parser.content(of: field, in: bytes.span)
        guard content.count <= field.range.count else { throw Finding("a field grew to \(content.count) bytes") }
      }
    }
  }

  /// A source's field stands in the first line, its file in the others.
  static let jsonLines = source(
    "jsonl", cases: 12_000, format: .json, ending: ".jsonl",
    seeds: [
      "text\n{\"text\":\"one\",\"n\":1}\n\n{\"text\":\"tw\\u00f6\"}\n", "a.0.*+b\n{\"a\":[{\"x\":\"1\"}],\"b\":\"2\"}",
      "\n\"plain\"\n\"text\"", "a\\.b\n{\"a.b\":\"x\"}",
    ])

  static let nestedJSON = source(
    "nested-json", cases: 12_000, format: .json, ending: ".json",
    seeds: [
      "text\n[{\"text\":\"one\"},{\"text\":\"two\"}]", ".data.*.text\n{\"data\":{\"a\":{\"text\":\"one\"}},\"n\":[1]}",
      "title+body\n{\"x\":{\"title\":\"t\",\"body\":\"b\\n\"}}", "\n[\"a\",\"b\"]",
      "choices.1.text\n[{\"choices\":[{\"text\":\"a\"},{\"text\":\"b\"}]}]",
    ])

  static let columns = source(
    "columns", cases: 12_000, format: .text, ending: ".csv",
    seeds: [
      "text\ntext,label\n\"one, \"\"two\"\"\",x\n\"three\nfour\",y\n", "#2\n1,one\n2,two\n", "a+b\na,b\n1,2\n3,4\n",
      "\\#1\n#1,x\ny,z",
    ])

  static let plainText = source(
    "plain-text", cases: 12_000, format: .text, ending: ".txt",
    seeds: [
      "whole\none\ntwo\n", "paragraph\none\ntwo\n\nthree\r\n \t\r\nfour", "line\none\r\n\n  two\n\u{FEFF}x\n",
      "line\n\u{FEFF}a\n日本\n\u{2028}\n",
    ])

  private static func source(
    _ name: String, cases: Int, format: Mutator.Format, ending: String, seeds: [String]
  ) -> FuzzTarget {
    FuzzTarget(
      name, cases: cases, format: format, seeds: seeds.map { Array($0.utf8) }, errors: [CorpusBuildError.self]
    ) { bytes, folder in
      let line = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let file = try folder.write(Array(bytes[min(line + 1, bytes.count)...]), to: "source\(ending)")
      let suffix = String(decoding: bytes[..<line], as: UTF8.self)
      let source = try CorpusSource(parsing: "x=\(file.path)\(suffix.isEmpty ? "" : ":" + suffix)")
      var options = CorpusBuilder.Options(sample: 2, maximumCharacters: 1000, skipsInvalid: true)
      let lenient = Result { () throws(CorpusBuildError) in
        try CorpusBuilder(sources: [source], options: options).build()
      }
      options.skipsInvalid = false
      let build = try CorpusBuilder(sources: [source], options: options).build()
      guard case .success(let other) = lenient, other.corpus == build.corpus else {
        throw Finding("a file without fault is read otherwise where faults are passed over")
      }
      let counts = build.counts[0]
      let sum =
        counts.blank + counts.tooShort + counts.tooLong + counts.duplicates + counts.notSampled + counts.kept
      guard counts.read == sum else { throw Finding("the counts do not add up: \(counts)") }
      _ = build.table
    }
  }

  /// An argument of `corpus build`; nothing is opened.
  static let sourceArgument = FuzzTarget(
    "source-argument", cases: 12_000, format: .text,
    seeds: [
      "cpp=src/**/*.cpp", "x=a.jsonl:text", "x=a.csv:title+b", "x=C:\\notes.txt", "x=12:30.txt:paragraph",
      "x=a.json:.data.*.a\\.b", "x=b.tsv:\\#1",
    ].map { Array($0.utf8) },
    errors: [CorpusBuildError.self]
  ) { bytes, _ in
    let argument = String(decoding: bytes, as: UTF8.self)
    let source = try CorpusSource(parsing: argument)
    guard !source.domain.isEmpty, !source.path.isEmpty, argument.hasPrefix(source.domain) else {
      throw Finding("\(argument.debugDescription) is \(source)")
    }
  }

  /// A pattern in the first line and names in the others; then the pattern in a folder of some files.
  static let namePattern = FuzzTarget(
    "name-pattern", cases: 8_000, format: .text,
    seeds: [
      "*.txt\na.txt\nb.md\n.c.txt", "[a-c]?[!x]*\nabc\n[", "\\*\n*\na", "**/*\na/b",
      "a*b*c*d*e*f*\naaaaaaaaaaaaaaaaaaaaaa",
      "**/f?le[0-9].*\nx", "[]]\n]", ".*\n.hidden",
    ].map { Array($0.utf8) },
    errors: [CorpusBuildError.self]
  ) { bytes, folder in
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let pattern = NamePattern(lines[0])
    for name in lines.dropFirst() { _ = pattern.matches(String(name)) }
    // A pattern must not lead out of the folder.
    guard !lines[0].split(separator: "/").contains("..") else { return }
    if !FileManager.default.fileExists(atPath: folder.url.appending(path: "tree").path) {
      for name in ["file1.txt", "a/file2.txt", "a/b/[x].txt", "a/b/c/.hidden", "é/x*y", "abc"] {
        _ = try folder.write(Array("text of \(name)".utf8), to: "tree/\(name)")
      }
    }
    let source = try CorpusSource(parsing: "x=\(folder.url.appending(path: "tree").path)/\(lines[0])")
    do throws(CorpusBuildError) {
      _ = try CorpusBuilder(sources: [source], options: .init(skipsInvalid: true)).build()
    } catch .noFile {
      // Most patterns match nothing in so small a tree.
    }
  }
}
