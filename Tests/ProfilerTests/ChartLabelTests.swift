import Foundation
import ProfileReport
import Profiler
import Statistics
import TestSupport
import Testing

/// Where the texts of the pictures lie, and what their colours mean.
@Suite struct ChartLabelTests {
  private struct Label {
    let text: String
    let left, right, y: Double
  }

  private static func number(_ text: some StringProtocol) -> Double { Double(text) ?? .nan }

  private static func labels(_ svg: String) -> [Label] {
    svg.matches(
      of: /<text x="([-\d.]+)" y="([-\d.]+)"(?: text-anchor="(\w+)")?(?: class="(\w+)")?>([^<]*)<\/text>/
    ).map { match in
      let (_, x, y, anchor, style, text) = match.output
      let width = String(text).width(fontSize: style == "title" ? 12.5 : 11)
      let left = number(x) - (anchor == "middle" ? width / 2 : anchor == "end" ? width : 0)
      return Label(text: String(text), left: left, right: left + width, y: number(y))
    }
  }

  /// Colour bar: its ramp, its ends, and the labels under it.
  private static func bar(_ svg: String) -> (ramp: String, left: Double, right: Double, labels: [Label])? {
    svg.firstMatch(
      of: /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="9" fill="url\(#(sequential|diverging)\)"\/>/
    ).map { match in
      let (x, y, width) = (number(match.output.1), number(match.output.2), number(match.output.3))
      return (String(match.output.4), x, x + width, labels(svg).filter { abs($0.y - y - 23) < 0.2 })
    }
  }

  /// Pictures of a run of two domains, whose values are `size`, more or less, in some blocks with the other sign where
  /// the metric has two.
  private static func pictures(
    size: Double, spread: Double, names: [String] = ["a", "b"], isMixed: Bool = true
  ) throws -> [(name: String, svg: String)] {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: names.map { ($0, (0..<6).map { 1_000 + 90 * $0 }) }) {
      metric, domain, text, _, layer in
      let value = size * (1 + spread * MadeUpRun.noise(domain, text, layer))
      return metric.isSigned && isMixed && layer % 2 == 1 ? -value : value
    }
    run.layers = 0..<5
    run.metrics = Metric.allCases
    try run.write(to: folder.url)
    let record = try LoadedRun(contentsOf: folder.url)
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples) = (20, 20)
    return try RunReport(record, comparisons: try record.comparisons(settings)).pictures
  }

  @Test(arguments: [
    (0.0123, 5e-4, ["a", "b"]), (12_345, 1e-3, ["a", "b"]), (1e-7, 1e-3, ["a", "b"]), (3e-4, 200, ["a", "b"]),
    (0.0123, 5e-4, ["a domain of a very long name", "another domain of a very long name"]),
  ])
  func `every label lies within its picture, and a colour bar has those of its ends`(
    size: Double, spread: Double, names: [String]
  ) throws {
    var bars = 0
    for (name, svg) in try Self.pictures(size: size, spread: spread, names: names) {
      let box = try #require(svg.firstMatch(of: /viewBox="0 ([-\d.]+) ([\d.]+) ([\d.]+)"/)).output
      let (top, width, height) = (Self.number(box.1), Self.number(box.2), Self.number(box.3))
      let labels = Self.labels(svg)
      #expect(labels.count == svg.matches(of: /<text/).count && labels.count > 2)
      for label in labels {
        #expect(label.left >= 0 && label.right <= width, "\(name): \(label)")
        #expect(label.y - 9 >= top && label.y + 2 <= top + height, "\(name): \(label)")
      }
      guard let bar = Self.bar(svg) else { continue }
      bars += 1
      for (one, next) in zip(bar.labels, bar.labels.dropFirst()) {
        #expect(one.right < next.left, "\(name): \(one), \(next)")
      }
      // The ends of a logarithmic scale are not ticks.
      guard !svg.contains("log scale") else { continue }
      let (first, last) = (try #require(bar.labels.first), try #require(bar.labels.last))
      #expect(first.left <= bar.left && bar.left <= first.right, "\(name): \(first)")
      #expect(last.left <= bar.right && bar.right <= last.right + 0.1, "\(name): \(last)")
    }
    #expect(bars > 100)
  }

  @Test(arguments: [false, true])
  func `the colours of a metric that may be negative diverge from 0, whatever its values; those of others never do`(
    isMixed: Bool
  ) throws {
    let pictures = Dictionary(
      uniqueKeysWithValues: try Self.pictures(size: 2, spread: 0.5, isMixed: isMixed))
    for metric in Metric.allCases where !metric.isOfText {
      let svg = try #require(pictures["\(metric.rawValue).heat.all.svg"])
      let bar = try #require(Self.bar(svg))
      #expect(bar.ramp == (metric.isSigned ? "diverging" : "sequential"), "\(metric)")
      let ends = [bar.labels.first?.text ?? "", bar.labels.last?.text ?? ""]
      #expect((ends[0] == "−" + ends[1]) == metric.isSigned, "\(metric): \(ends)")
    }
  }
}
