import Foundation
import LlamaCore
import ProfileReport
import Profiler
import Testing

@Suite struct RunRecordTests {
  private static let header =
    "domain,text,tokens,scope,layer,mean,abs_mean,std,relative_norm,block_influence,angular_distance,"
    + "attention_abs_mean,mlp_abs_mean,attention_relative_norm,mlp_relative_norm,residual_max_abs"

  /// A row of eleven cells.
  private static func row(_ keys: String, _ first: String = "1.5") -> String {
    keys + "," + ([first] + (2...11).map { "\($0).25" }).joined(separator: ",")
  }

  /// A folder with the two files that are read.
  private func folder(_ texts: String, manifest: String? = nil) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Data(texts.utf8).write(to: folder.url.appending(path: "texts.csv"))
    let manifest = manifest ?? #"{"domains": [{"name": "a", "texts": 1}]}"#
    try Data(manifest.utf8).write(to: folder.url.appending(path: "manifest.json"))
    return folder
  }

  @Test(arguments: [false, true])
  func `a run that was written is read back bit for bit`(skipsFirstBlock: Bool) throws {
    let golden = try #require(GoldenModel.all.first)
    let model = try LlamaModel(directory: golden.directory)
    let corpus = try golden.texts().corpus
    let folder = try TemporaryFolder()
    let writer = try RunWriter(directory: folder.url, domains: corpus.domains.map(\.name))
    var texts: [TextProfile] = []
    let profiler = CorpusProfiler(corpus: corpus, model: model, skipsFirstBlock: skipsFirstBlock)
    let profile = try profiler.profile(with: model) {
      texts.append($0)
      try writer.add($0)
    }
    try writer.finish(profile, manifest: try SmallRun.manifest())

    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.layers == texts.first?.layers && record.metrics == Metric.standard)
    #expect(record.scopes == Scope.allCases)
    #expect(record.nonFiniteCells == 0 && record.missingCells == 0)
    #expect(record.domains.map(\.name) == corpus.domains.map(\.name))
    let found = record.domains.flatMap { domain in domain.texts.map { (domain.name, $0) } }
    #expect(found.count == texts.count)
    for ((domain, text), expected) in zip(found, texts) {
      #expect(TextIdentity(domain: domain, index: text.index) == expected.text && text.tokens == expected.tokens)
      for scope in Scope.allCases {
        let rows = expected.rows(scope).map { row in Metric.standard.map { row[$0] } }
        #expect(expected.layers.compactMap { text.row(scope, $0) } == rows)
      }
    }
    let samples = record.samples(.absMean, .withoutFirstToken)
    #expect(samples.map(\.name) == corpus.domains.map(\.name))
    let long = texts.filter { $0.tokens > 1 }
    #expect(samples.flatMap(\.values) == long.map { $0.rows(.withoutFirstToken).map { $0[.absMean] } })
  }

  @Test func `names that need quotes come back, and what is not finite is kept, counted and out of the samples`() throws
  {
    let folder = try TemporaryFolder()
    let run = SmallRun(blocks: [[(1, .nan, 1)], [(0, 1, 1)], [(2, 2, -0.5)]])
    let writer = try RunWriter(directory: folder.url, domains: [SmallRun.domain])
    try writer.finish(try run.profile(sink: writer.add), manifest: try SmallRun.manifest())
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == [SmallRun.domain])
    #expect(record.scopes == [.all])
    // Eleven of the text with a nan, and what has no direction in the one with a zero.
    #expect(record.nonFiniteCells == 11 + 4)
    let relative = try #require(record.metrics.firstIndex(of: .relativeNorm))
    #expect(record.domains[0].texts[1].row(.all, 0)?[relative] == .infinity)
    #expect(record.samples(.relativeNorm, .all)[0].values.count == 1)
    #expect(record.samples(.absMean, .all)[0].values.count == 2)
    #expect(record.samples(.absMean, .withoutFirstToken)[0].values.isEmpty)
  }

  @Test func `an empty cell is missing, and infinities have a sign`() throws {
    let texts = [Self.header, Self.row("a,0,3,all,0", ""), Self.row("a,0,3,all,1", "-inf"), ""].joined(separator: "\n")
    let folder = try folder(texts)
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.missingCells == 1 && record.nonFiniteCells == 1)
    #expect(record.domains[0].texts[0].row(.all, 0)?[0].isNaN == true)
    #expect(record.domains[0].texts[0].row(.all, 1)?[0] == -.infinity)
    #expect(record.domains[0].texts[0].row(.all, 2) == nil)
  }

  @Test func `a domain without a text keeps its place`() throws {
    let manifest = #"{"domains": [{"name": "empty", "texts": 0}, {"name": "a", "texts": 1}]}"#
    let folder = try folder(Self.header + "\n" + Self.row("a,0,3,all,0"), manifest: manifest)
    let record = try RunRecord(contentsOf: folder.url)
    #expect(record.domains.map(\.name) == ["empty", "a"] && record.domains.map(\.texts.count) == [0, 1])
  }

  /// Rows after a header, and how the refusal ends.
  private static let refusals: [(rows: [String], reason: String)] = [
    ([], "line 2: expected at least one row, found none"),
    ([row("a,0,3,all,0", "x")], #"line 2, column "mean": expected a number, found "x""#),
    ([row("a,0,3,all,0", "0x1p3")], #"line 2, column "mean": expected a number, found "0x1p3""#),
    ([row("a,0,3,all,0", "1e999")], #"line 2, column "mean": expected a number, found "1e999""#),
    ([row("a,0,3,all,0", "infinity")], #"line 2, column "mean": expected a number, found "infinity""#),
    (["a,0,3,all,0,1"], "line 2: expected 16 columns, found 6"),
    ([row("a,-1,3,all,0")], #"line 2, column "text": expected an integer from 0 to 1099511627776, found "-1""#),
    (
      [row("a,0,99999999999999999999,all,0")],
      #"line 2, column "tokens": expected an integer from 0 to 1099511627776, found "99999999999999999999""#
    ),
    ([row("a,0,3,some,0")], #"line 2, column "scope": expected all or without_first_token, found "some""#),
    ([row("a,0,3,all,0"), row("a,0,3,all,2")], #"line 3, column "layer": expected 1, found 2"#),
    (
      [row("a,0,3,all,0"), row("a,0,3,all,1"), row("a,1,3,all,0"), row("a,2,3,all,0")],
      #"line 4, column "layer": expected blocks 0…1, found 0…0"#
    ),
    (
      [row("a,0,3,all,0"), row("a,0,4,all,1")],
      #"line 3, column "tokens": expected 3 as in the text's first row, found 4"#
    ),
    ([row("a,1,3,all,0"), row("a,0,3,all,0")], #"line 3, column "text": expected more than 1, found 0"#),
    (
      [row("a,0,3,without_first_token,0")],
      #"line 2, column "scope": expected rows of the scope all before these, found none"#
    ),
    (
      [row("a,0,3,all,0"), row("b,0,3,all,0"), row("a,1,3,all,0")],
      #"line 4, column "domain": expected the rows of "a" in one place, found them in two"#
    ),
    ([row("\"a,0,3,all,0")], "line 2: expected a closing quote, found the end of the file"),
  ]

  @Test(arguments: refusals.indices)
  func `a row that is not as it should be is refused by line and column`(case: Int) throws {
    let (rows, reason) = Self.refusals[`case`]
    let folder = try folder(([Self.header] + rows).joined(separator: "\n") + "\n")
    let error = #expect(throws: RunReadError.self) { try RunRecord(contentsOf: folder.url) }
    #expect(error?.description == "\(folder.url.relativePath)/texts.csv, \(reason)")
  }

  @Test(arguments: [
    ("domain,text", #"column "tokens": expected this column in place 3, found 2 columns"#),
    (
      header.replacing("abs_mean,std", with: "std"), #"column "abs_mean": expected this column in place 7, found "std""#
    ),
    (header + ",more", #"column "more": expected "#),
    (header + ",mean", #"column "mean": expected "#),
    ("", "expected a header, found nothing"),
  ])
  func `a header that is not as it should be is refused`(header: String, reason: String) throws {
    let folder = try folder(header)
    let error = #expect(throws: RunReadError.self) { try RunRecord(contentsOf: folder.url) }
    #expect(error?.description.contains("texts.csv, line 1") == true)
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("{}", "domains: expected a list, found nothing"),
    (#"{"domains": [{"name": "a"}]}"#, "domains: expected objects with name and texts, found an object"),
    (#"{"domains": [{"name": "a", "texts": 2}]}"#, #"domain "a": expected 2 texts in texts.csv, found 1"#),
    (#"{"domains": []}"#, #"domains: expected "a", which texts.csv has, found nothing"#),
    ("{", "cannot read: "),
  ])
  func `a manifest of another run is refused`(manifest: String, reason: String) throws {
    let folder = try folder(Self.header + "\n" + Self.row("a,0,3,all,0"), manifest: manifest)
    let error = #expect(throws: RunReadError.self) { try RunRecord(contentsOf: folder.url) }
    #expect(error?.description.hasPrefix("\(folder.url.relativePath)/manifest.json: \(reason)") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `a folder without a run is refused by the file that is missing`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: RunReadError.self) { try RunRecord(contentsOf: folder.url) }
    #expect(
      error?.description == "\(folder.url.relativePath)/manifest.json: cannot read: No such file or directory")
  }
}
