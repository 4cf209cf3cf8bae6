import Foundation
import LlamaCore
import Profiler
import Statistics
import TestSupport
import Testing

/// What removals cost texts that have groups: a group is one observation.
@Suite struct AblationGroupTests {
  private static let units = [BlockUnit(.block, 0), BlockUnit(.block, 1)]

  /// Twelve texts; `copies` of each share a group, and differ by nothing.
  private static func domain(
    _ name: String = "a", copies: Int, groups: Int, from first: Int = 0, isGrouped: Bool = true
  )
    -> AblationDomain
  {
    let texts = (0..<groups * copies).map { place -> AblationText in
      let group = place / copies
      let costs = units.map { unit in
        RemovalCost(
          nll: 2 + MadeUpRun.noise(group, unit.layer), kl: MadeUpRun.noise(group, 7), top1: 0.5, outputChangeMean: 0,
          outputChangeMax: 0, effects: [])
      }
      return AblationText(
        text: TextIdentity(domain: name, index: place), tokens: 10 + group, nll: 2, costs: costs,
        group: isGrouped ? first + group : nil)
    }
    return AblationDomain(name: name, units: units, texts: texts)
  }

  @Test func `texts in copies, as groups, have the interval and verdict of the texts alone`() {
    let alone = AblationSummary(Self.domain(copies: 1, groups: 12, isGrouped: false))
    let grouped = AblationSummary(Self.domain(copies: 4, groups: 12))
    let blind = AblationSummary(Self.domain(copies: 4, groups: 12, isGrouped: false))
    #expect(grouped.texts == 48 && grouped.groups == 12 && alone.groups == 12 && blind.groups == 48)
    for (place, unit) in alone.units.enumerated() {
      let other = grouped.units[place]
      #expect(other.interval == unit.interval && other.p == unit.p && other.verdict == unit.verdict)
      #expect(other.deltaNLL == unit.deltaNLL && other.kl == unit.kl)
      #expect(other.texts == 48 && other.groups == 12)
      let width = unit.interval.map { $0.upperBound - $0.lowerBound } ?? 0
      let narrow = blind.units[place].interval.map { $0.upperBound - $0.lowerBound } ?? 0
      // Four copies of each text would make the interval half as wide.
      #expect(narrow < 0.7 * width)
    }
  }

  @Test func `domains are compared by their groups, without those that both have`() {
    let (a, b) = (Self.domain("a", copies: 3, groups: 8), Self.domain("b", copies: 3, groups: 8, from: 100))
    let apart = DomainRemovalComparison([a, b])
    #expect(apart.rows.allSatisfy { $0.textsA == 24 && $0.textsB == 24 && !$0.p.isNaN })
    let shared = DomainRemovalComparison([a, Self.domain("b", copies: 3, groups: 8, from: 2)])
    #expect(shared.rows.allSatisfy { $0.textsA == 6 && $0.textsB == 6 && $0.p.isNaN && !$0.isDifferent })
  }

  @Test func `a metric is held against the damage over groups`() {
    let values = (0..<12).map { text in (0..<4).map { Optional(MadeUpRun.noise(text / 3, $0)) ?? 0 } }
    let damage = (0..<12).map { text in (0..<4).map { MadeUpRun.noise(text / 3, $0, 5) } }
    func row(_ rows: [Int], _ groups: [Int]) -> ProxyRanking.Row? {
      let input = ProxyRanking.Input(scope: .all, metric: .absMean, values: rows.map { values[$0] })
      return ProxyRanking(domain: "a", deltaNLL: rows.map { damage[$0] }, [input], groups: groups).rows.first
    }
    let alone = row([0, 3, 6, 9], [])
    let grouped = row(Array(0..<12), (0..<12).map { $0 / 3 })
    #expect(alone?.interval == grouped?.interval && alone?.spearman == grouped?.spearman)
    #expect(grouped?.texts == 12 && alone?.texts == 4)
  }
}
