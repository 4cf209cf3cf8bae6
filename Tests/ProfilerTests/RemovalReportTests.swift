import Foundation
import FoundationXML
import LlamaCore
import ProfileReport
import Profiler
import TestSupport
import Testing

/// The section of the report on what removals cost.
@Suite struct RemovalReportTests {
  private static let date = Date(timeIntervalSince1970: 0)

  /// A run with removals of each kind, effects and curves, and its page.
  private static func made(
    domains: [String] = ["a", "b"], curves: Bool = true, pools: [DomainPool] = []
  ) throws -> (report: RunReport, tooltips: PageTooltips, page: String) {
    let folder = try TemporaryFolder()
    var run = ClaimExample.removals(domains: domains, parts: [.block, .attention, .mlp]).made
    // Values of a metric that spans decades, and a cost that does.
    run.cost = { _, text, unit in [7.5, 0.01, 0.2, -0.05][unit.layer] + 0.001 * Double(text % 3) }
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url).pooled(pools)
    let shown = curves ? ClaimExample.curves(greedy: 0.1).curves : []
    let report = try RunReport(record, ablation: record.ablation()?.with(curves: shown), comparisons: [])
    let page = report.page(date: date)
    return (report, try PageTooltips(page), page)
  }

  @Test func `pictures of removals are well-formed, named once, the page's, and known as a report's own`() throws {
    let (report, tooltips, page) = try Self.made(domains: ["a", "<b>&"])
    let names = report.pictures.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(tooltips.charts.map { $0 + ".svg" } == names)
    for name in [
      "delta_nll.block", "delta_nll.attention", "delta_nll.mlp", "block_influence.removals", "effects.block.0",
      "effects.block.1", "removal.0", "removal.1", "block_influence.proxy.all",
    ] {
      let svg = try #require(report.pictures.first { $0.name == name + ".svg" }, "\(name)").svg
      let parser = XMLParser(data: Data(svg.utf8))
      #expect(parser.parse(), "\(name): \(parser.parserError?.localizedDescription ?? "")")
      #expect(!svg.contains("nan") && !svg.contains("var(--") && RunReport.isFigure(name + ".svg"), "\(name)")
      let title = try #require(svg.firstMatch(of: /<title>([^<]*)</)).1
      #expect(page.contains("aria-label=\"\(title)\""), "\(name)")
    }
    #expect(!page.contains("<b>&<"))
    for name in ["effects.block.00", "effects.neck.0", "removal.x", "removal.-1", "delta_nll", "sketch.proxy.all"] {
      #expect(!RunReport.isFigure(name + ".svg"), "\(name)")
    }
  }

  @Test func `series of rules have styles of their own, which the legend of the domains does not hide`() throws {
    let (report, _, page) = try Self.made()
    let curve = try #require(report.pictures.first { $0.name == "removal.0.svg" }).svg
    for style in [".r0 .l{", ".r2 .l{", "id=\"q0\"", "<g class=\"r2\">", "url(#q2)"] {
      #expect(curve.contains(style), "\(style)")
    }
    #expect(!curve.contains("<g class=\"s0\">"))
    #expect(page.contains(".r2 .l{") && page.contains("id=\"q2\"") && !page.contains(".off0 .chart .r0"))
    let plain = try Self.made(curves: false)
    #expect(!plain.page.contains(".r0 .l{") && !plain.page.contains("id=\"q0\""))
  }

  @Test func `a cost is told with its interval, an effect for later blocks only`() throws {
    let tooltips = try Self.made().tooltips
    let cost = try tooltips.parts("delta_nll.block", column: 0, row: 1)
    #expect(cost[0] == "7.501")
    #expect(cost[1].hasPrefix("7.5 to 7.5"))
    #expect(try tooltips.heading("delta_nll.mlp", column: 3) == "block 3")
    #expect(try tooltips.text("effects.block.0", "mean over tokens", column: 3, row: 1) == "0.3")
    #expect(try tooltips.text("effects.block.0", "largest token", column: 3, row: 1) == "0.5")
    #expect(try tooltips.text("effects.block.0", "mean over tokens", column: 1, row: 1) == "–")
    #expect(try tooltips.heading("effects.block.0", column: 3, row: 1) == "without block 1, block 3")
  }

  @Test func `points tell both quantities from left to right, curves every rule`() throws {
    let (_, tooltips, page) = try Self.made()
    let chart = "block_influence.proxy.all"
    let names = try (0..<4).map { try tooltips.heading(chart, column: $0) }
    #expect(names == ["block 0", "block 1", "block 2", "block 3"])
    #expect(try tooltips.text(chart, "delta_nll", column: 0) == "7.501")
    #expect(try tooltips.labels(chart) == ["block_influence", "delta_nll"])
    let points = try #require(page.firstMatch(of: /data-key="block_influence\.proxy\.all"[^>]*data-points="([^"]*)"/)).1
    #expect(points.split(separator: ",").count == 4)
    #expect(try tooltips.labels("removal.0") == ["greedy", "last", "random"])
    #expect(try tooltips.heading("removal.0", column: 2) == "2 parts removed")
    #expect(try tooltips.parts("removal.0", "greedy", column: 2) == ["0.1", ""])
    #expect(try tooltips.parts("removal.0", "random", column: 2) == ["1", "0.5 to 2"])
  }

  @Test func `verdicts stand in a table, the least harm first`() throws {
    let page = try Self.made().page
    let table = try #require(page.split(separator: "<h3>Verdicts</h3>").last?.split(separator: "</section>").first)
    #expect(
      table.matches(of: /<tr><td>([^<]*)<\/td>/).map { String($0.1) }
        == ["block", "attention", "MLP"].flatMap { part in [3, 1, 2, 0].map { "\(part) \($0)" } })
    #expect(table.matches(of: /<b>harmless<\/b>&nbsp;†/).count == 12)
    #expect(table.matches(of: /<br>harmful/).count == 12)
  }

  @Test func `a run without removals has no such section, one without curves no curves`() throws {
    let folder = try TemporaryFolder()
    try ClaimExample.Run().made.write(to: folder.url)
    let plain = try RunReport(LoadedRun(contentsOf: folder.url), comparisons: []).page(date: Self.date)
    for words in ["id=\"removals\"", "delta_nll", "What can be removed"] { #expect(!plain.contains(words), "\(words)") }
    let page = try Self.made(curves: false).page
    for words in ["id=\"removals\"", "What can be removed", "Effects on later blocks"] { #expect(page.contains(words)) }
    #expect(!page.contains("One after the other"))
  }

  @Test func `pools have the costs of the texts of their domains`() throws {
    let (_, tooltips, page) = try Self.made(
      domains: ["a", "b", "c"], curves: false, pools: [DomainPool(name: "both", domains: ["c", "a"])])
    #expect(page.contains("<th>without</th><th>both</th>"))
    #expect(tooltips.charts.contains("effects.block.0") && !tooltips.charts.contains("effects.block.1"))
    #expect(try tooltips.parts("delta_nll.block", column: 0)[0] == "7.501")
    #expect(!page.contains("<h3>For whom</h3>"))
  }

  @Test(arguments: [
    (["block:0", "block:1", "block:2"], "blocks 0–2"), (["block:3"], "block 3"),
    (["attention:1", "mlp:2", "mlp:4", "mlp:5"], "attention 1; MLPs 2 and 4–5"), (["head:7.2"], "head 2 of block 7"),
    (["block:0", "head:7.2", "head:7.3"], "block 0; heads 7.2 and 7.3"),
    (["attention:1", "attention:2"], "attentions 1–2"),
  ])
  func `parts are named by kind`(units: [String], words: String) throws {
    let parsed = try units.flatMap { try BlockUnit.units($0) }
    #expect(Words.units(parsed) == words)
  }

  @Test(arguments: [
    (1, ""), (2, "2nd "), (3, "3rd "), (4, "4th "), (11, "11th "), (12, "12th "), (21, "21st "), (112, "112th "),
  ])
  func `ranks are ordinal numbers, the first goes without`(rank: Int, words: String) {
    #expect(Words.ordinal(rank) == words)
  }
}
