import Foundations
import Statistics
import Testing

/// Ranks, intervals and tests behind the numbers of an ablation, against scipy.
@Suite struct AblationStatisticsTests {
  @Test func `rank correlations agree with scipy, ties included, and recall with a count`() throws {
    let rows = try AblationFixture().rows("ranks")
    #expect(rows.count == 30)
    for (place, row) in rows.enumerated() {
      let x = try #require(row["x"]?.array).compactMap(\.double)
      let y = try #require(row["y"]?.array).compactMap(\.double)
      try expectNumber(RankCorrelation.spearman(x, y), row["spearman"], "row \(place): rho")
      try expectNumber(RankCorrelation.kendall(x, y), row["kendall"], "row \(place): tau")
      for (index, share) in try #require(row["recall"]?.array).enumerated() {
        try expectNumber(LeastRecall.of(x, truth: y, k: index + 1), share, "row \(place): recall at \(index + 1)")
      }
    }
  }

  @Test func `equal values share the mean of their ranks`() {
    #expect(RankCorrelation.ranks([0.5, -1, 0.5, 3, 0.5, -0.0, 0]) == [5, 1, 5, 7, 5, 2.5, 2.5])
    #expect(RankCorrelation.ranks([]).isEmpty)
  }

  @Test(
    arguments: [
      ([1, .nan, 3], [1, 2, 3]), ([1, 2, 3], [1, .nan, 3]), ([2, 2, 2], [1, 2, 3]), ([1], [1]), ([], []),
    ] as [([Double], [Double])])
  func `without an order there is no correlation`(x: [Double], y: [Double]) {
    #expect(RankCorrelation.spearman(x, y).isNaN)
    #expect(RankCorrelation.kendall(x, y).isNaN)
  }

  @Test func `an infinite value is the largest, and a NaN has no place`() {
    #expect(RankCorrelation.spearman([1, .infinity, 2], [1, 3, 2]) == 1)
    #expect(RankCorrelation.kendall([1, .infinity, 2], [3, 1, 2]) == -1)
    #expect(LeastRecall.of([1, .nan], truth: [1, 2], k: 1).isNaN)
    #expect(LeastRecall.of([1, 2], truth: [1, 2], k: 3).isNaN)
    #expect(LeastRecall.of([1, 2], truth: [1, 2], k: 0).isNaN)
  }

  @Test func `the lower index is the smaller among equals`() {
    #expect(LeastRecall.of([1, 1, 1], truth: [0, 0, 5], k: 1) == 1)
    #expect(LeastRecall.of([1, 1, 1], truth: [5, 0, 0], k: 1) == 0)
    #expect(LeastRecall.of([1, 1, 1], truth: [5, 0, 0], k: 2) == 0.5)
  }

  @Test func `intervals, one-sided tests and texts needed agree with scipy`() throws {
    let rows = try AblationFixture().rows("margins")
    #expect(rows.count == 20)
    for (place, row) in rows.enumerated() {
      let values = try #require(row["values"]?.array).compactMap(\.double)
      let margin = try #require(row["margin"]?.double)
      let moments = SampleMoments(values)
      try expectNumber(MarginTest.pBelow(margin, moments), row["p"], "row \(place): p")
      #expect(MarginTest.textsNeeded(margin, moments) == row["textsNeeded"]?.integer, "row \(place)")
      let resamples = try #require(row["settings"]?["resamples"]?.integer)
      let seed = UInt64(try #require(row["settings"]?["seed"]?.integer))
      try expectInterval(
        MeanBootstrap.interval(values, resamples: resamples, seed: seed), row["interval"], "row \(place)")
    }
  }

  @Test func `equal values leave nothing open`() {
    #expect(MeanBootstrap.interval([0.1, 0.1, 0.1], resamples: 50, seed: 1) == 0.1...0.1)
    #expect(MarginTest.pBelow(0.05, SampleMoments([0, 0])) == 0)
    #expect(MarginTest.pBelow(0.05, SampleMoments([0.05, 0.05])) == 1)
    #expect(MarginTest.pBelow(0.05, SampleMoments([1])).isNaN)
  }

  @Test func `a mean at the margin is never decided, nor one that takes more than a million texts`() {
    #expect(MarginTest.textsNeeded(0.5, SampleMoments([0, 1])) == nil)
    #expect(MarginTest.textsNeeded(0.5, SampleMoments([0.7])) == nil)
    #expect(MarginTest.textsNeeded(0.500001, SampleMoments([0, 1])) == nil)
    // 1.96² · 0.5 / 0.25² = 30.7.
    #expect(MarginTest.textsNeeded(0.25, SampleMoments([0, 1])) == 31)
  }

  @Test func `an interval needs two finite values`() {
    #expect(MeanBootstrap.interval([1], resamples: 50, seed: 1) == nil)
    #expect(MeanBootstrap.interval([1, .nan], resamples: 50, seed: 1) == nil)
    #expect(MeanBootstrap.interval([1, 2], resamples: 0, seed: 1) == nil)
    #expect(MeanBootstrap.spearman([[1, 2]], [[1, 2]], resamples: 50, seed: 1) == nil)
    // Some resample has but the first text, in which both items are equal.
    #expect(MeanBootstrap.spearman([[1, 1], [1, 2]], [[1, 2], [1, 2]], resamples: 50, seed: 1) == nil)
    #expect(MeanBootstrap.spearman([[1, 3], [1, 2]], [[1, 2], [1, 2]], resamples: 50, seed: 1) == 1...1)
  }
}
