import CorpusBuilder
import Foundation
import Profiler
import Testing

/// Files as people have them: our samples, and the raw files under `../shared/corpora`.
@Suite struct CorpusRawTests {
  private struct Golden: Decodable {
    let source: String
    let read: Int
    let kept: Int
    let characters: Int
    let checksum: String
  }

  private func build(_ source: String, in folder: URL = CorpusFixtures.shared.appending(path: "raw")) throws
    -> CorpusBuild
  {
    let source = try CorpusSource(parsing: "x=\(folder.path)/\(source)")
    return try CorpusBuilder(sources: [source]).build()
  }

  private func check(_ golden: Golden, _ build: CorpusBuild) {
    let texts = build.corpus.domains[0].texts.map(\.string)
    #expect(build.counts[0].read == golden.read, "\(golden.source)")
    #expect(texts.count == golden.kept, "\(golden.source)")
    #expect(texts.reduce(0) { $0 + $1.unicodeScalars.count } == golden.characters, "\(golden.source)")
    var checksum: UInt64 = 0xCBF2_9CE4_8422_2325
    for text in texts {
      for byte in Array(text.utf8) + [0xFF] { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    #expect(checksum == UInt64(golden.checksum, radix: 16), "\(golden.source)")
  }

  @Test func `every sample file gives the texts that Python reads`() throws {
    let goldens = try CorpusFixtures.golden("sample-files.json", as: [Golden].self)
    #expect(goldens.count == 8)
    for golden in goldens { check(golden, try build(golden.source, in: CorpusFixtures.samples)) }
  }

  @Test(.enabled(if: CorpusFixtures.hasShared, "needs ../shared/corpora"))
  func `every raw file gives the texts that Python reads`() throws {
    for golden in try CorpusFixtures.golden("raw.json", as: [Golden].self) { check(golden, try build(golden.source)) }
  }

  @Test(.enabled(if: CorpusFixtures.hasShared, "needs ../shared/corpora"))
  func `all seven domains are built in one go and read back`() throws {
    let fields = [
      "cpp=cpp.jsonl:prompt+canonical_solution", "python=python.jsonl:prompt+canonical_solution",
      "finance=finance-headlines.json:title", "math=math.jsonl:question+answer", "legal=legal.json:original_text",
      "medical=medical.csv:section_text", "bills=bills.jsonl:text",
    ]
    let raw = CorpusFixtures.shared.path + "/raw/"
    let sources = try fields.map { try CorpusSource(parsing: $0.replacing("=", with: "=\(raw)")) }
    let build = try CorpusBuilder(sources: sources, options: .init(sample: 30, seed: 1)).build()
    #expect(build.corpus.domains.map(\.name) == ["cpp", "python", "finance", "math", "legal", "medical", "bills"])
    #expect(build.counts.allSatisfy { $0.kept == 30 })
    let folder = try CorpusFolder()
    let url = folder.url.appending(path: "corpus.json")
    try build.corpus.write(to: url)
    #expect(try Corpus(contentsOf: url) == build.corpus)
  }

  /// `domains.json` was made from larger versions of these files, its texts trimmed, long ones cut. The number of its
  /// texts that the raw files hold was counted in Python.
  @Test(
    .enabled(if: CorpusFixtures.hasShared, "needs ../shared/corpora"),
    arguments: [
      ("cpp", "cpp.jsonl:prompt+canonical_solution", 34), ("python", "python.jsonl:prompt+canonical_solution", 27),
      ("math", "math.jsonl:question+answer", 26), ("legal", "legal.json:original_text", 64),
      ("bills", "bills.jsonl:text", 6), ("medical", "medical.csv:section_text", 2),
    ])
  func `the same texts stand in domains.json`(domain: String, source: String, count: Int) throws {
    let corpus = try Corpus(contentsOf: CorpusFixtures.shared.appending(path: "domains.json"))
    let expected = try #require(corpus.domains.first { $0.name == domain }).texts.map(\.string)
    let built = try build(source).corpus.domains[0].texts.map {
      $0.string.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let texts = Set(built)
    #expect(expected.count { texts.contains($0) } == count)
  }
}
