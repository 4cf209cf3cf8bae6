import Foundation
import Profiler
import TestSupport
import Testing

/// More than two runs in order, and plans of runs to come.
@Suite struct OrderedRunsTests {
  /// Two domains of 20 texts, of which block 1 grows by a tenth a step in the first domain.
  private static func run(_ step: Int) -> MadeUpRun {
    let tokens = (0..<20).map { 20 + $0 }
    var run = MadeUpRun(domains: [("a", tokens), ("b", tokens)]) { metric, domain, text, _, layer in
      let own = 5 + MadeUpRun.noise(domain, text, layer) + 0.01 * MadeUpRun.noise(step, domain, text, layer)
      return own + (layer == 1 && domain == 0 ? 0.1 * Double(step) : 0)
    }
    run.layers = 0..<3
    return run
  }

  private func write(_ folder: TemporaryFolder, steps: Int) throws -> [String] {
    for step in 0..<steps { try Self.run(step).write(to: folder.url.appending(path: "step-\(step)")) }
    return (0..<steps).map { folder.path("step-\($0)") }
  }

  @Test func `runs in order are each compared with the first, and the change along the order is found`() throws {
    let folder = try TemporaryFolder()
    let runs = try write(folder, steps: 4)
    let options = ["--metric", "abs_mean", "--permutations", "99"]
    let printed = try Tool.run(["compare"] + runs + options)
    #expect(printed.status == 0, "\(printed.messages)")
    #expect(printed.output.contains("abs_mean, without sinks, each run against step-0\n"), "\(printed.output)")
    for step in 1...3 { #expect(printed.output.contains("\nstep-\(step) ")) }
    #expect(
      printed.output.contains(
        /along the order: 1 rising, 0 falling, 5 neither \(q < 0.05\); steepest a, block 1: \+1\.\d\d % a run\n/),
      "\(printed.output)")
    #expect(
      printed.output.split(separator: "\n").filter { $0.hasPrefix("step-") && !$0.contains(": ") }.allSatisfy {
        $0.count <= 100
      })
    let names = try folder.names(in: "step-0/comparisons")
    #expect(names.count == 4)
    let order = try #require(names.first { $0.hasSuffix("-order.csv") })
    let table = try Table(folder.text("step-0/comparisons/\(order)"))
    #expect(table.rows.count == 6)
    let rising = try #require(table.rows.indices.map { table[$0] }.first { $0["domain"] == "a" && $0["layer"] == "1" })
    #expect(rising["texts"] == "20" && rising["groups"] == "20")
    #expect(rising["runs"] == "4")
    #expect(try abs(#require(rising["slope"].flatMap(Double.init)) - 0.1) < 0.01)
    #expect(try #require(rising["q"].flatMap(Double.init)) < 1e-6)
    // Each pair's file is that of the pair by itself.
    let alone = try Tool.run(["compare", runs[0], runs[2], "--format", "csv"] + options)
    #expect(try folder.names(in: "step-0/comparisons") == names)
    let together = try Tool.run(["compare"] + runs + options + ["--format", "csv"])
    let rows = try Table(together.output).rows
    #expect(rows.count == 3 * 6)
    #expect(try Table(alone.output).rows.allSatisfy(rows.contains))
    let json = try object(Tool.run(["compare"] + runs + options + ["--format", "json"]).output)
    #expect((json["against_first"] as? [Any])?.count == 3)
    #expect((json["along_the_order"] as? [Any])?.count == 6)
    let twice = try Tool.run(["compare"] + runs + [runs[1]] + options)
    #expect(twice.status == 1)
    #expect(twice.messages.contains("expected two runs, found the same one twice"))
  }

  @Test func `runs of which one lacks texts are compared along the order in the texts of all`() throws {
    let folder = try TemporaryFolder()
    let runs = try write(folder, steps: 2)
    var short = Self.run(2)
    short.domains = short.domains.map { ($0.name, Array($0.tokens.prefix(15))) }
    try short.write(to: folder.url.appending(path: "short"))
    let result = try Tool.run(
      ["compare"] + runs + [folder.path("short"), "--metric", "abs_mean", "--permutations", "99", "--format", "json"])
    #expect(result.status == 0, "\(result.messages)")
    let trends = try #require(object(result.output)["along_the_order"] as? [[String: Any]])
    #expect(trends.count == 6)
    #expect(trends.allSatisfy { $0["texts"] as? Int == 15 && $0["runs"] as? Int == 3 })
    // Not paired: nothing is known of a text's change.
    let unpaired = try Tool.run(
      ["compare"] + runs + [folder.path("short"), "--unpaired", "--metric", "abs_mean", "--permutations", "99"])
    #expect(unpaired.status == 0, "\(unpaired.messages)")
    #expect(!unpaired.output.contains("along the order"))
  }

  @Test func `a plan prints the texts that each difference takes, and writes nothing`() throws {
    let folder = try TemporaryFolder()
    let runs = try write(folder, steps: 2)
    let words = ["compare", runs[0], "--metric", "abs_mean", "--plan", "2%", "--plan", "0.5"]
    let table = try Tool.run(words)
    #expect(table.status == 0, "\(table.messages)")
    #expect(table.output.hasPrefix("abs_mean, without sinks: texts per domain\ndifference"), "\(table.output)")
    #expect(table.output.contains("\n2% "))
    // 64 texts a domain find an effect of 0.5 with a power of 80 %, whatever the block.
    #expect(table.output.contains(/\ng = 0\.5 +64 +\d +64 +64 +\d\n/), "\(table.output)")
    #expect(try folder.names(in: "step-0") == ["profile.sqlite"])
    let plans = try #require(object(Tool.run(words + ["--format", "json"]).output)["plans"] as? [[String: Any]])
    let blocks = try #require(plans.first?["blocks"] as? [[String: Any]])
    #expect(blocks.count == 3)
    for block in blocks {
      let texts = try #require(block["texts"] as? [String: Int])
      #expect(texts["0.5"] == 64)
      let (mean, deviation) = (try #require(block["mean"] as? Double), try #require(block["deviation"] as? Double))
      // The normal approximation: (1.96 + 0.84)² · 2 / d².
      let expected = 15.7 * pow(deviation / (0.02 * mean), 2)
      #expect(try abs(Double(#require(texts["2%"])) - expected) <= 0.05 * expected + 2)
    }
    let pairs = try Tool.run("compare", runs[0], runs[1], "--metric", "abs_mean", "--plan", "2%")
    #expect(pairs.output.hasPrefix("abs_mean, without sinks: pairs\n"), "\(pairs.output)")
    // Of texts in groups it is groups that count.
    var grouped = Self.run(0)
    grouped.group = { domain, text in "\(domain) \(text / 2)" }
    try grouped.write(to: folder.url.appending(path: "grouped"))
    let groups = try Tool.run("compare", folder.path("grouped"), "--metric", "abs_mean", "--plan", "0.5")
    #expect(groups.output.hasPrefix("abs_mean, without sinks: groups per domain\n"), "\(groups.output)")
    #expect(groups.output.contains(/\ng = 0\.5 +64 +\d +64 +64 +\d\n/), "\(groups.output)")
    for (more, message) in [
      (["--format", "csv"], "--plan: expected --format table or json, found csv"),
      (["--output", folder.path("other")], "--plan: expected no --output"),
      (["--metric", "mean"], "--plan: mean may be negative and has no percentages"),
      (["--plan", "0"], "--plan: expected a positive number, found 0.0"),
      ([runs[1], runs[1]], "--plan: expected one or two runs"),
    ] {
      let refused = try Tool.run(words + more)
      #expect(refused.status == 64, "\(message)")
      #expect(refused.messages.contains(message), "\(refused.messages)")
    }
  }
}
