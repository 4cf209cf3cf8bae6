import Foundation
import Profiler
import TestSupport
import Testing

/// Lengths, domains that vanish, and pools.
@Suite struct ComparedTextsTests {
  private func run(_ domains: [(name: String, tokens: [Int])], maximum: Int = 512) -> MadeUpRun {
    var run = MadeUpRun(domains: domains) { metric, domain, text, scope, layer in
      2 + MadeUpRun.noise(domain, text, layer) + (domain == 0 ? 3 : 0)
    }
    run.maximumTokens = maximum
    return run
  }

  private func compare(_ run: MadeUpRun, _ more: String...) throws -> Tool.Result {
    let folder = try TemporaryFolder()
    try run.write(to: folder.url.appending(path: "run"))
    return try Tool.run(
      ["compare", folder.path("run"), "--metric", "abs_mean", "--permutations", "99"] + more)
  }

  @Test func `where lengths hardly overlap there is no verdict, and where they do there is`() throws {
    let short = (0..<10).map { 20 + $0 }
    let apart = try compare(run([("long", short.map { $0 * 10 }), ("short", short), ("brief", short)]))
    #expect(apart.output.contains(", 4 without a verdict (lengths hardly overlap)\n"), "\(apart.output)")
    #expect(apart.output.contains("lengths hardly overlap, so that a difference may be one of length"))
    #expect(apart.output.contains("domains have): long – short 0 and 0, long – brief 0 and 0\n"))
    let alike = try compare(run([("one", short), ("other", short.map { $0 + 1 })]))
    #expect(alike.status == 0)
    #expect(!alike.output.contains("overlap"))
  }

  @Test func `domains that have no text of the length are named, and none at all is an error`() throws {
    let enough = [Int](repeating: 40, count: 8)
    let short = [Int](repeating: 30, count: 8)
    let few = [40, 40] + [Int](repeating: 30, count: 6)
    let some = try compare(
      run([("a", enough), ("b", enough), ("gone", short), ("rest", few)], maximum: 40), "--match-tokens", "40",
      "--format", "csv")
    #expect(some.status == 0, "\(some.messages)")
    #expect(
      some.messages.contains("fewer than 5 distinct texts of at least 40 tokens, too few to compare: gone 0, rest 2"))
    let table = try Table(some.output)
    #expect(!table.rows.contains { $0[3] == "gone" || $0[4] == "gone" })
    #expect(table.rows.contains { $0[4] == "rest" })
    let none = try compare(run([("a", enough), ("gone", short), ("out", short)], maximum: 40), "--match-tokens", "40")
    #expect(none.status == 1)
    #expect(none.output.isEmpty)
    #expect(none.lines.count == 1)
    // Two texts are too few to be tested: nothing would be.
    let little = try compare(run([("a", enough), ("rest", few)], maximum: 40), "--match-tokens", "40")
    #expect(little.status == 1, "\(little.messages)")
    #expect(little.messages.contains(#"found "a" 8, "rest" 2"#), "\(little.messages)")
    #expect(
      none.messages.contains(
        #"expected at least 5 distinct texts of at least 40 tokens to compare in two domains, found "a" 8, "gone" 0, "out" 0"#
      ),
      "\(none.messages)")
  }

  private static let tokens = (0..<8).map { 20 + $0 }
  private var four: MadeUpRun {
    run([
      ("cpp", Self.tokens), ("legal", Self.tokens), ("python", Self.tokens.map { $0 + 8 }),
      ("bills", Self.tokens.dropLast(2)),
    ])
  }

  @Test func `texts are pooled into new domains, whose shares are printed`() throws {
    let result = try compare(
      four, "--pool", "code=cpp,python", "--pool", "prose=bills", "--format", "csv", "--scope", "all")
    #expect(result.status == 0, "\(result.messages)")
    let table = try Table(result.output)
    #expect(table.rows.count == 2)
    #expect(table.rows.allSatisfy { Array($0[3...6]) == ["code", "prose", "16", "6"] })
    #expect(result.messages.contains("code: cpp 8 texts (50 %), python 8 (50 %)\n"))
    #expect(result.messages.contains("prose: bills 6 texts (100 %)\n"))
    // The mean is that of all texts.
    let values = (0..<8).flatMap { text in
      [5 + MadeUpRun.noise(0, text, 0), 2 + MadeUpRun.noise(2, text, 0)]
    }
    let others = (0..<6).map { 2 + MadeUpRun.noise(3, $0, 0) }
    let expected = values.reduce(0, +) / 16 - others.reduce(0, +) / 6
    #expect(try abs(#require(Double(table.rows[0][7])) - expected) < 1e-12)
  }

  @Test(arguments: [
    (
      ["--pool", "x=cpp,rust"],
      #"pool "x": expected domains of the run ("cpp", "legal", "python", "bills"), found "rust""#
    ),
    (["--pool", "x=cpp,legal", "--pool", "y=cpp"], #"pools: expected each domain once, found "cpp" twice"#),
    (["--pool", "x=cpp,cpp"], #"pools: expected each domain once, found "cpp" twice"#),
    (["--pool", "x=cpp", "--pool", "x=legal"], #"pools: expected different names, found "x" twice"#),
  ])
  func `pools that cannot be are refused in one line`(options: [String], message: String) throws {
    let folder = try TemporaryFolder()
    try four.write(to: folder.url.appending(path: "run"))
    let result = try Tool.run(["compare", folder.path("run")] + options)
    #expect(result.status == 1, "\(result.messages)")
    #expect(result.lines.count == 1, "\(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test func `copies are told across the domains of a pool`() throws {
    // The texts of legal are those of cpp, token for token.
    var shared = four
    shared.sharesTexts = true
    let result = try compare(shared, "--pool", "x=cpp,legal", "--pool", "y=python", "--format", "csv")
    #expect(try Table(result.output).rows.allSatisfy { $0[5] == "8" && $0[6] == "8" })
    #expect(result.messages.contains("copies of other texts, which do not count: x 8"))
    #expect(result.messages.contains("x: cpp 8 texts (100 %), legal 0 (0 %)"))
  }

  @Test func `a report of pools is of the pools, and never in the place of the run's own`() throws {
    let folder = try TemporaryFolder()
    try four.write(to: folder.url.appending(path: "run"))
    let pools = ["--pool", "code=cpp,python", "--pool", "prose=legal,bills"]
    let refused = try Tool.run(["report", folder.path("run")] + pools)
    #expect(refused.status == 64)
    #expect(refused.messages.contains("expected --output with a folder other than the run's"))
    let result = try Tool.run(["report", folder.path("run"), "--output", folder.path("pooled"), "--quiet"] + pools)
    #expect(result.status == 0, "\(result.messages)")
    #expect(try folder.names(in: "run") == ["profile.sqlite"])
    #expect(try Set(folder.names(in: "pooled")) == ["comparisons", "figures", "report.html"])
    let page = try folder.text("pooled/report.html")
    #expect(page.contains("code"))
    #expect(page.contains("prose"))
    #expect(!page.contains("cpp – python"))
  }

  @Test func `what a page of pools counts is in the pools`() throws {
    let folder = try TemporaryFolder()
    var run = four
    run.sinks = { domain, text in
      domain < 2 && text == 0
        ? [SinkToken(firstLayer: 1, largest: MassiveActivation(layer: 1, position: 0, dimension: 3, value: 5000))] : []
    }
    run.emptyTexts = 3
    run.nonFinite = { domain, text in
      text == 1 && domain < 3 ? [NonFinite(cause: .zeroNorm, layer: 0, count: 1)] : []
    }
    try run.write(to: folder.url.appending(path: "run"))
    let result = try Tool.run(
      "report", folder.path("run"), "--output", folder.path("pooled"), "--quiet", "--pool", "code=cpp,python", "--pool",
      "prose=bills")
    #expect(result.status == 0, "\(result.messages)")
    let page = try folder.text("pooled/report.html")
    // Of four domains with sinks in two, empty texts in all and values that are not finite in three.
    #expect(page.contains("in 1 of 22 texts"))
    #expect(page.contains("9 texts skipped as empty, 2 texts not finite"))
    #expect(!page.contains("in 2 of 30 texts"))
  }
}
