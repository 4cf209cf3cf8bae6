import Foundation
import ProfileReport
import Testing

@Suite struct ChartTests {
  @Test(arguments: [
    ([0.0, 1.0], true, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], ""),
    ([-0.5, 3], true, ["−1", "0", "1", "2", "3"], ""),
    ([0.93, 1.04], false, ["0.90", "0.95", "1.00", "1.05"], ""),
    ([0, 3e-6], true, ["0", "1", "2", "3"], " × 10⁻⁶"),
    ([0, 2.5e7], true, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"], " × 10⁷"),
    ([5, 5], false, ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"], ""),
  ])
  func `a linear axis has round ticks that cover the values`(
    values: [Double], includesZero: Bool, labels: [String], factor: String
  ) {
    let scale = AxisScale(linear: values, includesZero: includesZero)
    #expect(scale.ticks.map(scale.label) == labels)
    #expect(scale.factor == factor)
    for value in values { #expect((-1e-9...1 + 1e-9).contains(scale.fraction(value))) }
  }

  @Test(arguments: [
    ([0.01, 2.0], ["0.01", "0.1", "1"]), ([20, 90], ["20", "50", "100"]),
    ([1e-9, 1e-5], ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]),
  ])
  func `a logarithmic axis has decades`(values: [Double], labels: [String]) {
    let scale = AxisScale(logarithmic: values)
    #expect(scale.ticks.map(scale.label) == labels)
    #expect(scale.fraction(values[0]) > 0)
    #expect(scale.fraction(values[1]) < 1)
  }

  private static let spans: [(values: [Double], isLogarithmic: Bool)] = [
    // One block of thirty far above the others, two of them, less far, and evenly over three decades.
    (equal(0.03, 29, and: 1), true), (equal(0.03, 28, and: 0.2, 1), true), (equal(0.03, 29, and: 0.8), false),
    ([1, 10, 100, 1000], true), ([1, 2, 30], false),
    // A lone small value would press the others flat; what is not positive has no place.
    (equal(1, 29, and: 1e-9), false), ([0, 1, 1000], false), ([-1, 1, 1000], false), ([], false),
  ]

  private static func equal(_ value: Double, _ count: Int, and others: Double...) -> [Double] {
    Array(repeating: value, count: count) + others
  }

  @Test(arguments: spans)
  func `an axis is logarithmic where a linear one would press most values flat`(values: [Double], isLogarithmic: Bool) {
    #expect(AxisScale.spansDecades(values) == isLogarithmic)
  }

  @Test func `an axis for both signs is linear near 0 and has decades beyond`() {
    let values = [-0.02, 0.01, 0.2, 7.7]
    let scale = AxisScale(logarithmic: values, beyond: 0.05)
    #expect(scale.ticks.map(scale.label) == ["0", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    #expect(scale.note == ", log scale beyond 0.05")
    let places = values.map(scale.fraction)
    #expect(places == places.sorted() && places[0] > 0 && places[3] < 1)
    // As much room from 0 to the bend as for a decade.
    let decade = scale.fraction(5) - scale.fraction(0.5)
    #expect(abs(scale.fraction(0.05) - scale.fraction(0) - decade) < 1e-12)
    #expect(AxisScale(logarithmic: [-100, 3], beyond: 0.05).ticks.contains { $0 < -10 })
  }

  @Test(arguments: [
    ([0.01, 0.2, 7.7], true), ([-3, 0.01, 0.02], true), ([0.1, 0.3, 0.9], false), ([0.001, 0.002, 0.4], false),
    ([], false),
  ])
  func `such an axis is logarithmic where the largest value is ten times the bend and most others`(
    values: [Double], isLogarithmic: Bool
  ) {
    #expect(AxisScale.spansDecades(values, beyond: 0.05) == isLogarithmic)
  }

  /// What a file can hold and no model makes.
  private static let extremes: [[Double]] = [
    [], [0, 0], [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [Double.leastNonzeroMagnitude, 0],
    [1e300, (1e300).nextUp], [1e15, 1e15 + 1],
  ]

  @Test(arguments: extremes)
  func `no values make an axis trap`(values: [Double]) {
    let scale = AxisScale(linear: values, includesZero: false)
    #expect(scale.ticks.count >= 2)
    #expect(scale.ticks.count <= 21)
    #expect(scale.lowest < scale.highest)
    #expect(AxisScale(logarithmic: values.map(abs)).lowest > 0)
    let both = AxisScale(logarithmic: values, beyond: 0.05)
    #expect(both.ticks.count <= 30 && both.lowest < both.highest && both.ticks.contains(0))
    for tick in scale.ticks { #expect(!scale.label(tick).isEmpty) }
  }

  @Test(arguments: [
    (0.04, "0"), (-0.04, "0"), (12.34, "12.3"), (12.96, "13"), (-0.5, "-0.5"), (.infinity, "1000000"),
    (.nan, "1000000"),
  ])
  func `coordinates are short and never break the file`(value: Double, text: String) {
    #expect(SVGText.number(value) == text)
  }

  @Test func `what a file holds cannot become markup`() {
    #expect(
      "<b onclick=\"x\" id='y'>&\u{0}\u{1B}\n".markup
        == "&lt;b onclick=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\u{FFFD}\u{FFFD} ")
  }

  @Test func `long names are cut to their room`() {
    let name = "a domain of a very long name indeed"
    #expect(name.fitted(1000, fontSize: 11) == name)
    let cut = name.fitted(80, fontSize: 11)
    #expect(cut.hasSuffix("…"))
    #expect(cut.width(fontSize: 11) <= 80)
    #expect(cut.count > 5)
  }

  @Test func `the colours of a ramp run from end to end`() {
    #expect(ColorRamp.sequential.color(step: 0) == "#440154")
    #expect(ColorRamp.sequential.color(step: 63) == "#fde725")
    #expect(ColorRamp.diverging.color(step: 0) == "#0072b2")
    #expect(ColorRamp.diverging.color(step: 63) == "#d55e00")
    #expect(ColorRamp.step(0) == 0)
    #expect(ColorRamp.step(1) == 63)
    #expect(ColorRamp.step(.infinity) == 63)
  }
}
