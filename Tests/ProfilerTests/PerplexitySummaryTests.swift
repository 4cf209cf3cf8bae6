import Foundation
import LlamaCore
import Profiler
import Testing

@Suite struct PerplexitySummaryTests {
  private static let texts = [[1.0, 2, 3], [4.0], [], [0.5, 0.5, 0.5, 0.5, 6]].map { TextLikelihood(tokens: $0) }

  @Test func `every token counts alike, and texts without a token to predict do not count`() throws {
    let summary = PerplexitySummary(Self.texts)
    #expect(summary.texts == 3)
    #expect(summary.tokens == 9)
    #expect(summary.mean == 2)
    #expect(summary.perplexity == exp(2))
    let interval = try #require(summary.interval)
    // No resample lies outside the means of the texts.
    #expect(interval.contains(2))
    #expect(interval.lowerBound >= 1.6)
    #expect(interval.upperBound <= 4)
    #expect(summary.perplexityInterval == exp(interval.lowerBound)...exp(interval.upperBound))
    #expect(PerplexitySummary(Self.texts) == summary)
    #expect(PerplexitySummary(Self.texts, seed: 1).mean == 2)
  }

  @Test func `the interval of many texts is that of the normal approximation`() throws {
    // Texts of equal length: the mean of means, whose standard error is known.
    let values = (0..<400).map { Double(($0 * 7919) % 400) / 100 }
    let summary = PerplexitySummary(values.map { TextLikelihood(tokens: [$0, $0]) }, resamples: 4000)
    let mean = values.reduce(0, +) / 400
    let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400 / 400).squareRoot()
    let interval = try #require(summary.interval)
    #expect(abs(interval.lowerBound - (mean - 1.96 * error)) < 0.15 * error)
    #expect(abs(interval.upperBound - (mean + 1.96 * error)) < 0.15 * error)
  }

  @Test func `what cannot be told is not told`() {
    #expect(PerplexitySummary([]).mean == nil)
    #expect(PerplexitySummary([TextLikelihood(tokens: [])]).perplexity == nil)
    let one = PerplexitySummary([TextLikelihood(tokens: [1, 2])])
    #expect(one.mean == 1.5)
    #expect(one.interval == nil)
    #expect(one.perplexityInterval == nil)
    let broken = PerplexitySummary([TextLikelihood(tokens: [.nan]), TextLikelihood(tokens: [1])])
    #expect(broken.mean?.isNaN == true)
    #expect(broken.interval == nil)
  }
}
