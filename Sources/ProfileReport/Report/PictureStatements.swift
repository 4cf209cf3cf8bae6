import Profiler
import Statistics

/// Findings of the four pictures, in a sentence or two under each. What the page that this project began with claims of
/// them, ``OriginalClaims`` holds against the run.
struct PictureStatements {
  let data: ReportData
  let scope: Scope

  /// Location of a value: a domain's mean at a block.
  private struct Place {
    let domain: Int
    let layer: Int
    let own: RunningStatistics
    let mean: Double
  }

  private func places(_ metric: Metric) -> [Place] {
    data.table(metric, scope).enumerated().flatMap { domain, row in
      zip(data.layers, row).compactMap { layer, own in
        own.mean.map { Place(domain: domain, layer: layer, own: own, mean: $0) }
      }
    }
  }

  // MARK: 1: the mean

  /// Statements on whether the mean change is 0, and where it is farthest from 0.
  var mean: [Statement] {
    let places = places(.mean)
    var statements: [Statement] = []
    let known = places.compactMap { place in ReportData.intervalHalf(place.own).map { abs(place.mean) <= $0 } }
    if !known.isEmpty {
      statements.append(
        Statement(
          .meansHoldZero,
          "At \(known.count(where: \.self)) of \(TextTable.count(known.count, "place")) (a domain at a block) 0 lies within "
            + "the 95 % interval of the mean, each taken by itself."))
    }
    guard let far = places.max(by: { abs($0.mean) < abs($1.mean) }), far.mean != 0 else { return statements }
    let size = data.table(.absMean, scope)[far.domain][far.layer - data.layers.lowerBound].mean ?? 0
    let share = size > 0 ? ", \(Words.percent(abs(far.mean) / size)) of the mean absolute change there" : ""
    statements.append(
      Statement(
        .farthestMean,
        "Farthest from 0 is \(Words.strong(data.names[far.domain])) at block \(far.layer): \(value(far))\(share)."))
    return statements
  }

  private func value(_ place: Place) -> String {
    let spread = place.own.standardDeviation.map { " ± \(Words.number($0))" } ?? ""
    return Words.number(place.mean) + spread
  }

  // MARK: 2: the mean absolute change

  /// Statements on where domains part.
  var absoluteMean: [Statement] { domainsPart }

  private var domainsPart: [Statement] {
    let table = data.table(.absMean, scope)
    let found = data.layers.enumerated().compactMap { block, layer -> (layer: Int, spread: Double, text: String)? in
      let means = table.enumerated().compactMap { domain, row in row[block].mean.map { (domain: domain, mean: $0) } }
      guard means.count > 1, let low = means.min(by: { $0.mean < $1.mean }),
        let high = means.max(by: { $0.mean < $1.mean }),
        let within = ReportData.pooled(table.map { $0[block] }), within > 0
      else { return nil }
      let ends = [low, high].map { "\(Words.number($0.mean)) (\(data.names[$0.domain].markup))" }
      return (layer, (high.mean - low.mean) / within, "from \(ends[0]) to \(ends[1])")
    }
    guard let most = found.max(by: { $0.spread < $1.spread }), let least = found.min(by: { $0.spread < $1.spread }),
      most.spread > least.spread
    else { return [] }
    return [
      Statement(
        .domainsPart,
        "Domains part most at block \(most.layer), where their means reach \(most.text), \(Words.number(most.spread)) "
          + "standard deviations between \(data.units) of one domain; least at block \(least.layer) "
          + "(\(Words.number(least.spread)))."
      )
    ]
  }

  // MARK: 3: the mean absolute change with the deviation of the mean

  /// Statements on the domains whose bands are apart.
  var bands: [Statement] {
    let (means, spreads) = (data.table(.absMean, scope), data.table(.mean, scope))
    var apart = Array(repeating: [Int](), count: data.names.count)
    var known = 0
    for (block, layer) in data.layers.enumerated() {
      let bands = data.names.indices.compactMap { domain -> (domain: Int, low: Double, high: Double)? in
        guard let mean = means[domain][block].mean, let half = spreads[domain][block].standardDeviation else {
          return nil
        }
        return (domain, mean - half, mean + half)
      }
      guard bands.count == data.names.count, bands.count > 1 else { continue }
      known += 1
      for band in bands
      where bands.allSatisfy({ $0.domain == band.domain || $0.low > band.high || $0.high < band.low }) {
        apart[band.domain].append(layer)
      }
    }
    guard known > 0 else { return [] }
    let found = apart.enumerated().filter { !$0.element.isEmpty }.sorted { $0.element.count > $1.element.count }
    guard !found.isEmpty else {
      return [Statement(.noBandApart, "At no block does a domain’s band lie clear of all others.")]
    }
    let names = found.map { domain, layers in
      let place =
        layers.count == known && known > 1
        ? "every block"
        : found.count > 3 || Self.isScattered(layers)
          ? TextTable.count(layers.count, "block") : Words.blocks(layers)
      return "\(Words.strong(data.names[domain])) at \(place)"
    }
    return [Statement(.bandsApart, "Clear of every other domain’s band lies that of \(Words.list(names)).")]
  }

  /// True if a list of blocks has too many gaps to be readable.
  private static func isScattered(_ layers: [Int]) -> Bool {
    zip(layers, layers.dropFirst()).count { $0 + 1 != $1 } > 3
  }

  // MARK: 4: the variances

  /// Statements on the blocks that vary most in each domain.
  var variances: [Statement] {
    var groups: [(blocks: [Int], names: [String])] = []
    for (name, row) in zip(data.names, data.table(.absMean, scope)) {
      let found = zip(data.layers, row).compactMap { layer, own in own.variance.map { (layer: layer, variance: $0) } }
        .filter { $0.variance > 0 }
      // The sort is stable: ties keep the order of the blocks.
      let blocks = found.sorted { $0.variance > $1.variance }.prefix(3).map(\.layer)
      guard !blocks.isEmpty else { continue }
      if let place = groups.firstIndex(where: { $0.blocks == blocks }) {
        groups[place].names.append(Words.strong(name))
      } else {
        groups.append((blocks, [Words.strong(name)]))
      }
    }
    guard !groups.isEmpty else {
      return [Statement(.noVariance, "No domain has two \(data.units) that differ, so there is no variance to rank.")]
    }
    let texts = groups.map { group in
      let names =
        group.names.count == data.names.count && data.names.count > 1 ? "every domain" : Words.list(group.names)
      return "\(Words.list(group.blocks.map(String.init))) in \(names)"
    }
    return [
      Statement(
        .mostVaried,
        "Most variance between \(data.units), in this order: blocks \(texts.joined(separator: "; ")).")
    ]
  }
}
