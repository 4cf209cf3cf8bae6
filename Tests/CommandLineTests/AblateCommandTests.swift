import Foundation
import LlamaCore
import TestSupport
import Testing

/// What removals cost, from a shell.
@Suite struct AblateCommandTests {
  private static let corpus = Tool.tinyModel.appending(path: "corpus.json").path

  private func run(_ folder: TemporaryFolder, _ run: String, _ more: [String] = []) throws -> Tool.Result {
    try tool("ablate", folder, run, more)
  }

  private func tool(_ command: String, _ folder: TemporaryFolder, _ run: String, _ more: [String]) throws -> Tool.Result
  {
    try Tool.run(
      [command, "--model", Tool.tinyModel.path, "--corpus", Self.corpus, "--output", folder.path(run), "--no-report"]
        + more)
  }

  @Test func `an ablation writes its files and prints the verdicts of every domain`() throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "run", ["--effects"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    for domain in ["cpp", "legal"] { #expect(result.output.contains(domain)) }
    let names = try folder.names(in: "run")
    for name in [
      "ablation.csv", "ablation_summary.csv", "effects.csv", "proxies.csv", "ablation_comparison.csv", "texts.csv",
      "manifest.json",
    ] {
      #expect(names.contains(name), "\(name)")
    }

    let table = try Table(folder.text("run/ablation.csv"))
    #expect(
      table.header
        == [
          "domain", "text", "tokens", "part", "layer", "head", "nll", "delta_nll", "kl", "top1", "output_change_mean",
          "output_change_max",
        ])
    // The unchanged model, four blocks, attentions and MLPs, on 17 texts.
    #expect(table.rows.count == 17 * 13)
    for text in 0..<17 {
      let rows = table.rows[text * 13..<(text + 1) * 13]
      let base = try #require(rows.first)
      #expect(base[3] == "none")
      #expect(base[6].isEmpty == (base[2] == "1"))
      for row in rows.dropFirst() {
        if let nll = Double(row[6]), let whole = Double(base[6]), let delta = Double(row[7]) {
          #expect(delta == nll - whole)
        } else {
          #expect(row[2] == "1")
        }
        #expect(try #require(Double(row[8])) >= 0)
      }
    }
    let summary = try Table(folder.text("run/ablation_summary.csv"))
    #expect(summary.rows.count == 7 * 12)
    for row in summary.rows { #expect(["harmless", "harmful", "open"].contains(row.last ?? "")) }
    let effects = try Table(folder.text("run/effects.csv"))
    // Of four places the later ones: 3 + 2 + 1 for each part, in seven domains.
    #expect(effects.rows.count == 7 * 3 * 6)
    let proxies = try Table(folder.text("run/proxies.csv"))
    #expect(Set(proxies.rows.map { $0[1] }).isSubset(of: ["all", "without_first_token", "without_sinks"]))
    #expect(Set(proxies.rows.map { $0[2] }).contains("block_influence"))

    let comparison = try Table(folder.text("run/ablation_comparison.csv"))
    #expect(
      comparison.header
        == [
          "part", "layer", "head", "domain_a", "domain_b", "texts_a", "texts_b", "difference", "low", "high", "p", "q",
          "different",
        ])
    // Twelve parts in 21 pairs of seven domains.
    #expect(comparison.rows.count == 12 * 21)
    #expect(result.output.contains("domains compared: ") || result.output.contains("domains not compared: "))
  }

  @Test func `one domain is not compared, and the comparison of a replaced run goes`() throws {
    let folder = try TemporaryFolder()
    #expect(try run(folder, "run", ["--parts", "mlp"]).status == 0)
    #expect(try folder.names(in: "run").contains("ablation_comparison.csv"))
    let single = try run(folder, "run", ["--parts", "mlp", "--domain", "cpp", "--force"])
    #expect(single.status == 0, "\(single.messages)")
    #expect(!single.output.contains("compared"))
    #expect(try !folder.names(in: "run").contains("ablation_comparison.csv"))
    #expect(try folder.names(in: "run").contains("ablation.csv"))
  }

  @Test func `the report of an ablation has its section, with pictures as files`() throws {
    let folder = try TemporaryFolder()
    #expect(try run(folder, "run", ["--effects"]).status == 0)
    #expect(
      try Tool.run("report", folder.path("run"), "--permutations", "100", "--output", folder.path("page")).status == 0)
    let page = try folder.text("page/report.html")
    #expect(page.contains("<section id=\"removals\">"))
    let pictures = try folder.names(in: "page/figures")
    for name in ["delta_nll.block", "delta_nll.mlp", "block_influence.removals"] {
      #expect(page.contains("data-key=\"\(name)\"") && pictures.contains("\(name).svg"), "\(name)")
    }
    #expect(pictures.contains { $0.contains(".proxy.") } && pictures.contains { $0.hasPrefix("effects.block.") })
  }

  @Test func `the profile of an ablation is that of profile --nll, byte for byte`() throws {
    let folder = try TemporaryFolder()
    #expect(try run(folder, "ablation", ["--parts", "block"]).status == 0)
    #expect(try tool("profile", folder, "profile", ["--nll"]).status == 0)
    for name in ["texts.csv", "summary.csv", "massive.csv", "cpp.csv"] {
      #expect(try folder.text("ablation/\(name)") == folder.text("profile/\(name)"), "\(name)")
    }
  }

  @Test(arguments: [["attention:2"], ["mlp:0"], ["block:1"], ["block:1", "keep"], ["head:2.3"]])
  func `a removal costs what the changed model costs`(unit: [String]) throws {
    let folder = try TemporaryFolder()
    let keep = unit.count > 1 ? ["--keep-first"] : []
    #expect(try run(folder, "run", ["--heads", "2"] + keep).status == 0)
    let table = try Table(folder.text("run/ablation.csv"))
    #expect(try tool("profile", folder, "alone", ["--nll", "--skip", unit[0]] + keep).status == 0)
    let alone = try Table(folder.text("alone/texts.csv"))
    let column = try #require(alone.header.firstIndex(of: "nll"))
    var wanted: [String: String] = [:]
    for row in alone.rows { wanted["\(row[0]) \(row[1])"] = row[column] }
    let pieces = unit[0].split { ":.".contains($0) }.map(String.init)
    let rows = table.rows.filter {
      $0[3] == pieces[0] && $0[4] == pieces[1] && $0[5] == (pieces.count > 2 ? pieces[2] : "")
    }
    #expect(rows.count == 17)
    for row in rows { #expect(row[6] == wanted["\(row[0]) \(row[1])"], "\(row)") }
  }

  @Test(arguments: [[], ["--keep-first"]])
  func `a span costs what the model without its blocks costs`(words: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "run", ["--spans", "2", "--parts", "none", "--effects"] + words)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains("span2:1"))
    #expect(!result.output.contains("block:"))
    let table = try Table(folder.text("run/ablation.csv"))
    // The unchanged model and three spans, on 17 texts.
    #expect(table.rows.count == 17 * 4)
    #expect(try tool("profile", folder, "alone", ["--nll", "--skip", "block:1-2"] + words).status == 0)
    let alone = try Table(folder.text("alone/texts.csv"))
    let column = try #require(alone.header.firstIndex(of: "nll"))
    var wanted: [String: String] = [:]
    for row in alone.rows { wanted["\(row[0]) \(row[1])"] = row[column] }
    let rows = table.rows.filter { $0[3] == "span" && $0[4] == "1" }
    #expect(rows.count == 17)
    for row in rows {
      #expect(row[5].isEmpty)
      #expect(row[6] == wanted["\(row[0]) \(row[1])"], "\(row)")
    }
    // Behind the last block: two blocks behind the first span, one behind the second.
    let effects = try Table(folder.text("run/effects.csv"))
    #expect(
      effects.rows.filter { $0[0] == "cpp" }.map { [$0[1], $0[2], $0[3]] } == [
        ["span", "0", "2"], ["span", "0", "3"], ["span", "1", "3"],
      ])
    let other = try run(folder, "run", ["--spans", "3", "--parts", "none", "--effects"] + words)
    #expect(other.messages.contains("span3:0-1"), "\(other.messages)")
  }

  @Test func `a mean in place of what is removed is part of the run, and the same bytes with any threads`() throws {
    let folder = try TemporaryFolder()
    let words = ["--parts", "block,mlp", "--spans", "2"]
    let means = words + ["--replace", "mean", "--select", "1"]
    for (run, options) in [("run", means), ("one", means + ["--threads", "1"]), ("zero", words)] {
      let result = try self.run(folder, run, options)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.output.contains("leaves its mean over at most 1 text of the domain") == (run != "zero"))
    }
    let table = try folder.text("run/ablation.csv")
    #expect(try folder.text("one/ablation.csv") == table)
    let (rows, zeros) = (try Table(table).rows, try Table(folder.text("zero/ablation.csv")).rows)
    #expect(rows.count == 17 * 12)
    for (row, zero) in zip(rows, zeros) {
      #expect(row[0...5] == zero[0...5])
      #expect((row[8] == zero[8]) == (row[3] == "none"), "\(row)")
    }
    let manifest = try JSONSerialization.jsonObject(with: Data(folder.text("run/manifest.json").utf8))
    let settings = try #require((manifest as? [String: Any])?["settings"] as? [String: Any])
    #expect(settings["ablation"] as? String == "block:0-3 mlp:0-3 span2:0-2 mean1")
    try FileManager.default.removeItem(at: folder.url.appending(path: "run/ablation.csv"))
    #expect(try Tool.run("export", folder.path("run"), "--no-report").status == 0)
    #expect(try folder.text("run/ablation.csv") == table)
    // The means take a reading of their own.
    for (options, readings) in [(means, 2), (words, 1)] {
      let dry = try self.run(folder, "dry", options + ["--dry-run", "--format", "json"])
      let plan = try JSONSerialization.jsonObject(with: Data(dry.output.utf8)) as? [String: Any]
      #expect(plan?["readings"] as? Int == readings, "\(dry.messages)")
    }
    let other = try self.run(folder, "run", words)
    #expect(
      other.messages.contains("span2:0-2 mean1 there, block:0-3 mlp:0-3 span2:0-2 asked for"), "\(other.messages)")
  }

  @Test func `a finished ablation is found finished, exported again to the same bytes, and another one is refused`()
    throws
  {
    let folder = try TemporaryFolder()
    #expect(try run(folder, "run", ["--effects"]).status == 0)
    let names = ["ablation.csv", "ablation_summary.csv", "effects.csv", "proxies.csv", "ablation_comparison.csv"]
    let before = try names.map { try folder.text("run/\($0)") }
    let again = try run(folder, "run", ["--effects"])
    #expect(again.messages.contains("is finished, nothing was profiled"))
    for name in names { try FileManager.default.removeItem(at: folder.url.appending(path: "run/\(name)")) }
    #expect(try Tool.run("export", folder.path("run"), "--no-report").status == 0)
    #expect(try names.map { try folder.text("run/\($0)") } == before)
    let other = try run(folder, "run", ["--parts", "mlp"])
    #expect(other.status == 1)
    #expect(
      other.messages.contains("removals block:0-3 attention:0-3 mlp:0-3 effects there, mlp:0-3 asked for"),
      "\(other.messages)")
    let plain = try tool("profile", folder, "run", ["--nll"])
    #expect(plain.messages.contains("effects there, none asked for"), "\(plain.messages)")
    // A profile in its place leaves nothing of it.
    #expect(try tool("profile", folder, "run", ["--nll", "--force"]).status == 0)
    #expect(try Set(folder.names(in: "run")).isDisjoint(with: names))
  }

  @Test func `memory so small that a text takes several readings changes no byte`() throws {
    let folder = try TemporaryFolder()
    #expect(try run(folder, "wide").status == 0)
    // What the longest text takes with one removal, and a little more.
    let least = try run(folder, "narrow", ["--memory-limit", "1MB", "--threads", "1"])
    let needed = try #require(least.messages.firstMatch(of: /at least ([\d.]+) MB/).flatMap { Double($0.1) })
    let limit = ["--memory-limit", "\(Int((needed + 0.2) * 1e6))", "--threads", "1"]
    let dry = try run(folder, "narrow", ["--dry-run", "--format", "json"] + limit)
    #expect(dry.status == 0, "\(dry.messages)")
    let plan = try #require(JSONSerialization.jsonObject(with: Data(dry.output.utf8)) as? [String: Any])
    #expect(try #require(plan["readings"] as? Int) > 4)
    #expect(plan["removals"] as? Int == 12)
    #expect(!FileManager.default.fileExists(atPath: folder.path("narrow")))
    #expect(try run(folder, "narrow", limit).status == 0)
    for name in ["ablation.csv", "ablation_summary.csv", "proxies.csv", "texts.csv"] {
      #expect(try folder.text("wide/\(name)") == folder.text("narrow/\(name)"), "\(name)")
    }
  }

  @Test(arguments: [
    (["--parts", "neck"], "--parts: expected block, attention and mlp as a list, found \"neck\""),
    (["--parts", "head"], "--parts: expected block, attention and mlp as a list"),
    (["--parts", "span"], "--parts: expected block, attention and mlp as a list"),
    (["--parts", "none"], "--parts none: expected --heads or --spans beside it"),
    (["--spans", "1"], "--spans: expected at least 2 blocks, found 1"),
    (["--spans", "4"], "--spans: expected 2 to 3 blocks of the model's 4, found 4"),
    (["--select", "3"], "--select goes with --remove or --replace mean"),
    (["--replace", "mean", "--select", "0"], "--select: expected at least 1 text, found 0"),
    (["--replace", "mean", "--heads", "1"], "--heads and --replace mean exclude each other"),
    (["--heads", "x"], "--heads: expected numbers of blocks"),
    (["--heads", "4"], "--heads 4: expected a block from 0 to 3, found 4"),
    (["--keep-first", "--layers", "0,1"], "--keep-first and --layers exclude each other"),
    (["--memory-limit", "1MB"], "expected a memory limit of at least"),
  ])
  func `an ablation that cannot be is refused in one line`(words: [String], message: String) throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "run", words)
    #expect(result.status != 0)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/profile.sqlite")))
  }

  @Test func `copies of a text have their rows, and count once in summaries and proxies`() throws {
    let folder = try TemporaryFolder()
    func summary(_ texts: String, _ run: String) throws -> [String] {
      let corpus = try folder.write(#"{"a": [\#(texts)]}"#, to: "\(run).json")
      let result = try Tool.run(
        "ablate", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path(run), "--no-report",
        "--effects", "--quiet")
      #expect(result.status == 0, "\(result.messages)")
      return try ["ablation_summary.csv", "proxies.csv", "effects.csv"].map { try folder.text("\(run)/\($0)") }
    }
    let distinct = try summary("[3, 4, 5, 6], [7, 8, 9]", "distinct")
    #expect(try summary("[3, 4, 5, 6], [7, 8, 9], [3, 4, 5, 6]", "copied") == distinct)
    #expect(try Table(folder.text("copied/ablation.csv")).rows.count == 3 * 13)
  }

  @Test func `steps added to a finished run are those of a run that had them from the beginning`() throws {
    let folder = try TemporaryFolder()
    let steps = ["--remove", "2", "--rules", "greedy,one_shot,block_influence"]
    #expect(try run(folder, "later", ["--parts", "block"]).status == 0)
    #expect(try !folder.names(in: "later").contains("removal.csv"))
    let before = try folder.text("later/ablation.csv")
    let later = try run(folder, "later", ["--parts", "block"] + steps)
    #expect(later.status == 0, "\(later.messages)")
    #expect(try run(folder, "once", ["--parts", "block", "--threads", "1"] + steps).status == 0)
    for name in ["ablation.csv", "removal.csv", "ablation_summary.csv"] {
      #expect(try folder.text("later/\(name)") == folder.text("once/\(name)"), "\(name)")
    }
    #expect(try before == folder.text("later/ablation.csv"))
    // The command as it was first given keeps what was added.
    let again = try run(folder, "later", ["--parts", "block"])
    #expect(again.messages.contains("finished"), "\(again.messages)")
    #expect(try folder.names(in: "later").contains("removal.csv"))
    #expect(again.output.contains("units removed one after the other"))
    // A suggestion to prune as many blocks says what their removal together costs on held-out texts.
    let table = try Table(folder.text("once/removal.csv"))
    let second = table.rows.filter { $0[0] == "greedy" && $0[1] == "2" && $0[5] == "held_out" }
    let costs = try second.map { try #require(Double($0[7])) }
    let cost = costs.reduce(0, +) / Double(costs.count)
    let said = try Tool.run("prune", folder.path("once"), "--blocks", "2").messages
    let words = #/on texts by which no rule chose: greedy (-?[0-9.e-]+) \(blocks /#
    let together = try #require(said.firstMatch(of: words).flatMap { Double($0.1) }, "\(said)")
    #expect(abs(together - cost) <= 1e-3 * abs(cost))
    #expect(
      try !Tool.run("prune", folder.path("once"), "--blocks", "3").messages.contains("one after the other in the run"))
    #expect(
      try !Tool.run("prune", folder.path("once"), "--blocks", "2", "--domain", "legal").messages.contains(
        "one after the other in the run"))
  }

  @Test func `the steps of a rule cost what the changed models cost`() throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "run", ["--parts", "block,mlp", "--remove", "2", "--rules", "greedy"])
    #expect(result.status == 0, "\(result.messages)")
    let table = try Table(folder.text("run/removal.csv"))
    #expect(
      table.header
        == ["rule", "step", "part", "layer", "domain", "split", "nll", "delta_nll", "low", "high", "perplexity"])
    #expect(Set(table.rows.map { $0[0] }) == ["greedy", "last", "random"])
    // Of two texts one chooses, and the other is measured.
    for domain in ["legal", "medical"] {
      let greedy = table.rows.filter { $0[0] == "greedy" && $0[4] == domain && $0[1] == "2" }
      #expect(Set(greedy.map { $0[5] }) == ["chosen", "held_out"])
      let first = try #require(table.rows.first { $0[0] == "greedy" && $0[4] == domain && $0[1] == "1" })
      let units = [first, greedy[0]].flatMap { ["--skip", "\($0[2]):\($0[3])"] }
      #expect(try tool("profile", folder, domain, ["--nll"] + units).status == 0)
      let alone = try Table(folder.text("\(domain)/texts.csv"))
      let column = try #require(alone.header.firstIndex(of: "nll"))
      #expect(Set(greedy.map { $0[6] }) == Set(alone.rows.filter { $0[0] == domain }.map { $0[column] }))
    }
    let output = result.output
    #expect(output.contains("random"))
    #expect(output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(arguments: [
    (["--remove", "0"], "--remove: expected a number from 1"), (["--rules", "greedy"], "--rules is of --remove"),
    (["--remove", "2", "--rules", "fast"], "--rules: expected greedy"),
    (["--remove", "2", "--rules", "cosine"], "--rules: expected greedy"),
    (["--remove", "2", "--rules", "effective_rank"], "a metric that the run measures"),
    (["--remove", "2", "--parts", "mlp", "--rules", "block_influence"], "a metric orders blocks"),
    (["--remove", "5", "--parts", "block"], "at most 4"),
    (["--remove", "4", "--parts", "block", "--protect", "mlp:0"], "at most 3"),
    (["--remove", "1", "--protect", "head:0.1"], "--protect"),
    (["--remove", "1", "--protect", "block:99"], "--protect block:99: expected a block from 0 to 3, found 99"),
    (["--remove", "99999999999"], "expected a number from 1 to 10000"), (["--margin", "-1"], "--margin"),
  ])
  func `what cannot be removed in steps is refused in one line`(arguments: [String], message: String) throws {
    let folder = try TemporaryFolder()
    let result = try run(folder, "run", arguments)
    #expect(result.status != 0)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/profile.sqlite")))
  }

  @Test func `texts of which none is left to measure on are refused before anything is computed`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write("[[1,2,3],[1,2,3]]", to: "corpus.json")
    let result = try Tool.run(
      "ablate", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--remove", "1")
    #expect(result.status == 1)
    #expect(result.messages.contains("two different texts"), "\(result.messages)")
  }

  @Test func `the margin decides verdicts and can be changed`() throws {
    let folder = try TemporaryFolder()
    func verdicts(_ margin: String) throws -> Set<String> {
      #expect(try run(folder, "run", ["--parts", "block", "--margin", margin]).status == 0)
      return try Set(
        Table(folder.text("run/ablation_summary.csv")).rows.filter { $0[4] != "0" && $0[4] != "1" }.map { $0[11] })
    }
    #expect(try verdicts("1000") == ["harmless"])
    #expect(try !verdicts("0").contains("harmless") || verdicts("0") != ["harmless"])
    #expect(try folder.text("run/manifest.json").contains("\"margin\": 0"))
  }
}
