import Foundation
import Profiler
import TestSupport
import Testing

@Suite struct CompareCommandTests {
  /// A profile of the tiny model in a folder of the name.
  private static func profile(_ folder: TemporaryFolder, _ name: String, _ more: String...) throws {
    let model = Tool.tinyModel
    let result = try Tool.run(
      ["profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path]
        + ["--output", folder.path(name), "--quiet"] + more)
    #expect(result.status == 0, "\(result.messages)")
  }

  private func compare(_ arguments: String...) throws -> Tool.Result {
    try Tool.run(["compare"] + arguments + ["--permutations", "200"])
  }

  private static let header =
    "metric,scope,layer,domain_a,domain_b,n_a,n_b,difference,hedges_g,g_low,g_high,t,df,p,q,p_permutation,p_maxt,p_tost,"
    + "verdict,paired,prefix,log,alpha,bound,seed,groups_a,groups_b,tokens_a,tokens_b,ratio,ratio_low,ratio_high,"
    + "texts_needed,length_check"

  @Test func `domains of a run are compared each with each`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder, "run", "--no-report")
    let result = try compare(folder.path("run"), "--scope", "all")
    #expect(result.status == 0)
    #expect(result.lines.count == 1)
    let place = try #require(result.messages.firstMatch(of: /results in \S*\/(comparisons\/[0-9a-f]{16}\.csv)\n/)).1
    #expect(result.output.contains("block_influence, all tokens: "))
    #expect(result.output.contains("cpp – "))
    #expect(result.output.contains("control of the arithmetic: none, nothing can be tested"))
    let table = try Table(folder.text("run/\(place)"))
    #expect(table.header.joined(separator: ",") == Self.header)
    #expect(table.rows.count == 17 * 21 * 4)
    // No domain of this corpus has the five texts that a test needs.
    #expect(table.rows.allSatisfy { $0[18] == "too few groups" && $0[13] == "nan" && $0[14] == "nan" })
    #expect(result.output.contains("too few to compare: "))
    #expect(Set(table.rows.map { $0[1] }) == ["all"])
    // The difference is that of the means in summary.csv.
    let summary = try Table(folder.text("run/summary.csv"))
    var means: [String: Double] = [:]
    for row in summary.rows.indices.map({ summary[$0] }) where row["scope"] == "all" {
      means["\(row["domain"] ?? "") \(row["metric"] ?? "") \(row["layer"] ?? "")"] = row["mean"].flatMap(Double.init)
    }
    for row in table.rows.indices.map({ table[$0] }) {
      let place = "\(row["metric"] ?? "") \(row["layer"] ?? "")"
      let a = try #require(means["\(row["domain_a"] ?? "") \(place)"])
      let b = try #require(means["\(row["domain_b"] ?? "") \(place)"])
      let found = try #require(row["difference"].flatMap(Double.init))
      #expect(abs(found - (a - b)) <= 1e-12 * max(abs(a), abs(b)))
    }
    // The same bytes again, with another number of threads.
    let before = try folder.text("run/\(place)")
    let again = try compare(folder.path("run"), "--scope", "all", "--threads", "3", "--quiet", "--format", "csv")
    #expect(again.output == before)
    #expect(try folder.text("run/\(place)") == before)
    #expect(try folder.names(in: "run/comparisons").count == 1)
  }

  @Test func `a text with a value that is not finite is left out, and said to be`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: [("a", [3, 3, 3]), ("b", [3, 3, 3])]) { metric, domain, text, scope, layer in
      let isBroken = metric == .absMean && domain == 0 && text == 1 && scope == .all && layer == 0
      return isBroken ? .nan : Double(domain + text) + 1
    }
    try run.write(to: folder.url.appending(path: "run"))
    let note = "left out: 1 text with values that are not finite, see texts.csv"
    let hit = try compare(folder.path("run"), "--metric", "abs_mean", "--scope", "all")
    #expect(hit.status == 0, "\(hit.output)\(hit.messages)")
    #expect(hit.output.contains(note), "\(hit.output)\(hit.messages)")
    let spared = try compare(folder.path("run"), "--metric", "block_influence")
    #expect(spared.status == 0)
    #expect(!spared.output.contains("left out"))
  }

  @Test func `metrics, scopes and scale are chosen`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder, "run")
    let scope = try compare(
      folder.path("run"), "--metric", "abs_mean", "--metric", "mean", "--scope", "without_first_token", "--scope",
      "all",
      "--output", folder.path("other/place"), "--format", "csv")
    let table = try Table(scope.output)
    #expect(try folder.names(in: "other/place") == ["comparisons"])
    // That of the profile: every metric in every scope.
    let scopes = Set(try Table(folder.text("run/texts.csv")).rows.map { $0[3] }).count
    #expect(try Table(folder.text("run/comparison.csv")).rows.count == 17 * scopes * 21 * 4)
    #expect(table.rows.count == 2 * 2 * 21 * 4)
    #expect(table.rows.first?.prefix(2) == ["mean", "all"])
    #expect(table.rows.last?.prefix(2) == ["abs_mean", "without_first_token"])
    let log = try compare(folder.path("run"), "--log", "--format", "json")
    let json = try object(log.output)
    let comparisons = try #require(json["comparisons"] as? [[String: Any]])
    // All but the four that may be negative.
    #expect(comparisons.count == 13)
    #expect(comparisons.allSatisfy { ($0["metric"] as? String).flatMap(Metric.init(rawValue:))?.isSigned == false })
    let settings = try #require(json["settings"] as? [String: Any])
    #expect(settings["log_scale"] as? Bool == true)
    #expect(settings["permutations"] as? Int == 200)
    for key in ["blocks", "bands", "omnibus"] { #expect(comparisons[0][key] is [Any]) }
    // No domain of this corpus has the ten texts that a split needs.
    let control = try #require(comparisons[0]["negative_control"] as? [String: Any])
    #expect(control["comparisons"] as? Int == 0)
    #expect(control["raw_share"] is NSNull)
    // By the metric, whatever the signs of its values.
    for metric in Metric.allCases where metric.isSigned {
      let refused = try compare(folder.path("run"), "--log", "--metric", metric.rawValue)
      #expect(refused.status == 64)
      #expect(refused.messages.contains("--log: \(metric) may be negative and has no logarithm"))
    }
  }

  @Test func `two runs are compared domain by domain, of other texts only when told so`() throws {
    let folder = try TemporaryFolder()
    try Self.profile(folder, "base", "--no-report", "--domain", "cpp,legal,python")
    try Self.profile(
      folder, "short", "--no-report", "--max-tokens", "20", "--domain", "python", "--domain", "cpp", "--domain", "bills"
    )
    let refused = try compare(folder.path("base"), folder.path("short"), "--metric", "abs_mean")
    #expect(refused.status == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.lines.count == 1)
    for part in ["short: expected the texts of the first run, found others", "longest text in tokens (", "--unpaired"] {
      #expect(refused.messages.contains(part), "\(refused.messages)")
    }
    let result = try compare(
      folder.path("base"), folder.path("short"), "--metric", "abs_mean", "--unpaired", "--format", "csv")
    #expect(result.status == 0, "\(result.messages)")
    let table = try Table(result.output)
    let pairs = Set(table.rows.map { "\($0[3])|\($0[4])" })
    #expect(pairs == ["cpp (base)|cpp (short)", "python (base)|python (short)"])
    #expect(table.rows.count == 2 * 4)
    #expect(table.rows.allSatisfy { $0[19] == "false" })
    let same = try compare(folder.path("base"), folder.path("base") + "/")
    #expect(same.status == 1)
    #expect(same.messages.contains("expected two runs, found the same one twice"))
    try Self.profile(folder, "later", "--no-report", "--skip-first-block")
    let blocks = try compare(folder.path("base"), folder.path("later"))
    #expect(blocks.messages.contains("later: expected blocks 0…3 as in the first run, found 1…3"))
    try Self.profile(folder, "bills", "--no-report", "--domain", "bills")
    let none = try compare(folder.path("base"), folder.path("bills"))
    #expect(none.messages.contains(#"expected a domain of the first run ("cpp", "python", "legal"), found "bills""#))
    #expect(try compare(folder.path("base"), "--unpaired").status == 64)
  }

  @Test func `texts of one length are compared where the run was cut to it`() throws {
    let folder = try TemporaryFolder()
    // Six texts a domain of 30 tokens and more, and two that are shorter.
    let domains = ["cpp", "legal"].enumerated().map { place, name in
      // No two are near-copies, which would share a group.
      let texts = (0..<8).map { text in
        (0..<(text < 2 ? 20 : 30 + text)).map { "\(($0 * $0 * (text + 1) + 7 * $0 + 31 * text + 17 * place) % 200)" }
      }
      return "\"\(name)\": [\(texts.map { "[\($0.joined(separator: ","))]" }.joined(separator: ","))]"
    }
    let corpus = try folder.write("{\(domains.joined(separator: ","))}", to: "corpus.json")
    func profile(_ name: String, _ more: String...) throws {
      let result = try Tool.run(
        ["profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path(name), "--quiet"]
          + ["--no-report"] + more)
      #expect(result.status == 0, "\(result.messages)")
    }
    try profile("whole")
    let refused = try compare(folder.path("whole"), "--match-tokens", "30")
    #expect(refused.status == 1)
    #expect(refused.lines.count == 1)
    for part in [
      "whole: expected first tokens up to the end of a bucket of positions (1, 8, 32, 128), found 30; ",
      "--max-tokens 30 --output ", "corpus.json",
    ] {
      #expect(refused.messages.contains(part), "\(refused.messages)")
    }
    try profile("cut", "--max-tokens", "30")
    let result = try compare(
      folder.path("cut"), "--match-tokens", "30", "--metric", "abs_mean", "--scope", "all", "--format", "csv")
    #expect(result.status == 0, "\(result.messages)")
    let texts = try Table(folder.text("cut/texts.csv"))
    let long = texts.rows.filter { $0[2] == "30" && $0[3] == "all" && $0[4] == "0" && $0[0] == "cpp" }.count
    let row = try #require(Table(result.output).rows.first { $0[3] == "cpp" })
    #expect(row[5] == "\(long)")
    #expect(row[20] == "30")
    #expect(row[27] == "\(30 * long)")
    #expect(long == 6)
  }

  @Test func `mistakes are told in one line and leave nothing behind`() throws {
    let folder = try TemporaryFolder()
    let missing = try compare(folder.path("none"))
    #expect(missing.status == 1)
    #expect(missing.lines.count == 1)
    #expect(missing.messages.contains("none/profile.sqlite"))
    for (option, value, expected) in [
      ("--alpha", "1", "a number between 0 and 1"), ("--equivalence-bound", "0", "a positive number"),
      ("--permutations", "0", "at least 1"), ("--match-tokens", "0", "at least 1"), ("--threads", "0", "at least 1"),
      ("--output", "", "a path"),
    ] {
      let result = try Tool.run("compare", "run", option, value)
      #expect(result.status == 64)
      #expect(result.messages.contains("\(option): expected \(expected), found "))
    }
    #expect(try Tool.run("compare", "run", "--metric", "size").status == 64)
    try Self.profile(folder, "run")
    let before = try folder.names(in: "run")
    let spectral = try compare(folder.path("run"), "--output", folder.path("run/texts.csv"))
    #expect(spectral.status == 1)
    #expect(spectral.messages.contains("cannot write: expected a folder, found a file"))
    #expect(try folder.names(in: "run") == before)
  }
}
