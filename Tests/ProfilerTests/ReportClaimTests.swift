import Foundation
import ProfileReport
import Profiler
import Statistics
import TestSupport
import Testing

/// Every sentence of the page, held to runs of the tests' own.
@Suite struct ReportClaimTests {
  @Test(arguments: Claim.allCases)
  func `a sentence is said of a run that bears it out, and not of one that does not`(claim: Claim) throws {
    for example in ClaimExample.all(claim) {
      let said = try Self.sentences(claim, of: example.said)
      #expect(said.contains { $0.contains(example.words) }, "\(claim): \(said)")
      let unsaid = try Self.sentences(claim, of: example.unsaid)
      #expect(!unsaid.contains { $0.contains(example.words) }, "\(claim): \(unsaid)")
    }
  }

  @Test func `every sentence that depends on the run stands on the page`() throws {
    for run in [
      ClaimExample.Run(), .init(domains: ["a"], texts: 1), .init(compares: false), ClaimExample.removals(),
      ClaimExample.curves(greedy: 0.1),
    ] {
      let report = try Self.report(run)
      let page = report.page(date: Date(timeIntervalSince1970: 0))
      #expect(report.statements.count > 20)
      for statement in report.statements { #expect(page.contains(statement.html), "\(statement)") }
    }
  }

  @Test(arguments: [
    (0.0, 0, "0 %"), (0.004, 0, "under 1 %"), (0.006, 0, "1 %"), (0.994, 0, "99 %"), (0.996, 0, "over 99 %"),
    (1, 0, "100 %"), (0.0004, 1, "under 0.1 %"), (0.9996, 1, "over 99.9 %"), (.nan, 1, "–"),
  ])
  func `a part is never rounded to nothing or to the whole`(share: Double, digits: Int, text: String) {
    #expect(Words.percent(share, digits) == text)
  }

  private static func sentences(_ claim: Claim, of run: ClaimExample.Run) throws -> [String] {
    try report(run).statements.filter { $0.claim == claim }.map { $0.html.replacing(/<[^>]+>/, with: "") }
  }

  private static func report(_ run: ClaimExample.Run) throws -> RunReport {
    let folder = try TemporaryFolder()
    let made = run.made
    try made.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url).pooled(run.pools)
    var settings = ComparisonSettings()
    settings.alpha = run.alpha
    settings.permutations = 200
    settings.resamples = 200
    return try RunReport(
      record, ablation: record.ablation()?.with(curves: run.curves),
      comparisons: run.compares ? try record.comparisons(settings) : [])
  }
}
