import Foundation
import Profiler
import TestSupport
import Testing

/// Two runs, and which texts of them are compared.
@Suite struct ComparedRunsTests {
  /// Texts that differ much among themselves, and a run of which differs a little from another one's.
  private static func run(_ shift: Double, texts: Int = 30, copies: Set<Int> = []) -> MadeUpRun {
    let tokens = (0..<texts).map { copies.contains($0) ? 20 : 20 + $0 }
    var run = MadeUpRun(domains: [("a", tokens), ("b", tokens)]) { metric, domain, text, scope, layer in
      let own = MadeUpRun.noise(domain, text) + 0.2 * MadeUpRun.noise(domain, text, layer)
      let reading = 0.002 * MadeUpRun.noise(domain, text, layer, Int(1000 * shift))
      return 5 + own + (shift == 0 || layer == 0 ? 0 : reading + (layer == 2 ? 10 * shift : 0))
    }
    run.layers = 0..<3
    run.copies = copies
    return run
  }

  private func verdicts(_ result: Tool.Result, _ metric: String = "abs_mean") throws -> [String: Set<String>] {
    let table = try Table(result.output)
    var found: [String: Set<String>] = [:]
    for row in table.rows.indices.map({ table[$0] }) where row["metric"] == metric {
      found[row["layer"] ?? "", default: []].insert(row["verdict"] ?? "")
    }
    return found
  }

  @Test func `the same texts are paired: what is alike is found alike, what differs different`() throws {
    let folder = try Folder()
    try Self.run(0).write(to: folder.url.appending(path: "base"))
    var other = Self.run(0.05)
    other.precision = "bfloat16"
    other.model = "models/tuned"
    try other.write(to: folder.url.appending(path: "tuned"))
    func compare(_ more: String...) throws -> Tool.Result {
      try Tool.run(
        ["compare", folder.path("base"), folder.path("tuned"), "--metric", "abs_mean", "--permutations", "199"] + more)
    }
    let paired = try compare("--format", "csv")
    #expect(paired.status == 0, "\(paired.messages)")
    let found = try verdicts(paired)
    #expect(found["0"] == ["identical"] && found["2"] == ["different"])
    #expect(found["1"].map { $0.isSubset(of: ["equivalent", "negligible"]) } == true, "\(found)")
    // As if the texts were others, nothing of this is to be seen.
    #expect(try verdicts(compare("--format", "csv", "--unpaired"))["1"] == ["inconclusive"])
    let table = try compare().output
    for part in [
      "abs_mean, without sinks, paired: 2 different", "2 identical",
      "the runs differ in precision (float32, bfloat16)",
      "paired text by text: 60 texts of the same tokens in both runs\n",
      "g is positive where base is larger than tuned",
    ] { #expect(table.contains(part), "\(part): \(table)") }
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("a  ") || $0.hasPrefix("domains  ") }
    #expect(rows.count == 2 && rows.allSatisfy { $0.count <= 100 })
    let json = try object(compare("--format", "json").output)
    #expect(json["design"] as? String == "paired")
    let differences = try #require(json["differences"] as? [[String: String]])
    #expect(differences.contains(["name": "precision", "first": "float32", "second": "bfloat16"]))
  }

  @Test func `texts of one run only are left out and counted, where the other has all of its own`() throws {
    let folder = try Folder()
    try Self.run(0).write(to: folder.url.appending(path: "all"))
    try Self.run(0.05, texts: 25).write(to: folder.url.appending(path: "some"))
    let result = try Tool.run(
      "compare", folder.path("all"), folder.path("some"), "--metric", "abs_mean", "--permutations", "99")
    #expect(result.status == 0, "\(result.messages)")
    #expect(
      result.output.contains(
        "paired text by text: 50 texts of the same tokens in both runs; left out: 10 only in all\n"))
    let csv = try Tool.run(
      "compare", folder.path("some"), folder.path("all"), "--metric", "abs_mean", "--permutations", "99", "--format",
      "csv")
    #expect(try Table(csv.output)[0]["n_b"] == "25")
    #expect(csv.messages.contains("left out: 10 only in all"))
  }

  @Test(arguments: ["lengths", "texts"])
  func `runs each of which has texts that the other has not are refused`(what: String) throws {
    let folder = try Folder()
    var first = Self.run(0)
    var second = Self.run(0.05)
    if what == "lengths" {
      second.maximumTokens = 25
      second.domains = second.domains.map { ($0.name, $0.tokens.map { min($0, 25) }) }
    } else {
      first.domains[0].tokens[3] = 700
      second.domains[0].tokens[3] = 800
    }
    try first.write(to: folder.url.appending(path: "first"))
    try second.write(to: folder.url.appending(path: "second"))
    let refused = try Tool.run("compare", folder.path("first"), folder.path("second"), "--metric", "abs_mean")
    #expect(refused.status == 1 && refused.output.isEmpty && refused.lines.count == 1)
    #expect(refused.messages.contains("second: expected the texts of the first run, found others: "))
    #expect(refused.messages.contains(what == "texts" ? "59 of 60 and 60 have the same tokens;" : "(512, 25)"))
    #expect(try !folder.contents("first").contains("comparisons"))
    let told = try Tool.run(
      "compare", folder.path("first"), folder.path("second"), "--metric", "abs_mean", "--unpaired", "--permutations",
      "99")
    #expect(told.status == 0, "\(told.messages)")
    #expect(told.output.contains("compared as independent samples: 60 texts of first and 60 of second"))
  }

  @Test func `copies of a text count once, in comparisons and rankings, and are said`() throws {
    let folder = try Folder()
    // 30 texts a domain, all but four of them copies of the first: twenty copies make no evidence.
    try Self.run(0, copies: Set(4..<30)).write(to: folder.url.appending(path: "run"))
    let csv = try Tool.run("compare", folder.path("run"), "--metric", "abs_mean", "--format", "csv")
    let table = try Table(csv.output)
    #expect(table.rows.allSatisfy { $0[5] == "4" && $0[6] == "4" && $0[18] == "too few groups" && $0[13] == "nan" })
    #expect(csv.messages.contains("copies of other texts, which do not count: a 26, b 26"))
    let json = try object(Tool.run("compare", folder.path("run"), "--metric", "abs_mean", "--format", "json").output)
    let domains = try #require(json["domains"] as? [[String: Any]])
    #expect(domains.map { $0["texts"] as? Int } == [4, 4] && domains.map { $0["copies"] as? Int } == [26, 26])
    // Files stay over all texts.
    #expect(try Tool.run("export", folder.path("run"), "--no-report", "--quiet").status == 0)
    #expect(try Table(folder.read("run/a.csv"))[0]["texts"] == "30")
    let counts = try #require(folder.json("run/manifest.json")["counts"] as? [String: Any])
    #expect(counts["copies"] as? Int == 52)
    let prune = try object(Tool.run("prune", folder.path("run"), "--blocks", "1", "--format", "json", "--quiet").output)
    #expect(prune["copies"] as? Int == 52)
  }

  @Test func `where a domain has one distinct text the stability of a ranking is unknown, not certain`() throws {
    let folder = try Folder()
    try Self.run(0, copies: Set(1..<30)).write(to: folder.url.appending(path: "run"))
    let table = try Tool.run("prune", folder.path("run"), "--blocks", "1").output
    #expect(!table.contains("100 %") && table.contains("how sure this order is cannot be said"))
    let json = try object(Tool.run("prune", folder.path("run"), "--blocks", "1", "--format", "json").output)
    #expect(json["same_blocks_share"] is NSNull)
    let ranking = try #require(json["ranking"] as? [[String: Any]])
    #expect(ranking.allSatisfy { $0["among_least_share"] is NSNull })
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    #expect(try !folder.read("run/report.html").contains("in 100 % of"))
  }

  @Test func `nll is compared once for each pair, not at every block`() throws {
    let folder = try Folder()
    var run = Self.run(0)
    run.metrics.append(.nll)
    run.domains.append(("c", run.domains[0].tokens))
    try run.write(to: folder.url.appending(path: "run"))
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let table = try Table(folder.read("run/comparison.csv"))
    let rows = table.rows.indices.map { table[$0] }.filter { $0["metric"] == "nll" }
    #expect(rows.count == 3 && rows.allSatisfy { $0["scope"] == "" && $0["layer"] == "" && $0["n_a"] == "30" })
    let printed = try Tool.run("compare", folder.path("run"), "--metric", "nll", "--permutations", "99")
    #expect(printed.status == 0 && printed.output.hasPrefix("nll, of the whole text: "), "\(printed.output)")
  }
}
