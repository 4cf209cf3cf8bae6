import LlamaCore

extension RemovalSteps {
  /// Operations of the products with weights that the steps take on a corpus. What a rule will choose is not known before:
  /// random orders stand in for the rules that look at texts.
  func matmulOperations(
    of ablation: Ablation, _ corpus: TokenizedCorpus, _ model: LlamaModel, options: RunOptions
  ) throws -> Double {
    let units = candidates(of: ablation)
    let keepsFirst = ablation.keepsFirst
    let split = TextSplit(corpus, count: chosenTexts, seed: seed)
    func lengths(_ places: (TextSplit.Domain) -> [Int]) -> [Int] {
      zip(corpus.domains, split.domains).flatMap { domain, split in places(split).map { domain.texts[$0].tokens.count }
      }
    }
    let (chosen, heldOut) = (lengths(\.chosen), lengths(\.heldOut))
    let random = RemovalOrder.random(units, orders: Self.orders, seed: seed)
    func removals(_ order: [BlockUnit]) -> [Removal] {
      RemovalOrder.steps(order, count: count, keepsFirst: keepsFirst).map(\.removed)
    }
    func operations(_ lengths: [Int], _ removals: [Removal], without base: Removal? = nil) throws -> Double {
      try model.plan(lengths, removals: removals, without: base, options: options).matmulOperations
    }
    let looking = rules.filter(\.chooses).enumerated().flatMap { removals(random[$0.offset % random.count]) }
    let blind = removals(RemovalOrder.last(units, layers: model.spec.layerCount)) + random.flatMap(removals)
    // The first step is that of the ablation itself.
    var known = Set(units.map { Removal([$0], keepsFirst: keepsFirst) })
    let curves = (looking + blind).filter { known.insert($0).inserted }
    var sum = try operations(heldOut, curves) + operations(chosen, looking)
    if rules.contains(.greedy) {
      for base in removals(random[0]).dropLast() {
        let tried = units.filter { RemovalOrder.adding($0, to: base, keepsFirst: keepsFirst) != nil }
        sum += try operations(chosen, tried.map { Removal([$0], keepsFirst: keepsFirst) }, without: base)
      }
    }
    return sum
  }
}
