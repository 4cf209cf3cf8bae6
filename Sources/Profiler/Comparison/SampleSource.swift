import Statistics

/// Samples that are read on demand, so that not all metrics are in memory at a time.
package struct SampleSource {
  private let read: () throws -> MetricSamples

  /// - Parameter read: called more than once; must return the same samples each time.
  package init(_ read: @escaping () throws -> MetricSamples) { self.read = read }

  func samples() throws(ComparisonError) -> MetricSamples {
    do {
      return try read()
    } catch let error as ComparisonError {
      throw error
    } catch {
      throw .unreadable(reason: String(describing: error))
    }
  }
}

/// Samples without their values.
struct SampleShape {
  let metric: Metric
  let scope: Scope?
  let names: [String]
  /// Units of each domain, of which a table has a row each.
  let units: [SampleUnits]
  let pairs: [DomainPair]
  let isPaired: Bool
  /// True for each pair whose differences are tested: of the same texts, or of domains with the same groups.
  let pairings: [Bool]

  init(_ samples: MetricSamples) {
    metric = samples.metric
    scope = samples.scope
    names = samples.domains.map(\.name)
    units = samples.domains.map(\.units)
    pairs = samples.pairs
    isPaired = samples.isPaired
    pairings = samples.pairs.map { samples.isPaired || samples.matched.contains($0) }
  }

  /// Number of units of each domain.
  var counts: [Int] { units.map(\.count) }

  /// Returns true if both can share a table.
  func matches(_ other: SampleShape) -> Bool {
    names == other.names && units == other.units && pairs == other.pairs && isPaired == other.isPaired
      && pairings == other.pairings && metric.isOfText == other.metric.isOfText
  }

  /// Row ranges of a table that holds one domain after the other.
  var rows: [Range<Int>] { Self.rows(counts) }

  /// Returns the row ranges of consecutive groups, from their numbers of rows.
  static func rows(_ counts: [Int]) -> [Range<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return start..<start + count
    }
  }
}
