import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Another checkpoint's blocks, attentions and MLPs tried one by one, against `ModelEdits.swaps` run alone.
@Suite struct SwapAblationTests {
  private static func ablate(
    _ model: LlamaModel, _ texts: [[TokenID]], _ units: [BlockUnit], from other: URL, hasEffects: Bool = false,
    options: RunOptions = RunOptions()
  ) throws -> [[RemovalCost]] {
    var nobody = NoObserver()
    var costs: [[RemovalCost]] = Array(repeating: [], count: texts.count)
    try model.ablate(
      texts, swapping: units, from: other, hasEffects: hasEffects, options: options, observer: &nobody
    ) { text in
      #expect(costs[text.text].count == text.firstRemoval)
      costs[text.text] += text.costs
    }
    return costs
  }

  private static let types: [[TensorType]] = [[.f32], [.bf16], [.bf16, .f32, .f32]]

  @Test(arguments: ["tiny-llama", "biases"] + BlockSpecTests.cases.map(\.name), types)
  func `a swap has the bits of the model with the swapped weights run alone`(name: String, types: [TensorType]) throws {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    let other = try OtherCheckpoint.random(like: model, types)
    let units = AblationTests.units(model)
    let costs = try Self.ablate(model, [[3, 4], tokens], units, from: other.url)[1]
    let plain = try model.logits(of: [tokens], at: .all)[0]
    let nll = try model.negativeLogLikelihood(of: [tokens])[0].mean
    #expect(costs.count == units.count)
    for (unit, cost) in zip(units, costs) {
      let swap = ModelEdits.Swap(directory: other.url, part: unit.part, layers: [unit.layer])
      let alone = try model.edited(by: ModelEdits(swaps: [swap]))
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(unit)")
      #expect(cost.nll != nll, "\(unit)")
      let naive = AblationTests.naive(plain, try alone.logits(of: [tokens], at: .all)[0])
      #expect(abs(cost.kl - naive.kl) <= 1e-6 * max(1, naive.kl), "\(unit)")
      #expect(abs(cost.outputChangeMean - naive.mean) <= 1e-6, "\(unit)")
      #expect(abs(cost.outputChangeMax - naive.maximum) <= 1e-6, "\(unit)")
      #expect(cost.top1 == naive.top1, "\(unit)")
    }
  }

  @Test(arguments: ["tiny-llama", "gemma2"])
  func `effects are those of the swapped model's later blocks, and of its own block there is none`(name: String) throws
  {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    let other = try OtherCheckpoint.random(like: model)
    let units = AblationTests.units(model)
    let costs = try Self.ablate(model, [tokens], units, from: other.url, hasEffects: true)[0]
    var base = StreamRecorder()
    try model.run([tokens], observer: &base)
    for (unit, cost) in zip(units, costs) {
      var changed = StreamRecorder()
      let swap = ModelEdits.Swap(directory: other.url, part: unit.part, layers: [unit.layer])
      try model.edited(by: ModelEdits(swaps: [swap])).run([tokens], observer: &changed)
      #expect(cost.effects.count == model.spec.layerCount)
      for (layer, effect) in cost.effects.enumerated() {
        guard layer > unit.layer else {
          #expect(effect == nil, "\(unit) on \(layer)")
          continue
        }
        let found = try #require(effect)
        let wanted = Self.effect(base, changed, layer, width: model.spec.hiddenSize)
        #expect(wanted.mean > 0)
        #expect(abs(found.mean - wanted.mean) <= 1e-6 * max(1, wanted.mean), "\(unit) on \(layer)")
        #expect(abs(found.maximum - wanted.maximum) <= 1e-6 * max(1, wanted.maximum), "\(unit) on \(layer)")
      }
    }
  }

  /// The definition, straight from the streams.
  private static func effect(
    _ base: StreamRecorder, _ changed: StreamRecorder, _ layer: Int, width: Int
  ) -> (mean: Double, maximum: Double) {
    func added(_ streams: StreamRecorder) -> [Double] {
      zip(streams.attention[layer], streams.mlp[layer]).map { Double($0) + Double($1) }
    }
    func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (d, other) = (added(base), added(changed))
    let effects = stride(from: 0, to: d.count, by: width).map { start in
      let row = start..<start + width
      return norm(row.map { d[$0] - other[$0] }) / max(norm(d[row]), 1e-6)
    }
    return (effects.reduce(0, +) / Double(effects.count), effects.max() ?? 0)
  }

  @Test func `an edited model is swapped as it is, at the places of its program`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let first = try OtherCheckpoint.random(like: model)
    let second = try OtherCheckpoint.random(like: model, [.bf16], seed: 2)
    var edits = try ModelEditsTests.edits(
      "--layers 0,2,1 --scale attention:2=2 --skip mlp:0 --steer VECTORS:v@1*2", of: "tiny-llama")
    edits.swaps = [.init(directory: first.url, layers: [2])]
    let changed = try model.edited(by: edits)
    let units = AblationTests.units(changed)
    #expect(units.count == 9)
    for (unit, cost) in zip(units, try Self.ablate(changed, [tokens], units, from: second.url)[0]) {
      var both = edits
      both.swaps.append(.init(directory: second.url, part: unit.part, layers: [changed.program[unit.layer]]))
      let alone = try model.edited(by: both)
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(unit)")
    }
  }

  @Test func `numbers do not depend on threads, company, order or groups, and the observer sees the unchanged texts`()
    throws
  {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let folder = try OtherCheckpoint.random(like: model, [.bf16])
    defer { withExtendedLifetime(folder) {} }
    let other = folder.url
    let units = AblationTests.units(model)
    let expected = try Self.ablate(
      model, [tokens], units, from: other, hasEffects: true, options: RunOptions(threads: 1))[0]
    let company = try Self.ablate(
      model, [[5], tokens, Array(tokens.reversed()), tokens], units, from: other, hasEffects: true,
      options: RunOptions(threads: 3))
    #expect(company[1] == expected)
    #expect(company[3] == expected)
    let reversed = try Self.ablate(model, [tokens], units.reversed(), from: other, hasEffects: true)[0]
    #expect(reversed == expected.reversed())
    let alone = try units.map { try Self.ablate(model, [tokens], [$0], from: other, hasEffects: true)[0][0] }
    #expect(alone == expected)
    // So little memory that a text's swaps take several readings.
    var options = RunOptions(threads: 1)
    options.memoryLimit = 1
    let error = #expect(throws: RunError.self) {
      try model.plan([tokens.count], swapping: units, from: other, hasEffects: true, options: options)
    }
    guard case .memoryLimit(let needed, _) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    options.memoryLimit = needed + 20_000
    let plan = try model.plan([tokens.count, 1], swapping: units, from: other, hasEffects: true, options: options)
    #expect(plan.groups.count > 3)
    let narrow = try Self.ablate(model, [tokens, [5]], units, from: other, hasEffects: true, options: options)
    #expect(narrow[0] == expected)
    #expect(narrow[1] == company[0])

    var (seen, plain) = (StreamRecorder(), StreamRecorder())
    try model.ablate([tokens], swapping: units, from: other, options: options, observer: &seen) { _ in }
    try model.run([tokens], observer: &plain)
    #expect(seen.after == plain.after)
    #expect(seen.attention == plain.attention)
    #expect(seen.mlp == plain.mlp)
  }

  @Test(arguments: ["tiny-llama", "phi3"])
  func `a model swapped with itself costs exactly nothing`(name: String) throws {
    let model = try ModelEditsTests.model(name)
    let texts: [[TokenID]] = [[3, 4, 5, 6, 7], [9]]
    let base = try model.negativeLogLikelihood(of: texts)
    let costs = try Self.ablate(
      model, texts, AblationTests.units(model), from: model.checkpoint.directory, hasEffects: true)
    for (text, cost) in costs.enumerated().flatMap({ text, costs in costs.map { (text, $0) } }) {
      #expect(cost.nll == base[text].mean)
      #expect([cost.kl, cost.top1, cost.outputChangeMean, cost.outputChangeMax] == [0, 1, 0, 0])
      #expect(cost.effects.allSatisfy { $0 == nil || $0 == RemovalCost.Effect(mean: 0, maximum: 0) })
    }
  }

  @Test func `the plan counts the other checkpoint's parts once, and what they compute`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let other = try OtherCheckpoint.random(like: model, [.f32, .bf16])
    let (spec, layers, last) = (model.spec, model.spec.layerCount, model.spec.layerCount - 1)
    func plan(_ units: [BlockUnit]) throws -> RemovalPlan { try model.plan([7, 9], swapping: units, from: other.url) }
    let none = try plan([])
    let blocks = try plan(model.spec.blocks.indices.map { BlockUnit(.block, $0) })
    #expect(blocks.blockEvaluations == 2 * (layers + layers * (layers + 1) / 2))
    #expect(blocks.groups.map(\.texts) == [0..<2])
    #expect(blocks.groups.map(\.removals) == [0..<layers])

    let tensors = try Checkpoint(directory: other.url).tensors.filter { $0.name.hasPrefix("model.layers.\(last).") }
    func bytes(_ isPart: (String) -> Bool) -> Int {
      tensors.filter { isPart($0.name) }.reduce(0) { $0 + $1.byteRange.count }
    }
    let attention = bytes { $0.contains("self_attn") || $0.contains("input_layernorm") }
    let whole = bytes { _ in true }
    let (width, block) = (Double(spec.hiddenSize), spec.blocks[last])
    let mlpWork = 6 * width * Double(block.mlp.intermediateSize)
    let attentionWork = 4 * width * Double(block.attention.queryWidth + block.attention.keyValueWidth)
    let logits = 2 * width * Double(spec.vocabularySize)
    let cases: [(parts: [BlockUnit.Part], bytes: Int, work: Double)] = [
      ([.block], whole, attentionWork + mlpWork), ([.attention], attention, attentionWork + mlpWork),
      ([.mlp], whole - attention, mlpWork), ([.block, .attention], whole, attentionWork + 2 * mlpWork),
      ([.block, .attention, .mlp], whole, attentionWork + 3 * mlpWork),
    ]
    #expect(attention > 0 && whole > attention)
    for wanted in cases {
      let found = try plan(wanted.parts.map { BlockUnit($0, last) })
      #expect(found.weightBytes - none.weightBytes == wanted.bytes, "\(wanted.parts)")
      let work = 16 * (wanted.work + Double(wanted.parts.count) * logits)
      #expect(abs(found.matmulOperations - none.matmulOperations - work) <= 1e-9 * work, "\(wanted.parts)")
    }
    let removed = try model.plan([7, 9], removals: [Removal([BlockUnit(.block, last)])])
    #expect(try plan([BlockUnit(.block, last)]).peakBytes > removed.peakBytes)
  }

  @Test func `swaps that cannot be are refused before anything is computed`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let other = try OtherCheckpoint.random(like: model)
    func error(_ unit: BlockUnit, _ directory: URL) -> EditError? {
      #expect(throws: EditError.self) { try Self.ablate(model, [[1]], [unit], from: directory) }
    }
    #expect(
      error(.head(0, of: 1), other.url)?.description
        == "swap of head:1.0: expected a block, an attention or an MLP, found a head")
    #expect(error(BlockUnit(.mlp, 4), other.url)?.description == "swap of mlp:4: expected a block from 0 to 3, found 4")
    let biases = Repository.fixtures.appending(path: "variants/biases")
    let text = error(BlockUnit(.block, 1), biases)?.description ?? ""
    #expect(text.contains("expected the tensors of the model whose weights are swapped; "))
    #expect(!text.contains("\n"))
    #expect(throws: CheckpointError.self) {
      try Self.ablate(model, [[1]], [BlockUnit(.block, 1)], from: URL(filePath: "/nowhere"))
    }
    #expect(throws: RunError.emptyText(0)) {
      try Self.ablate(model, [[]], [BlockUnit(.block, 1)], from: other.url)
    }
    #expect(try Self.ablate(model, [], [BlockUnit(.block, 1)], from: other.url).isEmpty)
    #expect(try Self.ablate(model, [[1, 2]], [], from: other.url) == [[]])
  }
}
