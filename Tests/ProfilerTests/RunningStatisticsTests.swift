import Foundations
import Profiler
import Statistics
import Testing

@Suite struct RunningStatisticsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let json: JSONValue
    static func load() throws -> [Case] { try (ProfilerFixtures.json("statistics.json").array ?? []).map(Case.init) }
    var testDescription: String { json["name"]?.string ?? "?" }
    func number(_ key: String) throws -> Double { try #require(json[key]?.double) }
    func values() throws -> [Double] { try #require(json["values"]?.array).compactMap(\.double) }
  }

  private func expect(_ found: RunningStatistics, _ expected: Case) throws {
    let values = try expected.values()
    let size = values.map(abs).max() ?? 0
    #expect(found.count == values.count)
    #expect(abs(try #require(found.mean) - (try expected.number("mean"))) <= 1e-15 * size)
    // The rounding of the values' own mean is all that may be lost: (ε · mean / std)² of the variance, and a little.
    let variance = try expected.number("variance")
    #expect(abs(try #require(found.variance) - variance) <= 1e-12 * variance + 1e-15 * size * variance.squareRoot())
    let deviation = try expected.number("std")
    #expect(abs(try #require(found.standardDeviation) - deviation) <= 1e-12 * deviation + 1e-15 * size)
    #expect(found.minimum == (try expected.number("min")))
    #expect(found.maximum == (try expected.number("max")))
  }

  @Test(arguments: try Case.load())
  func `values one by one agree with exact fractions`(expected: Case) throws {
    try expect(RunningStatistics(try expected.values()), expected)
  }

  @Test(arguments: try Case.load(), [1, 2, 7, 30])
  func `merged parts agree with exact fractions`(expected: Case, size: Int) throws {
    let values = try expected.values()
    var merged = RunningStatistics()
    for start in stride(from: 0, to: values.count, by: size) {
      merged.merge(RunningStatistics(values[start..<min(start + size, values.count)]))
    }
    merged.merge(RunningStatistics())
    try expect(merged, expected)
  }

  @Test func `one value has no variance, none has nothing`() {
    let none = RunningStatistics()
    #expect(none.mean == nil)
    #expect(none.variance == nil)
    #expect(none.minimum == nil)
    #expect(none.maximum == nil)
    let one = RunningStatistics([2.5])
    #expect(one.mean == 2.5)
    #expect(one.minimum == 2.5)
    #expect(one.maximum == 2.5)
    #expect(one.variance == nil)
    #expect(one.standardDeviation == nil)
    #expect(RunningStatistics([2.5, 2.5]).variance == 0)
  }
}
