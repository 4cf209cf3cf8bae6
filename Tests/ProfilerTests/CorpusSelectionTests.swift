import CorpusBuilder
import Foundation
import Foundations
import Profiler
import Testing

@Suite struct CorpusSelectionTests {
  @Test func `SplitMix64 gives the numbers of the published algorithm`() {
    // The first numbers from seed 1234567, as listed for this generator on Rosetta Code.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test func `a bounded number is below its bound and every one comes up equally often`() {
    var generator = SplitMix64(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(generator.next(below: 7))] += 1 }
    // Chi-squared with 6 degrees of freedom exceeds 22.5 once in a thousand seeds; the seed is fixed.
    let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
    #expect(chiSquared < 22.5)
    #expect(generator.next(below: 1) == 0)
    #expect(generator.next(below: 0) == 0)
  }

  private struct Sample: Decodable {
    let domain: String
    let seed: String
    let texts: Int
    let sample: Int
    let kept: [Int]
  }

  @Test func `samples are those of a model in Python`() throws {
    for golden in try CorpusFixtures.golden("samples.json", as: [Sample].self) {
      let folder = try CorpusFolder(["a.txt": (0..<golden.texts).map { "\($0)\n" }.joined()])
      let seed = try #require(UInt64(golden.seed))
      let build = try folder.build(
        "\(golden.domain)=@/a.txt:line", options: .init(sample: golden.sample, seed: seed))
      #expect(build.corpus.domains[0].texts.map(\.string) == golden.kept.map(String.init))
      #expect(build.counts[0].notSampled == golden.texts - golden.kept.count)
    }
  }

  @Test func `every text is drawn equally often`() throws {
    let folder = try CorpusFolder(["a.txt": "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"])
    var counts = [Int](repeating: 0, count: 10)
    for seed in 0..<2_000 {
      let build = try folder.build("x=@/a.txt:line", options: .init(sample: 3, seed: UInt64(seed)))
      for text in build.corpus.domains[0].texts { counts[Int(text.string) ?? 0] += 1 }
    }
    // 600 expected of each, standard deviation 20.5.
    #expect(counts.allSatisfy { abs($0 - 600) < 90 })
  }

  @Test func `a domain's sample does not depend on its neighbours`() throws {
    let folder = try CorpusFolder(["a.txt": (0..<100).map { "\($0)\n" }.joined()])
    let options = CorpusBuilder.Options(sample: 5, seed: 1)
    let alone = try folder.build("x=@/a.txt:line", options: options)
    let together = try folder.build("y=@/a.txt:line", "x=@/a.txt:line", options: options)
    #expect(alone.corpus.domains[0] == together.corpus.domains[1])
    #expect(together.corpus.domains[0].texts != together.corpus.domains[1].texts)
  }

  @Test func `texts count as duplicates by their bytes`() throws {
    // U+00E9, and e with U+0301: equal as `String`, different for a tokenizer.
    let folder = try CorpusFolder(["a.txt": "\u{E9}\ne\u{301}\n\u{E9}\nabcdefgh\nabcdefghi\nabcdefgh\n"])
    let build = try folder.build("x=@/a.txt:line")
    #expect(
      build.corpus.domains[0].texts.map { CorpusText($0.content) }
        == [.string("\u{E9}"), .string("e\u{301}"), .string("abcdefgh"), .string("abcdefghi")])
    #expect(build.counts[0].duplicates == 2)
    #expect(try folder.texts("a.txt:line", options: .init(removesDuplicates: false)).count == 6)
  }

  @Test func `lengths are counted in scalars, and both bounds belong to the range`() throws {
    let folder = try CorpusFolder(["a.txt": "a\nab\nab\nabc\n👩‍🚀\nabcd\n \u{A0}\n"])
    let build = try folder.build("x=@/a.txt:line", options: .init(minimumCharacters: 2, maximumCharacters: 3))
    #expect(build.corpus.domains[0].texts.map(\.string) == ["ab", "abc", "👩‍🚀"])
    #expect(
      build.table == """
        domain  files  binary  invalid  texts  blank  too short  too long  duplicates  not drawn  kept
        x           1       0        0      7      1          1         1           1          0     3
        """)
  }

  @Test(arguments: [
    (CorpusBuilder.Options(sample: 0), "sample: expected at least 1, found 0"),
    (.init(minimumCharacters: -1), "minimum characters: expected at least 0, found -1"),
    (.init(minimumCharacters: 5, maximumCharacters: 4), "maximum characters: expected at least 5, found 4"),
    (.init(maximumCharacters: 0), "maximum characters: expected at least 1, found 0"),
    (
      .init(minimumCharacters: 3),
      "domain \"x\": none of 3 texts is kept: 1 blank, 2 too short, 0 too long, 0 invalid"
    ),
  ])
  func `options that keep nothing are refused`(options: CorpusBuilder.Options, message: String) throws {
    let folder = try CorpusFolder(["a.csv": "t,u\na,1\n,2\nb,3\n"])
    #expect(folder.refusal("x=@/a.csv:t", options: options) == message)
  }

  @Test func `a build without sources is refused`() {
    let error = #expect(throws: CorpusBuildError.self) { try CorpusBuilder(sources: []).build() }
    #expect(error?.description == "expected at least one source, domain=path")
  }
}
