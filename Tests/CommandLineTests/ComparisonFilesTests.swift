import Foundation
import Profiler
import TestSupport
import Testing

/// Which file a comparison goes to, and what stands in it.
@Suite struct ComparisonFilesTests {
  /// Three domains of eight texts, all of 30 tokens, of which the last is larger.
  static func run(_ edit: (inout MadeUpRun) -> Void = { _ in }) -> MadeUpRun {
    let tokens = [Int](repeating: 30, count: 8)
    var run = MadeUpRun(domains: ["a", "b", "c"].map { ($0, tokens) }) { metric, domain, text, scope, layer in
      let place = Metric.allCases.firstIndex(of: metric) ?? 0
      let shift = domain == 2 ? 2.0 : 0
      return 3 + shift + MadeUpRun.noise(place, domain, text, scope == .all ? 0 : 1, layer)
    }
    run.maximumTokens = 30
    edit(&run)
    return run
  }

  @Test(arguments: [
    ["--metric", "abs_mean"], ["--scope", "all"], ["--log"], ["--alpha", "0.01"], ["--equivalence-bound", "0.5"],
    ["--permutations", "99"], ["--seed", "7"], ["--match-tokens", "30"], ["--pool", "x=a,b", "--pool", "y=c"],
    ["SECOND"],
  ])
  func `other settings never touch the run's own comparison, and stand in their file`(options: [String]) throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url.appending(path: "run"))
    try Self.run { $0.model = "models/other" }.write(to: folder.url.appending(path: "second"))
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let before = try folder.text("run/comparison.csv")
    let more = options.map { $0 == "SECOND" ? folder.path("second") : $0 }
    let result = try Tool.run(["compare", folder.path("run"), "--format", "csv"] + more)
    #expect(result.status == 0, "\(result.messages)")
    #expect(try folder.text("run/comparison.csv") == before)
    let names = try folder.names(in: "run/comparisons")
    try #require(names.count == 1)
    #expect(names[0].wholeMatch(of: /[0-9a-f]{16}\.csv/) != nil)
    #expect(result.messages.contains("results in \(folder.path("run"))/comparisons/\(names[0])"))
    #expect(try folder.text("run/comparisons/\(names[0])") == result.output)
    // The same command writes the same file, another one another.
    #expect(try Tool.run(["compare", folder.path("run"), "--quiet"] + more).status == 0)
    #expect(try folder.names(in: "run/comparisons") == names)
    #expect(
      try Tool.run(["compare", folder.path("run"), "--quiet", "--seed", "99"] + more.prefix { $0 != "--seed" }).status
        == 0)
    #expect(try folder.names(in: "run/comparisons").count == 2)
    let row = try Table(result.output)[0]
    let expected = [
      "prefix": options.first == "--match-tokens" ? "30" : "", "log": options.first == "--log" ? "true" : "false",
      "alpha": options.first == "--alpha" ? "0.01" : "0.05", "seed": options.first == "--seed" ? "7" : "0",
      "bound": options.first == "--equivalence-bound" ? "0.5" : "0.2",
      "paired": options == ["SECOND"] ? "true" : "false", "length_check": "",
    ]
    for (key, value) in expected { #expect(row[key] == value, "\(key)") }
    #expect(row["groups_a"] == row["n_a"])
    #expect(row["groups_b"] == row["n_b"])
    let texts = try #require(row["n_a"].flatMap { Int($0) })
    #expect(row["tokens_a"] == "\(30 * texts)")
  }

  @Test func `all metrics and scopes with the usual settings are the run's own comparison, byte for byte`() throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url.appending(path: "run"))
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let own = try folder.text("run/comparison.csv")
    let scopes = Set(try Table(own).rows.map { $0[1] })
    let result = try Tool.run(
      ["compare", folder.path("run"), "--quiet"] + scopes.sorted().flatMap { ["--scope", $0] })
    #expect(result.status == 0)
    #expect(scopes.count > 1)
    #expect(try folder.text("run/comparison.csv") == own)
    #expect(try !folder.names(in: "run").contains("comparisons"))
  }

  @Test(arguments: [
    ["--alpha", "0.01"], ["--seed", "7"], ["--permutations", "99"], ["--pool", "x=a,b", "--pool", "y=c"],
  ])
  func `a report of other settings leaves the run's own report and comparison alone`(options: [String]) throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url.appending(path: "run"))
    #expect(try Tool.run("report", folder.path("run"), "--quiet").status == 0)
    let own = try ["comparison.csv", "report.html"].map { try folder.text("run/\($0)") }
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "link"), withDestinationURL: folder.url.appending(path: "run"))
    for output in [[], ["--output", folder.path("run")], ["--output", folder.path("link")]] {
      let refused = try Tool.run(["report", folder.path("run"), "--quiet"] + options + output)
      #expect(refused.status == 64)
      #expect(refused.messages.contains("\(options[0]): expected --output with a folder other "))
    }
    let report = try Tool.run(["report", folder.path("run"), "--quiet", "--output", folder.path("other")] + options)
    #expect(report.status == 0, "\(report.messages)")
    #expect(try folder.names(in: "other/comparisons").count == 1)
    #expect(try ["comparison.csv", "report.html"].map { try folder.text("run/\($0)") } == own)
  }

  @Test func `ratios are of means and have their interval; a metric of both signs has none`() throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url.appending(path: "run"))
    for log in [false, true] {
      let result = try Tool.run(
        ["compare", folder.path("run"), "--quiet", "--format", "csv"] + (log ? ["--log"] : []))
      let table = try Table(result.output)
      for row in table.rows.indices.map({ table[$0] }) {
        let numbers = ["ratio", "ratio_low", "ratio_high"].map { row[$0].flatMap { Double($0) } ?? .nan }
        if row["metric"].flatMap(Metric.init(rawValue:))?.isSigned == true {
          #expect(numbers.allSatisfy { $0.isNaN })
          #expect(!log)
        } else {
          #expect(numbers[1] < numbers[0])
          #expect(numbers[0] < numbers[2])
          #expect(numbers[1] > 0)
          #expect(row["domain_b"] != "c" || abs(numbers[0] - 3.5 / 5.5) < 0.1)
        }
      }
    }
  }

  /// A shell that gives up the rights of root, which may write everywhere.
  static let withoutRights = """
    if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else exec "$@"; fi
    """

  @Test func `a run that may not be written to is compared and reported all the same`() throws {
    let folder = try TemporaryFolder()
    try Self.run().write(to: folder.url.appending(path: "run"))
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder.path("run/profile.sqlite"))
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path("run"))
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("run"))
    }
    try FileManager.default.createDirectory(atPath: folder.path("open"), withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path("open"))
    func run(_ arguments: String...) throws -> Tool.Result { try Tool.run(arguments, shell: Self.withoutRights) }
    let printed = try run("compare", folder.path("run"), "--permutations", "99", "--format", "csv")
    #expect(printed.status == 0, "\(printed.messages)")
    #expect(try Table(printed.output).rows.count > 20)
    #expect(printed.messages.contains("nothing is written into \(folder.path("run")): Permission denied; --output "))
    let kept = try run("compare", folder.path("run"), "--permutations", "99", "--output", folder.path("open"))
    #expect(kept.status == 0)
    #expect(kept.messages.contains("results in \(folder.path("open"))/comparisons/"))
    let refused = try run("report", folder.path("run"))
    #expect(refused.status == 1)
    #expect(refused.lines.count == 1)
    #expect(refused.messages.contains("run: cannot write: Permission denied; --output names another folder"))
    let report = try run("report", folder.path("run"), "--output", folder.path("open"), "--quiet")
    #expect(report.status == 0, "\(report.messages)")
    #expect(
      try Set(folder.names(in: "open")).isSuperset(of: ["comparison.csv", "comparisons", "figures", "report.html"]))
    #expect(try folder.names(in: "run") == ["profile.sqlite"])
  }
}
