import Profiler
import Statistics

/// Statements on the profile: means over domains, each checked against the individual domains.
extension ReportSummary {
  var profile: [Statement] {
    guard let most = Extreme(values(.metric(.absMean)), by: >), let least = Extreme(values(.metric(.absMean)), by: <)
    else { return [Statement(.noFiniteValue, "No block has a value that is finite.")] }
    return change(most, least) + relativeChange + parts + influence
  }

  /// Blocks at which a quantity is largest or smallest; several in case of a tie.
  private struct Extreme {
    let value: Double
    let layers: [Int]

    init?(_ values: [(layer: Int, value: Double)], by isBetter: (Double, Double) -> Bool) {
      guard let best = values.min(by: { isBetter($0.value, $1.value) })?.value else { return nil }
      value = best
      layers = values.filter { $0.value == best }.map(\.layer)
    }

    /// Returns a subject such as `Block 3 changes` or `Blocks 3 and 4 change`.
    func subject(_ singular: String, _ plural: String) -> String {
      "<b>\(Words.blocks(layers).capitalizedFirst)</b> \(layers.count == 1 ? singular : plural)"
    }
  }

  /// Returns the blocks with their mean over domains.
  private func values(_ quantity: ReportData.Quantity) -> [(layer: Int, value: Double)] {
    zip(data.layers, data.overall(quantity, scope)).compactMap { layer, value in value.map { (layer, $0) } }
  }

  private var over: String { data.names.count == 1 ? "mean over \(data.units)" : "mean over domains" }

  private func change(_ most: Extreme, _ least: Extreme) -> [Statement] {
    guard most.value != least.value || data.layers.count == 1 else {
      let text = "Every block changes the residual stream by the same, \(Words.number(most.value)) an element"
      return [Statement(.equalChange, "\(text) (<code>abs_mean</code>, \(over)).")]
    }
    let ratio =
      least.value > 0 && most.value > least.value
      ? ", \(Words.number(most.value / least.value)) times as much as \(Words.blocks(least.layers)), the least "
        + "(\(Words.number(least.value)))" : ""
    let text =
      "\(most.subject("changes", "change")) the residual stream most: by \(Words.number(most.value)) an element "
      + "(<code>abs_mean</code>, \(over))\(ratio)."
    let only = data.layers.count == 1
    return [
      only
        ? Statement(.largestChange, text.replacing(" most:", with: ""))
        : Statement(.largestChange, text)
    ] + (only ? [] : largestInDomains(most))
  }

  /// Returns statements on whether what holds for the mean holds for each domain.
  private func largestInDomains(_ most: Extreme) -> [Statement] {
    let found = zip(data.names, data.table(.absMean, scope)).compactMap { name, row -> (name: String, layers: [Int])? in
      let values = zip(data.layers, row).compactMap { layer, own in own.mean.map { (layer, $0) } }
      return Extreme(values, by: >).map { (name, $0.layers) }
    }
    guard found.count > 1 else { return [] }
    let others = found.filter { $0.layers != most.layers }
    let place = most.layers.count == 1 ? "at this block" : "at these blocks"
    if others.isEmpty { return [Statement(.largestInDomains, "In every domain the largest change is \(place).")] }
    if others.count > 3 {
      return [
        Statement(.largestInDomains, "In \(others.count) of \(found.count) domains the largest change is elsewhere.")
      ]
    }
    let names = others.map { "\(Words.blocks($0.layers)) in \(Words.strong($0.name))" }
    return [Statement(.largestInDomains, "But the largest change is at \(Words.list(names)).")]
  }

  private var relativeChange: [Statement] {
    guard let most = Extreme(values(.metric(.relativeNorm)), by: >), data.layers.count > 1 else { return [] }
    let subject = Words.blocks(most.layers)
    let possessive = most.layers.count == 1 ? "\(subject)’s contribution is" : "the contributions of \(subject) are"
    return [
      Statement(
        .largestRelativeChange,
        "Against the stream it is added to, \(possessive) largest: \(Words.size(most.value)) its length "
          + "(<code>relative_norm</code>, \(over)).")
    ]
  }

  /// Statements on attention against MLP by block and domain: the mean over domains may hide a domain.
  private var parts: [Statement] {
    let table = data.table(.attentionShare, scope)
    var found: (mlp: [Int], attention: [Int], mixed: [Int]) = ([], [], [])
    for (block, layer) in data.layers.enumerated() {
      let shares = table.compactMap { $0[block].mean }
      guard !shares.isEmpty else { continue }
      if shares.allSatisfy({ $0 < 0.5 }) {
        found.mlp.append(layer)
      } else if shares.allSatisfy({ $0 > 0.5 }) {
        found.attention.append(layer)
      } else {
        found.mixed.append(layer)
      }
    }
    let domains = data.names.count == 1 ? "" : " in every domain"
    func at(_ layers: [Int]) -> String { Words.blocks(layers, of: data.layers) }
    var statements: [Statement] = []
    if !found.mlp.isEmpty {
      statements.append(Statement(.mlpAddsMore, "The MLP adds more than attention\(domains) at \(at(found.mlp))."))
    }
    if !found.attention.isEmpty {
      statements.append(
        Statement(.attentionAddsMore, "Attention adds more than the MLP\(domains) at \(at(found.attention))."))
    }
    if !found.mixed.isEmpty {
      let text =
        data.names.count == 1
        ? "Both add the same at \(at(found.mixed))."
        : "Which of the two adds more depends on the domain at \(at(found.mixed))."
      statements.append(Statement(.partsDependOnDomain, text))
    }
    return statements
  }

  private var influence: [Statement] {
    let key = ReportFigures.RankingKey(metric: .blockInfluence, scope: scope)
    guard data.layers.count > 1, let ranking = rankings[key], let first = ranking.places.first else { return [] }
    let equal = ranking.places.filter { $0.value == first.value }.map(\.layer).sorted()
    guard equal.count < data.layers.count else { return [] }
    var statements = [
      Statement(
        .leastInfluence,
        "<b>\(Words.blocks(equal).capitalizedFirst)</b> \(equal.count == 1 ? "has" : "have") the least influence "
          + "(<code>block_influence</code> \(Words.number(first.value)), \(over)).")
    ]
    guard let share = first.leastShares?.first else {
      let text = "How sure this rank is cannot be said: a domain has a single \(data.loneUnit) (stability: –)."
      return statements + [Statement(.rankIsUnknown, text)]
    }
    if equal.count == 1 {
      let domains = ranking.domains.count { $0.layers.first == first.layer }
      let own =
        ranking.domains.count > 1
        ? "It is the least in \(domains) of \(ranking.domains.count) domains, in" : "It is the least in"
      let over = first.leastSharesOverDomains?.first.map {
        ", and in \(Words.percent($0)) of those that draw the domains as well"
      }
      statements.append(
        Statement(
          .rankIsSure,
          "\(own) \(Words.percent(share)) of \(TextTable.count(ranking.resamples)) draws of \(data.units) like these\(over ?? ""); "
            + "that speaks of the texts, not of what the model can do without the block."))
    }
    return statements
  }
}
