import Foundation
import LlamaCore
import ProfileReport
import Profiler
import TestSupport
import Testing

/// Numbers under the pointer, held to the statistics that they stand for.
@Suite struct ReportTooltipTests {
  private struct Report {
    let record: LoadedRun
    let comparisons: [DomainComparison]
    let tooltips: PageTooltips

    func samples(_ metric: Metric, _ scope: Scope) throws -> [[RunningStatistics]] {
      try record.samples(metric, scope).map { sample in
        (0..<record.layers.count).map { block in RunningStatistics(sample.values.map { $0[block] }) }
      }
    }
  }

  /// Three domains of different numbers of texts, which differ at block 2, and a first block that was left out.
  private static let report = Result {
    let folder = try TemporaryFolder()
    let counts = [12, 9, 14]
    var run = MadeUpRun(
      domains: zip(["a", "b", "c"], counts).map { name, count in (name, (0..<count).map { 20 + 3 * $0 }) }
    ) { metric, domain, text, scope, layer in
      let noise = MadeUpRun.noise(metric.rawValue.utf8.count, domain, text, layer, scope.rawValue.utf8.count)
      return (metric == .mean ? -0.5 : 0.1 * Double(layer)) + noise + (layer == 2 ? 2 * Double(domain) : 0)
    }
    run.layers = 1..<5
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    var settings = ComparisonSettings()
    settings.permutations = 100
    settings.resamples = 200
    let comparisons = try record.comparisons(settings)
    let page = try RunReport(record, comparisons: comparisons, seed: 3).page(date: Date(timeIntervalSince1970: 0))
    return Report(record: record, comparisons: comparisons, tooltips: try PageTooltips(page))
  }

  /// Expects that `text` is `value`, rounded to `digits` digits.
  private func expect(
    _ text: String, is value: Double?, digits: Int, _ comment: Comment, at location: SourceLocation = #_sourceLocation
  ) {
    let value = value ?? .nan
    let tolerance = 0.500001 * pow(10, floor(log10(abs(value))) + 1 - Double(digits))
    #expect(
      Double(text).map { abs($0 - value) <= tolerance } ?? false, "\(comment): \(text) for \(value)",
      sourceLocation: location)
  }

  @Test(arguments: Scope.allCases)
  func `a map of means tells mean, standard deviation and number of texts`(scope: Scope) throws {
    let report = try Self.report.get()
    for metric in report.record.metrics {
      let chart = "\(metric.rawValue).heat.\(scope.rawValue)"
      for (row, own) in try report.samples(metric, scope).enumerated() {
        for (column, statistics) in own.enumerated() {
          func text(_ label: String) throws -> String {
            try report.tooltips.text(chart, label, column: column, row: row)
          }
          expect(try text("mean"), is: statistics.mean, digits: 4, "\(chart)")
          expect(try text("standard deviation"), is: statistics.standardDeviation, digits: 4, "\(chart)")
          #expect(try text("texts") == "\(statistics.count)")
        }
      }
    }
    #expect(
      try report.tooltips.heading("abs_mean.heat.\(scope.rawValue)", column: 3, row: 1) == "b, block 4")
  }

  @Test func `a line tells the mean and half its interval, by Student's t`() throws {
    let report = try Self.report.get()
    let chart = "relative_norm.interval.all"
    for (row, own) in try report.samples(.relativeNorm, .all).enumerated() {
      for (column, statistics) in own.enumerated() {
        let parts = try report.tooltips.parts(chart, column: column, row: row)
        expect(parts[0], is: statistics.mean, digits: 4, "mean")
        let n = Double(statistics.count)
        let half = statistics.standardDeviation.map { StudentT(df: n - 1).upperQuantile(0.025) * $0 / n.squareRoot() }
        expect(parts[1], is: half, digits: 3, "half")
      }
    }
    #expect(try report.tooltips.heading(chart, column: 1) == "block 2")
  }

  @Test func `the third picture tells the mean of one metric and the deviation of another`() throws {
    let report = try Self.report.get()
    let (means, spreads) = (try report.samples(.absMean, .all), try report.samples(.mean, .all))
    for row in means.indices {
      let parts = try report.tooltips.parts("3-abs_mean-std-of-mean.all", column: 2, row: row)
      expect(parts[0], is: means[row][2].mean, digits: 4, "mean")
      expect(parts[1], is: spreads[row][2].standardDeviation, digits: 3, "deviation")
    }
  }

  @Test func `the share of attention is the mean of the texts' shares`() throws {
    let report = try Self.report.get()
    let parts = [Metric.attentionAbsMean, .mlpAbsMean].map { metric in
      Result { try report.record.samples(metric, .all)[2].values }
    }
    let shares = zip(try parts[0].get(), try parts[1].get()).map { $0[1] / ($0[1] + $1[1]) }
    let told = try report.tooltips.parts("attention_share.interval.all", column: 1, row: 2)
    expect(told[0], is: RunningStatistics(shares).mean, digits: 4, "share")
  }

  @Test func `a distance is that of the means, in standard deviations within domains`() throws {
    let report = try Self.report.get()
    let chart = "mean.deviation.all"
    let table = try report.samples(.mean, .all)
    for column in 0..<report.record.layers.count {
      let groups = table.map { $0[column] }
      let means = groups.compactMap(\.mean)
      let center = means.reduce(0, +) / 3
      let scatter = groups.reduce(0) { $0 + ($1.variance ?? 0) * Double($1.count - 1) }
      let spread = (scatter / Double(groups.reduce(0) { $0 + $1.count - 1 })).squareRoot()
      for row in means.indices {
        func text(_ label: String) throws -> String {
          try report.tooltips.text(chart, label, column: column, row: row)
        }
        expect(try text("distance in SD"), is: (means[row] - center) / spread, digits: 3, "distance")
        expect(try text("mean"), is: means[row], digits: 4, "mean")
        expect(try text("mean of all domains"), is: center, digits: 4, "center")
      }
    }
  }

  @Test func `a verdict comes with the effect, the ratio, their intervals, q and the texts needed`() throws {
    let report = try Self.report.get()
    for comparison in report.comparisons {
      let chart = "\(comparison.metric.rawValue).verdicts.\(try #require(comparison.scope).rawValue)"
      for (row, pair) in comparison.pairs.enumerated() {
        for (column, block) in pair.blocks.enumerated() {
          func parts(_ label: String) throws -> [String] {
            try report.tooltips.parts(chart, label, column: column, row: row)
          }
          #expect(try parts("verdict") == [block.verdict.rawValue])
          #expect(try parts("Hedges’ g") == [TooltipText.effect(block.hedgesG)])
          #expect(try parts("95 % interval") == [block.gLow, block.gHigh].map(TooltipText.effect))
          #expect(try parts("q") == [TooltipText.probability(block.q)])
          #expect(try parts("ratio of means") == [TooltipText.ratio(block.ratio)])
          #expect(
            try parts("95 % interval of the ratio") == [block.ratioLow, block.ratioHigh].map(TooltipText.ratio))
          #expect(try parts("at equal length") == [block.lengthCheck?.rawValue ?? ""])
          for (label, number) in [
            ("texts per domain to find a difference", block.textsNeeded),
            ("texts per domain to be equivalent", block.textsForEquivalence),
            ("equivalence was out of reach below", block.textsOutOfReach),
          ] { #expect(try parts(label) == [number.map(TextTable.count) ?? ""], "\(label)") }
        }
      }
    }
    let texts = report.comparisons.flatMap(\.blocks)
    #expect(texts.contains { $0.verdict == .different })
    #expect(texts.contains { $0.textsNeeded != nil })
    #expect(texts.contains { $0.textsOutOfReach != nil })
    #expect(texts.contains { $0.lengthCheck != nil })
    #expect(try report.tooltips.heading("abs_mean.verdicts.all", column: 3, row: 1) == "a – c, block 4")
  }

  @Test func `a rank comes with its value, its interval and how often it is found`() throws {
    let report = try Self.report.get()
    let ranking = try #require(
      BlockRanking(try report.record.samples(.blockInfluence, .all), layers: report.record.layers, seed: 3))
    let (bars, shares) = ("block_influence.ranking.all", "block_influence.stability.all")
    for (row, place) in ranking.places.enumerated() {
      #expect(try report.tooltips.heading(bars, row: row) == "block \(place.layer)")
      expect(try report.tooltips.text(bars, "value", row: row), is: place.value, digits: 4, "value")
      let interval = try report.tooltips.parts(bars, "95 % interval", row: row)
      expect(interval[0], is: place.interval?.lowerBound, digits: 4, "low")
      expect(interval[1], is: place.interval?.upperBound, digits: 4, "high")
      let least = try #require(place.leastShares).map { TooltipText.number(100 * $0, digits: 3) }
      #expect(try report.tooltips.text(bars, "least in", row: row) == least[0])
      #expect(try report.tooltips.text(shares, "the least", column: 0, row: row) == least[0])
      #expect(try report.tooltips.text(shares, "among the 2 least", column: 1, row: row) == least[1])
    }
  }

  @Test func `variances stand at the rank of their block`() throws {
    let report = try Self.report.get()
    let chart = "4-abs_mean-variance.without_sinks"
    let table = try report.samples(.absMean, .withoutSinks)
    var means: [Double] = []
    for column in 0..<4 {
      let layer = try #require(Int(try report.tooltips.heading(chart, column: column).dropFirst("block ".count)))
      let variances = table.compactMap { $0[layer - 1].variance }
      means.append(variances.reduce(0, +))
      for row in table.indices {
        expect(
          try report.tooltips.text(chart, column: column, row: row), is: variances[row], digits: 4, "block \(layer)")
      }
    }
    #expect(means == means.sorted(by: >))
  }

  @Test func `lengths come with their quartiles`() throws {
    let report = try Self.report.get()
    // 20, 23 … 44.
    let expected = [
      ("texts", ["9"]), ("median", ["32"]), ("middle half", ["26", "38"]), ("least, most", ["20", "44"]),
    ]
    for (label, texts) in expected { #expect(try report.tooltips.parts("lengths", label, row: 1) == texts) }
    #expect(try report.tooltips.heading("lengths", row: 1) == "b")
  }

  @Test func `every chart has a tooltip, for each of its rows and columns`() throws {
    let tooltips = try Self.report.get().tooltips
    #expect(tooltips.charts.count == Set(tooltips.charts).count)
    #expect(Set(tooltips.charts) == Set(tooltips.data["charts"]?.object?.keys ?? []))
    for chart in tooltips.charts {
      let (columns, rows) = try tooltips.cells(chart)
      for place in 0..<columns * rows {
        let (column, row) = (place % columns, place / columns)
        #expect(!(try tooltips.heading(chart, column: column, row: row).isEmpty), "\(chart)")
        for label in try tooltips.labels(chart, column: column) {
          #expect(!(try tooltips.parts(chart, label, column: column, row: row).isEmpty), "\(chart)")
        }
      }
    }
  }

  @Test func `a domain with one text has no band, and its means are told all the same`() throws {
    let folder = try TemporaryFolder()
    try MadeUpRun(domains: [("a", [20]), ("b", [20, 21])]) { _, _, text, _, layer in Double(text + layer) }
      .write(to: folder.url)
    let page = try RunReport(LoadedRun(contentsOf: folder.url), comparisons: []).page(date: Date())
    let tooltips = try PageTooltips(page)
    #expect(try tooltips.parts("abs_mean.interval.all", column: 1, row: 0) == ["1", ""])
    #expect(try tooltips.parts("abs_mean.interval.all", column: 1, row: 1) == ["1.5", "6.35"])
    #expect(try tooltips.text("abs_mean.heat.all", "standard deviation") == "–")
    #expect(try tooltips.labels("block_influence.ranking.all") == ["value", "least in"])
    #expect(try tooltips.text("block_influence.ranking.all", "least in") == "–")
  }

  @Test(arguments: [
    (0, 4, "0"), (1, 4, "1"), (-0.25, 4, "-0.25"), (0.123456, 4, "0.1235"), (12.3456, 3, "12.3"), (99.96, 3, "100"),
    (123_456, 4, "123500"), (999_999.9, 4, "1000000"), (1e6, 4, "1.000e+6"), (-1.23456e12, 3, "-1.23e+12"),
    (0.001, 4, "0.001"), (0.00099996, 4, "1.000e-3"), (1.5e-7, 4, "1.500e-7"), (.nan, 4, "–"), (.infinity, 4, "–"),
  ])
  func `numbers are rounded to their digits, without zeros at the end`(value: Double, digits: Int, text: String) {
    #expect(TooltipText.number(value, digits: digits) == text)
  }

  @Test(arguments: [
    (0.0, "0.00"), (-0.001, "0.00"), (0.98765, "0.99"), (-12.345, "-12.35"), (.nan, "–"), (1e9, "–"),
  ])
  func `effects have two decimals`(value: Double, text: String) {
    #expect(TooltipText.effect(value) == text)
  }

  @Test(arguments: [
    (0.0, "< 0.0001"), (0.00004, "< 0.0001"), (0.00006, "0.0001"), (0.98765, "0.9877"), (1, "1.0000"), (.nan, "–"),
  ])
  func `p-values have four decimals and are never 0`(value: Double, text: String) {
    #expect(TooltipText.probability(value) == text)
  }

  @Test func `the script computes nothing of the run: it gets texts, and numbers only as places among them`() throws {
    let folder = try TemporaryFolder()
    try MadeUpRun(domains: [("a", [20, 21])]) { _, _, text, _, layer in Double(text + layer) }.write(to: folder.url)
    let page = try RunReport(LoadedRun(contentsOf: folder.url), comparisons: []).page(date: Date())
    let data = try PageTooltips(page).data
    for entry in try #require(data["texts"]?.array) { #expect(entry.string != nil) }
    for (_, word) in try #require(data["words"]?.object) { #expect(word.string != nil) }
    for list in try #require(data["names"]?.array) { #expect(list.array?.allSatisfy { $0.string != nil } == true) }
    #expect(data.object?.keys == ["charts", "domains", "names", "texts", "words"])
    let script = try #require(page.split(separator: "<script>").last?.split(separator: "</script>").first)
    #expect(script.contains("data.texts"))
    // Rounding a place in the window is all the arithmetic there is to call.
    let calls = Set(script.matches(of: /Math\.\w+/).map { String($0.output) })
    #expect(calls.isSubset(of: ["Math.floor", "Math.min", "Math.max"]))
    for forbidden in ["**", "/ Math", "toFixed", "toPrecision", "toExponential", "parseFloat", "Number(", ".reduce("] {
      #expect(!script.contains(forbidden), "\(forbidden)")
    }
  }
}
