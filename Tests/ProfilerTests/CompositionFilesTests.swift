import Foundation
import ProfileReport
import Profiler
import TestSupport
import Testing

/// `shape.csv` and `identification.csv`.
@Suite struct CompositionFilesTests {
  /// Two domains of twelve texts that part at a block, and one of too few.
  private static func write(to folder: URL) throws {
    let tokens = [(0..<12).map { 20 + $0 }, (0..<12).map { 50 + $0 }, [90, 91]]
    var run = MadeUpRun(domains: zip(["a", "b, c", "few"], tokens).map { ($0, $1) }) { _, domain, text, scope, layer in
      1 + 0.1 * MadeUpRun.noise(domain, text, layer, scope == .all ? 0 : 1) + (layer == 1 ? Double(domain) : 0)
    }
    run.layers = 0..<3
    try run.write(to: folder)
  }

  private static func rows(_ text: String) -> [[String]] {
    // The name with a comma is quoted.
    text.split(separator: "\n").map { line in
      line.replacing("\"b, c\"", with: "b").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func `the files have every distance and call, and leave out a domain of few texts`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder.url)
    try RunFiles(of: folder.url).writeReport()
    let record = try LoadedRun(contentsOf: folder.url)
    let found = try record.composition(seed: 0, threads: 1)
    let composition = try #require(found)
    #expect(composition.domains == ["a", "b, c"] && composition.leftOut == ["few"])
    #expect(composition.layers == [0, 1, 2] && composition.texts == 24 && composition.sharedGroups == 0)

    let shape = try Self.rows(folder.text("shape.csv"))
    #expect(shape[0] == ["metric", "scope", "domain_a", "domain_b", "distance", "low", "high"])
    let unsigned = Metric.standard.filter { !$0.isSigned }
    #expect(shape.count == 1 + unsigned.count * 3)
    let row = try #require(shape.first { $0[0] == "abs_mean" && $0[1] == "without_sinks" })
    #expect(Array(row[2...3]) == ["a", "b"])
    let numbers = row[4...].compactMap { Double($0) }
    #expect(numbers[0] == expm1(composition.shape.distances[0][1]))
    #expect(numbers[1] <= numbers[0] && numbers[0] <= numbers[2])

    let calls = try Self.rows(folder.text("identification.csv"))
    #expect(calls[0] == ["input", "true", "named", "texts"])
    #expect(calls.count == 1 + 4 * 2 * 2)
    for input in ["profile", "scale", "shape", "length"] {
      for domain in ["a", "b"] {
        let texts = calls.filter { $0[0] == input && $0[1] == domain }.compactMap { Double($0[3]) }
        #expect(abs(texts.reduce(0, +) - 12) < 1e-9, "\(input), \(domain)")
      }
    }
    #expect(calls.contains(["profile", "a", "a", "12.0"]))
  }

  @Test func `a block that adds nothing to a text is left out, and a run of one domain has headers only`() throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", (0..<6).map { 20 + $0 }), ("b", (0..<6).map { 40 + $0 })]) {
      _, domain, text, _, layer in
      domain == 0 && text == 2 && layer == 1 ? 0 : 1 + MadeUpRun.noise(domain, text, layer)
    }
    run.layers = 0..<3
    try run.write(to: folder.url)
    let composition = try LoadedRun(contentsOf: folder.url).composition(seed: 0, threads: 1)
    #expect(composition?.layers == [0, 2])
    run.domains.removeLast()
    try run.write(to: folder.url)
    #expect(try LoadedRun(contentsOf: folder.url).composition(seed: 0, threads: 1) == nil)
    try RunFiles(of: folder.url).writeReport()
    #expect(try folder.text("shape.csv") == "metric,scope,domain_a,domain_b,distance,low,high\n")
    #expect(try folder.text("identification.csv") == "input,true,named,texts\n")
  }

  @Test func `the first screen has at most ten sentences`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    let page = try RunReport(record, comparisons: []).page(date: Date(timeIntervalSince1970: 0))
    let screen = try #require(page.firstMatch(of: /(?s)<section id="summary".*?<\/section>/)).output
    let text = String(screen).replacing(/<[^>]+>/, with: "")
    #expect((5...10).contains(text.matches(of: /[a-z%)]\.(?:\s|$)/).count), "\(text)")
  }
}
