import Foundation
import LlamaCore
import Profiler
import Testing

/// Removal of units one after the other, on made-up likelihoods.
@Suite struct RemovalSearchTests {
  private static let ablation = Ablation((0..<5).map { BlockUnit(.block, $0) })

  private static func texts(_ ids: Range<Int>) -> [RemovalLikelihoods.Text] { ids.map { .init(id: $0, tokens: 10) } }

  private static let domains = [
    RemovalSearch.Domain(name: "a", chosen: texts(0..<2), heldOut: texts(2..<6)),
    RemovalSearch.Domain(name: "b", chosen: texts(6..<8), heldOut: texts(8..<12)),
  ]

  /// Costs of blocks by themselves; 1 and 3 together cost much more than their sum.
  private static let costs = [5, 0.1, 0.3, 0.2, 2]

  private static func nll(_ removed: Removal?, _ text: Int) -> Double {
    let layers = removed?.units.map(\.layer) ?? []
    let both = layers.contains(1) && layers.contains(3) ? 4.0 : 0
    return 3 + Double(text) / 100 + layers.reduce(both) { $0 + costs[$1] } * (1 + Double(text % 3) / 10)
  }

  private struct Found {
    var curves: [RemovalCurve] = []
    var requests: [RemovalSearch.Request] = []
  }

  private static func found(
    _ steps: RemovalSteps, of ablation: Ablation = ablation, metric: [Double] = [0.1, 0.5, 0.2, 0.3, 0.4],
    nll: (Removal?, Int) -> Double = nll
  ) throws -> Found {
    var known = RemovalLikelihoods()
    for text in 0..<12 { known.add("", text, nll(nil, text)) }
    var found = Found()
    let search = RemovalSearch(steps, of: ablation, layers: 5, domains: domains) { _ in metric }
    found.curves = try search.curves(&known, settings: AblationSettings()) { request, known in
      found.requests.append(request)
      for removed in request.removals {
        for text in request.texts { known.add(removed.description, text, nll(removed, text)) }
      }
    }
    // All that was asked for is known, so nothing is asked again.
    let again = try search.curves(&known, settings: AblationSettings()) { _, _ in Issue.record("asked twice") }
    #expect(again == found.curves)
    return found
  }

  private static func layers(_ curves: [RemovalCurve], _ rule: RemovalRule) -> [Int?] {
    curves.first { $0.rule == rule.name }?.steps.dropFirst().map { $0.unit?.layer } ?? []
  }

  @Test func `greedy measures anew at each step, one_shot does not`() throws {
    let found = try Self.found(RemovalSteps(3, rules: [.greedy, .oneShot, .metric(.blockInfluence)]))
    #expect(Self.layers(found.curves, .oneShot) == [1, 3, 2])
    #expect(Self.layers(found.curves, .greedy) == [1, 2, 4])
    #expect(Self.layers(found.curves, .metric(.blockInfluence)) == [0, 2, 3])
    #expect(Self.layers(found.curves, .last) == [3, 2, 1])
    let steps = found.requests.filter { $0.label.hasPrefix("greedy") }
    #expect(steps.map(\.removals.count) == [5, 4, 3])
    // Each step is tried on the model that the one before it left.
    #expect(steps.map { $0.base?.description } == [nil, "block:1", "block:1 block:2"])
    // Rules choose by the chosen texts of both domains alone.
    #expect(steps.allSatisfy { $0.texts == [0, 1, 6, 7] })
  }

  @Test func `curves have a row for the unchanged model and each step, of each rule, domain and split`() throws {
    let curves = try Self.found(RemovalSteps(2, rules: [.greedy])).curves
    #expect(
      curves.map { "\($0.rule) \($0.domain) \($0.split.rawValue)" } == [
        "greedy a chosen", "greedy a held_out", "greedy b chosen", "greedy b held_out", "last a held_out",
        "last b held_out", "random a held_out", "random b held_out",
      ])
    for curve in curves {
      #expect(curve.steps.map(\.step) == [0, 1, 2])
      #expect(curve.steps[0].deltaNLL == 0)
      #expect(curve.steps[0].unit == nil)
      let texts = Self.domains.first { $0.name == curve.domain }.map { curve.split == .chosen ? $0.chosen : $0.heldOut }
      #expect(curve.steps.allSatisfy { $0.texts == texts?.count })
      guard curve.rule == "greedy", let texts else { continue }
      // Block 1, then 2.
      for (step, layers) in [(1, [1]), (2, [1, 2])] {
        let removed = Removal(Set(layers.map { BlockUnit(.block, $0) }))
        let nll = texts.reduce(0) { $0 + Self.nll(removed, $1.id) } / Double(texts.count)
        let base = texts.reduce(0) { $0 + Self.nll(nil, $1.id) } / Double(texts.count)
        let row = curve.steps[step]
        #expect(abs((row.nll ?? .nan) - nll) < 1e-12)
        #expect(abs((row.deltaNLL ?? .nan) - (nll - base)) < 1e-12)
        // All texts have the same length.
        #expect(abs((row.perplexity ?? .nan) - exp(nll)) < 1e-9)
        let interval = try #require(row.interval)
        #expect(interval.contains(row.deltaNLL ?? .nan))
      }
    }
  }

  @Test func `the band of random orders is from the fifth to the ninety-fifth of a hundred`() throws {
    let curves = try Self.found(RemovalSteps(1, rules: [])).curves
    let curve = try #require(curves.first { $0.rule == "random" && $0.domain == "a" })
    let row = curve.steps[1]
    #expect(row.unit == nil)
    let orders = RemovalSteps.orders
    #expect(orders >= 20)
    // Each order's mean over texts is one of the five blocks' costs.
    let texts = Self.domains[0].heldOut
    let means = (0..<5).map { layer in
      texts.reduce(0) { sum, text in
        sum + Self.nll(Removal([BlockUnit(.block, layer)]), text.id) - Self.nll(nil, text.id)
      } / Double(texts.count)
    }
    let interval = try #require(row.interval)
    #expect(means.contains { abs($0 - interval.upperBound) < 1e-9 } || interval.upperBound < (means.max() ?? 0))
    #expect((means.min() ?? 0) - 1e-9 <= interval.lowerBound)
    #expect(interval.contains(row.deltaNLL ?? .nan))
  }

  @Test func `what is protected stays, with all that contains it`() throws {
    let units = (0..<3).flatMap { [BlockUnit(.block, $0), BlockUnit(.attention, $0), BlockUnit(.mlp, $0)] }
    let steps = RemovalSteps(9, rules: [.greedy], protecting: [BlockUnit(.attention, 0), BlockUnit(.block, 1)])
    #expect(steps.candidates(of: Ablation(units)).map(\.description) == ["mlp:0", "block:2", "attention:2", "mlp:2"])
    let curves = try Self.found(steps, of: Ablation(units)).curves
    for step in curves.flatMap(\.steps) {
      if let unit = step.unit { #expect(["mlp:0", "block:2", "attention:2", "mlp:2"].contains(unit.description)) }
    }
  }

  @Test func `a part of a removed block is no step`() throws {
    let units = (0..<3).flatMap { [BlockUnit(.block, $0), BlockUnit(.attention, $0), BlockUnit(.mlp, $0)] }
    let curves = try Self.found(RemovalSteps(9, rules: []), of: Ablation(units)).curves
    let last = try #require(curves.first { $0.rule == "last" })
    // Of five blocks the last is 4, and the units are of 0 to 2.
    #expect(last.steps.compactMap { $0.unit?.description } == ["block:2", "block:1", "block:0"])
  }

  @Test func `a block whose attention and MLP are gone is no step`() throws {
    let units = (0..<2).flatMap { [BlockUnit(.attention, $0), BlockUnit(.mlp, $0), BlockUnit(.block, $0)] }
    let curves = try Self.found(RemovalSteps(9, rules: [.oneShot]), of: Ablation(units)) { removed, text in
      // Attentions and MLPs cost less than blocks.
      3 + Double(text) / 100
        + (removed?.units ?? []).reduce(0) { $0 + ($1.part == .block ? 2.5 : 1) + Double($1.layer) / 10 }
    }.curves
    let rule = try #require(curves.first { $0.rule == "one_shot" })
    #expect(rule.steps.compactMap { $0.unit?.description } == ["attention:0", "mlp:0", "attention:1", "mlp:1"])
  }

  @Test func `texts that are not finite under the unchanged model do not choose`() throws {
    func nll(_ bad: Set<Int>) -> (Removal?, Int) -> Double {
      { bad.contains($1) ? .nan : Self.nll($0, $1) }
    }
    // One of the chosen texts of a, then all of them.
    for bad in [Set([0]), Set([0, 1])] {
      let curves = try Self.found(RemovalSteps(3, rules: [.greedy, .oneShot]), nll: nll(bad)).curves
      #expect(Self.layers(curves, .greedy) == [1, 2, 4])
      #expect(Self.layers(curves, .oneShot) == [1, 3, 2])
    }
    // Then of both domains: nothing is left to choose by.
    let none = try Self.found(RemovalSteps(3, rules: [.greedy]), nll: nll([0, 1, 6, 7])).curves
    #expect(Self.layers(none, .greedy).isEmpty)
    #expect(Self.layers(none, .last) == [3, 2, 1])
  }

  @Test func `a model without a finite likelihood is never chosen and enters no mean`() throws {
    let curves = try Self.found(RemovalSteps(3, rules: [.greedy])) { removed, text in
      removed?.units.contains(BlockUnit(.block, 1)) == true && [1, 3].contains(text) ? .nan : Self.nll(removed, text)
    }.curves
    let greedy = curves.filter { $0.rule == "greedy" }
    #expect(!greedy.flatMap(\.steps).contains { $0.unit == BlockUnit(.block, 1) })
    let last = try #require(curves.first { $0.rule == "last" && $0.domain == "a" })
    #expect(last.steps.map(\.texts) == [4, 4, 4, 3])
    #expect(last.steps.allSatisfy { $0.deltaNLL?.isFinite == true })
  }

  @Test(arguments: [
    "6 greedy one_shot block_influence last random select:8 seed:0",
    "1 last random protect:block:0 protect:block:1 protect:mlp:7 select:3 seed:18446744073709551615",
  ])
  func `settings are read from their text form`(text: String) throws {
    #expect(try #require(RemovalSteps(text)).description == text)
  }

  @Test(arguments: [
    "", "greedy", "0 last random select:8 seed:0", "3 greedy select:8 seed:0", "3 last random seed:0",
    "3 cosine last random select:8 seed:0", "3 nll last random select:8 seed:0", "3 last random select:0 seed:0",
    "3 last random protect:bloc:0 select:8 seed:0", "99999999999999999999 last random select:8 seed:0",
  ])
  func `no other text is settings`(text: String) { #expect(RemovalSteps(text) == nil) }
}
