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
    let folder = try TemporaryFolder()
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
    #expect(found["0"] == ["identical"])
    #expect(found["2"] == ["different"])
    #expect(found["1"].map { $0.isSubset(of: ["equivalent", "negligible"]) } == true, "\(found)")
    // As if the texts were others, nothing of this is to be seen.
    #expect(try verdicts(compare("--format", "csv", "--unpaired"))["1"] == ["inconclusive"])
    let table = try compare().output
    for part in [
      "abs_mean, without sinks, paired: 2 different", "2 identical",
      "the runs differ in path of the model (models/m, models/tuned), precision (float32, bfloat16)",
      "paired text by text: 60 texts of the same tokens in both runs\n",
      "g is positive where base is larger than tuned",
    ] { #expect(table.contains(part), "\(part): \(table)") }
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("a  ") || $0.hasPrefix("domains  ") }
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.count <= 100 })
    let json = try object(compare("--format", "json").output)
    #expect(json["design"] as? String == "paired")
    let differences = try #require(json["differences"] as? [[String: String]])
    #expect(differences.contains(["name": "precision", "first": "float32", "second": "bfloat16"]))
  }

  @Test func `texts of one run only are left out and counted, where the other has all of its own`() throws {
    let folder = try TemporaryFolder()
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
    let folder = try TemporaryFolder()
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
    #expect(refused.status == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.lines.count == 1)
    #expect(refused.messages.contains("second: expected the texts of the first run, found others: "))
    #expect(refused.messages.contains(what == "texts" ? "59 of 60 and 60 have the same tokens;" : "(512, 25)"))
    #expect(try !folder.names(in: "first").contains("comparisons"))
    let told = try Tool.run(
      "compare", folder.path("first"), folder.path("second"), "--metric", "abs_mean", "--unpaired", "--permutations",
      "99")
    #expect(told.status == 0, "\(told.messages)")
    #expect(told.output.contains("compared as independent samples: 60 texts of first and 60 of second"))
  }

  /// A first token that is massive.
  private static func sink(_ position: Int) -> SinkToken {
    SinkToken(
      firstLayer: 1, largest: MassiveActivation(layer: 1, position: position, dimension: 3, value: 5000), token: 0,
      text: "x")
  }

  @Test func `texts whose sinks are other tokens in the other run are left out without sinks, and only there`() throws {
    let folder = try TemporaryFolder()
    for (name, shift) in [("base", 0.0), ("tuned", 0.05)] {
      var run = Self.run(shift)
      run.sinks = { domain, text in
        [Self.sink(0)] + (shift > 0 && domain == 0 && text < 3 ? [Self.sink(1)] : [])
      }
      try run.write(to: folder.url.appending(path: name))
    }
    func compare(_ more: String...) throws -> Tool.Result {
      try Tool.run(
        ["compare", folder.path("base"), folder.path("tuned"), "--metric", "abs_mean", "--permutations", "99"] + more)
    }
    let counts = try ["without_sinks", "without_first_token", "all"].map { scope in
      let table = try Table(compare("--format", "csv", "--scope", scope).output)
      return Set(table.rows.indices.map { "\(table[$0]["domain_a"] ?? "") \(table[$0]["n_a"] ?? "")" })
    }
    #expect(counts[0] == ["a (base) 27", "b (base) 30"])
    #expect(counts[1] == ["a (base) 30", "b (base) 30"])
    #expect(counts[2] == counts[1])
    let printed = try compare().output
    #expect(printed.contains("left out without sinks: 3 texts with other sinks in one run than in the other\n"))
    #expect(!printed.contains("not finite"))
    // The same sinks in both: nothing is left out.
    var other = Self.run(0.1)
    other.sinks = { _, _ in [Self.sink(0)] }
    try other.write(to: folder.url.appending(path: "other"))
    let alike = try Tool.run(
      "compare", folder.path("base"), folder.path("other"), "--metric", "abs_mean", "--permutations", "99")
    #expect(alike.status == 0)
    #expect(!alike.output.contains("other sinks"))
  }

  @Test func `runs that were asked for the same and hold other numbers have files of their own, and paths are said`()
    throws
  {
    let folder = try TemporaryFolder()
    for (name, shift) in [("base", 0.0), ("first", 0.05), ("second", 0.1), ("again", 0.1)] {
      var run = Self.run(shift)
      if name == "first" { run.model = "elsewhere/m" }
      try run.write(to: folder.url.appending(path: name))
    }
    func compare(_ name: String) throws -> Tool.Result {
      try Tool.run("compare", folder.path("base"), folder.path(name), "--metric", "abs_mean", "--permutations", "99")
    }
    let moved = try compare("first").output
    #expect(moved.contains("the runs differ in path of the model (models/m, elsewhere/m)\n"))
    #expect(try folder.names(in: "base/comparisons").count == 1)
    let same = try compare("second").output
    #expect(
      same.contains("the runs were asked for the same, as far as their models are told apart: by shapes and a sample"))
    #expect(try folder.names(in: "base/comparisons").count == 2)
    #expect(try compare("again").status == 0)
    #expect(try folder.names(in: "base/comparisons").count == 2)
  }

  @Test func `texts with values that are not finite in one of two runs are counted once`() throws {
    let folder = try TemporaryFolder()
    try Self.run(0).write(to: folder.url.appending(path: "base"))
    var other = Self.run(0.05)
    let value = other.value
    other.value = { metric, domain, text, scope, layer in
      domain == 0 && text < 4 ? .nan : value(metric, domain, text, scope, layer)
    }
    try other.write(to: folder.url.appending(path: "other"))
    let result = try Tool.run(
      "compare", folder.path("base"), folder.path("other"), "--metric", "abs_mean", "--permutations", "99")
    #expect(
      result.output.contains("left out: 4 texts with values that are not finite, see texts.csv\n"), "\(result.output)")
  }

  @Test func `a spectrum, which is not taken without sinks, is compared without the first token`() throws {
    let folder = try TemporaryFolder()
    var run = Self.run(0)
    run.metrics += Metric.Group.spectrum.metrics
    try run.write(to: folder.url.appending(path: "run"))
    func compare(_ more: String...) throws -> Tool.Result {
      try Tool.run(["compare", folder.path("run"), "--permutations", "99"] + more)
    }
    let table = try Table(compare("--format", "csv").output)
    let scopes = table.rows.indices.map { "\(table[$0]["metric"] ?? "") \(table[$0]["scope"] ?? "")" }
    #expect(scopes.contains("effective_rank without_first_token"))
    #expect(scopes.contains("abs_mean without_sinks"))
    #expect(!scopes.contains("effective_rank without_sinks"))
    #expect(!scopes.contains("abs_mean without_first_token"))
    let refused = try compare("--metric", "effective_rank", "--scope", "without_sinks")
    #expect(refused.status == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.lines.count == 1)
    #expect(
      refused.messages.contains(
        "--scope: expected all or without_first_token for effective_rank, found without_sinks"))
  }

  @Test func `metrics stand in the order of the table of metrics, whatever their scopes`() throws {
    let folder = try TemporaryFolder()
    var run = Self.run(0)
    run.metrics = Metric.allCases
    try run.write(to: folder.url.appending(path: "run"))
    let names = Metric.allCases.map(\.rawValue)
    func compare(_ format: String) throws -> String {
      try Tool.run("compare", folder.path("run"), "--permutations", "99", "--format", format).output
    }
    func inOrder(_ rows: [String]) -> [String] { rows.reduce(into: []) { if $0.last != $1 { $0.append($1) } } }
    let tables = try compare("table").matches(of: /(?:^|\n)(\w+), (?:without|of)/).map { String($0.output.1) }
    #expect(tables == names)
    #expect(try inOrder(Table(compare("csv")).rows.map { $0[0] }) == names)
    let json = try #require(object(compare("json"))["comparisons"] as? [[String: Any]])
    #expect(json.map { $0["metric"] as? String } == names)
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    #expect(try inOrder(Table(folder.text("run/comparison.csv")).rows.map { $0[0] }) == names)
  }

  @Test func `a metric of one run only is an error that names the other run and the option that measures it`() throws {
    let folder = try TemporaryFolder()
    try Self.run(0).write(to: folder.url.appending(path: "plain"))
    var run = Self.run(0.05)
    run.metrics = Metric.allCases
    try run.write(to: folder.url.appending(path: "full"))
    for (metric, option) in [("nll", "--nll"), ("stable_rank", "--spectrum")] {
      for runs in [["plain", "full"], ["full", "plain"], ["plain"]] {
        let result = try Tool.run(["compare"] + runs.map(folder.path) + ["--metric", metric, "--permutations", "99"])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
          result.messages
            == "Error: \(folder.path("plain")): expected the metric \(metric), found none; profile its texts "
            + "again with \(option) and another --output\n", "\(result.messages)")
      }
      #expect(try Tool.run("compare", folder.path("full"), "--metric", metric, "--permutations", "99").status == 0)
    }
  }

  @Test func `domains whose names are alike but for their bytes are told apart, in two runs and in pools`() throws {
    let folder = try TemporaryFolder()
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    for (name, shift) in [("base", 0.0), ("tuned", 0.05)] {
      var run = Self.run(shift)
      run.domains = [
        (composed, run.domains[0].tokens), (decomposed, run.domains[1].tokens.dropLast(4)), ("c", [9, 8, 7]),
      ]
      try run.write(to: folder.url.appending(path: name))
    }
    func rows(_ arguments: String...) throws -> [[String]] {
      let result = try Tool.run(
        ["compare", folder.path("base")] + arguments + ["--metric", "abs_mean", "--format", "csv"])
      #expect(result.status == 0, "\(result.messages)")
      return try Table(result.output).rows.filter { $0[2] == "1" }
    }
    func names(_ row: [String]) -> [[UInt8]] { row[3...4].map { Array($0.utf8) } }
    let paired = try rows(folder.path("tuned"))
    #expect(names(paired[0]) == ["\(composed) (base)", "\(composed) (tuned)"].map { Array($0.utf8) })
    #expect(names(paired[1]) == ["\(decomposed) (base)", "\(decomposed) (tuned)"].map { Array($0.utf8) })
    #expect(paired.map { $0[5] } == ["30", "26", "3"])
    let pooled = try rows("--pool", "\(decomposed)=\(composed)", "--pool", "\(composed)=\(decomposed),c")
    #expect(pooled.map { Array($0[5...6]) } == [["30", "29"]])
    #expect(names(pooled[0]) == [decomposed, composed].map { Array($0.utf8) })
  }

  @Test func `copies of a text count once, in comparisons and rankings, and are said`() throws {
    let folder = try TemporaryFolder()
    // 30 texts a domain, all but four of them copies of the first: twenty copies make no evidence.
    try Self.run(0, copies: Set(4..<30)).write(to: folder.url.appending(path: "run"))
    let csv = try Tool.run("compare", folder.path("run"), "--metric", "abs_mean", "--format", "csv")
    let table = try Table(csv.output)
    #expect(table.rows.allSatisfy { $0[5] == "4" && $0[6] == "4" && $0[18] == "too few groups" && $0[13] == "nan" })
    #expect(csv.messages.contains("copies of other texts, which do not count: a 26, b 26"))
    let json = try object(Tool.run("compare", folder.path("run"), "--metric", "abs_mean", "--format", "json").output)
    let domains = try #require(json["domains"] as? [[String: Any]])
    #expect(domains.map { $0["texts"] as? Int } == [4, 4])
    #expect(domains.map { $0["copies"] as? Int } == [26, 26])
    // Files stay over all texts.
    #expect(try Tool.run("export", folder.path("run"), "--no-report", "--quiet").status == 0)
    #expect(try Table(folder.text("run/a.csv"))[0]["texts"] == "30")
    let counts = try #require(folder.json("run/manifest.json")["counts"] as? [String: Any])
    #expect(counts["copies"] as? Int == 52)
    let prune = try object(Tool.run("prune", folder.path("run"), "--blocks", "1", "--format", "json", "--quiet").output)
    #expect(prune["copies"] as? Int == 52)
  }

  @Test func `where a domain has one distinct text the stability of a ranking is unknown, not certain`() throws {
    let folder = try TemporaryFolder()
    try Self.run(0, copies: Set(1..<30)).write(to: folder.url.appending(path: "run"))
    let table = try Tool.run("prune", folder.path("run"), "--blocks", "1").output
    #expect(!table.contains("100 %"))
    #expect(table.contains("how sure this order is cannot be said"))
    let json = try object(Tool.run("prune", folder.path("run"), "--blocks", "1", "--format", "json").output)
    #expect(json["same_blocks_share"] is NSNull)
    let ranking = try #require(json["ranking"] as? [[String: Any]])
    #expect(ranking.allSatisfy { $0["among_least_share"] is NSNull })
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    #expect(try !folder.text("run/report.html").contains("in 100 % of"))
  }

  @Test func `nll is compared once for each pair, not at every block`() throws {
    let folder = try TemporaryFolder()
    var run = Self.run(0)
    run.metrics.append(.nll)
    run.domains.append(("c", run.domains[0].tokens))
    try run.write(to: folder.url.appending(path: "run"))
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let table = try Table(folder.text("run/comparison.csv"))
    let rows = table.rows.indices.map { table[$0] }.filter { $0["metric"] == "nll" }
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { $0["scope"] == "" && $0["layer"] == "" && $0["n_a"] == "30" })
    let printed = try Tool.run("compare", folder.path("run"), "--metric", "nll", "--permutations", "99")
    #expect(printed.status == 0, "\(printed.output)")
    #expect(printed.output.hasPrefix("nll, of the whole text: "), "\(printed.output)")
  }
}
