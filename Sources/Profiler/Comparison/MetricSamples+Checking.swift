import Statistics

extension MetricSamples {
  /// - Throws: ``ComparisonError`` if the samples cannot be compared.
  func check(_ layers: Range<Int>, _ settings: ComparisonSettings) throws(ComparisonError) {
    for pair in pairs {
      guard domains.indices.contains(pair.a), domains.indices.contains(pair.b) else {
        throw .pair(domains: domains.count, found: pair)
      }
      let (expected, found) = (domains[pair.a].values.count, domains[pair.b].values.count)
      guard !isPaired || expected == found else {
        throw .unpaired(metric: metric, scope: scope, expected: expected, found: found)
      }
      let (units, others) = (domains[pair.a].units, domains[pair.b].units)
      guard !isPaired || units == others else {
        throw .unpairedGroups(metric: metric, scope: scope, expected: units.count, found: others.count)
      }
    }
    let layers = metric.isOfText ? 0..<1 : layers
    for domain in domains {
      for (text, values) in domain.values.enumerated() { try check(values, text, domain.name, layers, settings) }
    }
  }

  private func check(
    _ values: [Double], _ text: Int, _ domain: String, _ layers: Range<Int>, _ settings: ComparisonSettings
  ) throws(ComparisonError) {
    guard values.count == layers.count else {
      throw .blockCount(
        metric: metric, scope: scope, domain: domain, text: text, expected: layers.count, found: values.count)
    }
    for (value, layer) in zip(values, layers) {
      guard value.isFinite else {
        throw .notFinite(
          metric: metric, scope: scope, domain: domain, text: text, layer: layer, value: "\(value)")
      }
      guard value > 0 || !settings.usesLogScale else {
        throw .notPositive(
          metric: metric, scope: scope, domain: domain, text: text, layer: layer, value: value)
      }
    }
  }
}
