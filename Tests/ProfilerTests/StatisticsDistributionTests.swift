import Profiler
import Statistics
import Testing

/// The functions behind every p, against scipy.
@Suite struct StatisticsDistributionTests {
  /// A function of `Fixtures/statistics/distributions.json`, and how far it may be off: relative to the value, or to
  /// `floor` where the value is smaller.
  struct Function: Sendable, CustomTestStringConvertible {
    let name: String
    var tolerance = 1e-10
    var floor = 0.0
    let value: @Sendable ([Double]) -> Double
    var testDescription: String { name }
  }

  static let functions = [
    // Γ itself is what is used: an absolute error of its logarithm is what counts.
    Function(name: "logGamma", tolerance: 1e-13, floor: 1) { SpecialFunctions.logGamma($0[0]) },
    Function(name: "logBeta", tolerance: 1e-13, floor: 1) { SpecialFunctions.logBeta($0[0], $0[1]) },
    Function(name: "correction", tolerance: 1e-14) { HedgesG.correction(df: $0[0]) },
    Function(name: "tSurvival") { StudentT(df: $0[1]).survival($0[0]) },
    Function(name: "tQuantile") { StudentT(df: $0[1]).upperQuantile($0[0]) },
    Function(name: "fSurvival") { FDistribution.survival($0[0], $0[1], $0[2]) },
    Function(name: "normalSurvival") { Normal.survival($0[0]) },
    Function(name: "normalQuantile") { Normal.upperQuantile($0[0]) },
    Function(name: "noncentralT", floor: 1) { NoncentralT(df: $0[1], noncentrality: $0[2]).cdf($0[0]) },
    Function(name: "power", floor: 1) { Power.twoSided(effect: $0[0], texts: Int($0[1]), alpha: $0[2]) },
  ]

  @Test(arguments: functions)
  func `agrees with scipy, tails included`(function: Function) throws {
    let rows = try StatisticsFixtures.rows(function.name)
    #expect(rows.count > 9)
    var worst = 0.0
    for row in rows {
      let expected = try #require(row.last)
      let found = function.value(row)
      let error = abs(found - expected) / max(abs(expected), function.floor, .leastNormalMagnitude)
      worst = max(worst, error)
      #expect(error <= function.tolerance, "\(function.name)\(row.dropLast()): \(found), expected \(expected)")
    }
    print("\(function.name): \(rows.count) points, largest error \(worst)")
  }

  @Test func `distributions are symmetric and their quantiles undo them`() {
    for df in [1.0, 2.5, 9, 126, 1e5] {
      let t = StudentT(df: df)
      #expect(t.survival(0) == 0.5)
      #expect(t.cdf(1.3) == t.survival(-1.3))
      #expect(t.quantile(0.5) == 0)
      #expect(t.quantile(0.025) == -t.upperQuantile(0.025))
      #expect(t.upperQuantile(0) == .infinity)
      #expect(t.upperQuantile(1) == -.infinity)
      for p in [0.001, 0.3, 0.7, 0.999] { #expect(abs(t.cdf(t.quantile(p)) - p) <= 1e-13) }
    }
    for p in [1e-9, 0.2, 0.5, 0.99] { #expect(abs(Normal.cdf(Normal.quantile(p)) - p) <= 1e-15) }
  }

  @Test func `what is out of range is NaN, and an infinite argument has no tail`() {
    #expect(SpecialFunctions.logGamma(0).isNaN)
    #expect(SpecialFunctions.logBeta(-1, 2).isNaN)
    #expect(SpecialFunctions.incompleteBeta(0, 1, 2, 3) == 0)
    #expect(SpecialFunctions.incompleteBeta(1, 0, 2, 3) == 1)
    #expect(SpecialFunctions.incompleteBeta(0.5, 0.5, 0, 1).isNaN)
    #expect(StudentT(df: .nan).survival(1).isNaN)
    #expect(StudentT(df: 0).upperQuantile(0.1).isNaN)
    #expect(StudentT(df: 3).survival(.nan).isNaN)
    #expect(StudentT(df: 3).survival(.infinity) == 0)
    #expect(StudentT(df: 3).survival(1e200) == 0)
    #expect(StudentT(df: 3).upperQuantile(1.5).isNaN)
    #expect(FDistribution.survival(.nan, 1, 2).isNaN)
    #expect(FDistribution.survival(.infinity, 1, 2) == 0)
    #expect(FDistribution.survival(0, 1, 2) == 1)
    #expect(FDistribution.survival(1, 0, 2).isNaN)
    #expect(Normal.upperQuantile(-0.1).isNaN)
    #expect(NoncentralT(df: 0, noncentrality: 1).cdf(1).isNaN)
  }
}
