import Foundation
import LlamaCore
import TestSupport
import Testing

/// Removals that leave a mean in place of 0: against hooks on transformers in float64 (Fixtures/make_ablation_means.py), and
/// against changed models run alone.
@Suite struct MeanAblationTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let units: [String]
      let keep_first: Bool
      let nll, kl, top1, output_change_mean, output_change_max: Double
    }
    let chosen: [[TokenID]]
    let tokens: [TokenID]
    let cases: [Case]
  }

  static func golden(_ name: String) throws -> Golden {
    let file = Repository.fixtures.appending(path: "ablation/means/\(name).json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// Means of A and M over the tokens of some texts, `[blocks][hidden size]`.
  private static func means(_ model: LlamaModel, _ texts: [[TokenID]]) throws -> (
    attention: [[Double]], mlp: [[Double]]
  ) {
    let (layers, width) = (model.spec.layerCount, model.spec.hiddenSize)
    var (attention, mlp) = ([[Double]](), [[Double]]())
    var streams = StreamRecorder()
    try model.run(texts, observer: &streams)
    let tokens = texts.reduce(0) { $0 + $1.count }
    func mean(_ values: [[Float]], _ layer: Int) -> [Double] {
      var sums = Array(repeating: 0.0, count: width)
      for text in texts.indices {
        for (index, value) in values[layer * texts.count + text].enumerated() { sums[index % width] += Double(value) }
      }
      return sums.map { $0 / Double(tokens) }
    }
    for layer in 0..<layers {
      attention.append(mean(streams.attention, layer))
      mlp.append(mean(streams.mlp, layer))
    }
    return (attention, mlp)
  }

  private static func ablate(
    _ model: LlamaModel, _ texts: [[TokenID]], _ removals: [Removal], _ means: [MeanOutputs],
    hasEffects: Bool = false, options: RunOptions = RunOptions()
  ) throws -> [[RemovalCost]] {
    var nobody = NoObserver()
    var costs: [[RemovalCost]] = Array(repeating: [], count: texts.count)
    try model.ablate(
      texts, removals, means: means, hasEffects: hasEffects, options: options, observer: &nobody
    ) { costs[$0.text] += $0.costs }
    return costs
  }

  /// Every part and every span of two blocks, and parts of several blocks.
  private static func sets(_ layers: Int) -> [Set<BlockUnit>] {
    var units = [BlockUnit.Part.block, .attention, .mlp].flatMap { part in (0..<layers).map { BlockUnit(part, $0) } }
    units += (0...layers - 2).map { .span(2, from: $0) }
    return units.map { [$0] } + [
      [BlockUnit(.attention, 0), BlockUnit(.mlp, 0)], [BlockUnit(.block, 0), BlockUnit(.attention, layers - 1)],
      [BlockUnit(.mlp, 0), BlockUnit(.block, layers - 1)], [.span(layers, from: 0)],
    ]
  }

  @Test(arguments: ModelEditsTests.models)
  func `means of texts cost what PyTorch hooks in float64 cost that put them there`(name: String) throws {
    let (golden, model) = (try Self.golden(name), try ModelEditsTests.model(name))
    let means = try Self.means(model, golden.chosen)
    let outputs = MeanOutputs(attention: means.attention, mlp: means.mlp)
    let removals = try golden.cases.map { wanted in
      Removal(Set(try wanted.units.flatMap { try BlockUnit.units($0) }), keepsFirst: wanted.keep_first)
    }
    let costs = try Self.ablate(model, [golden.tokens], removals, [outputs])[0]
    #expect(costs.count == golden.cases.count && costs.count >= 20)
    for (wanted, cost) in zip(golden.cases, costs) {
      let place = "\(wanted.units), \(wanted.keep_first)"
      #expect(abs((cost.nll ?? .nan) - wanted.nll) <= 1e-5 * wanted.nll, "\(place)")
      #expect(abs(cost.kl - wanted.kl) <= 1e-5 * max(1, wanted.kl), "\(place)")
      #expect(abs(cost.top1 - wanted.top1) <= 1e-9, "\(place)")
      #expect(abs(cost.outputChangeMean - wanted.output_change_mean) <= 1e-5, "\(place)")
      #expect(abs(cost.outputChangeMax - wanted.output_change_max) <= 1e-5, "\(place)")
    }
  }

  @Test(arguments: ["tiny-llama", "gemma2"], [false, true])
  func `vectors of zeros cost what nothing costs`(name: String, keepsFirst: Bool) throws {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    let (layers, width) = (model.spec.layerCount, model.spec.hiddenSize)
    let zeros = Array(repeating: Array(repeating: 0.0, count: width), count: layers)
    let removals = Self.sets(layers).map { Removal($0, keepsFirst: keepsFirst) }
    let costs = try Self.ablate(
      model, [tokens], removals, [MeanOutputs(attention: zeros, mlp: zeros)], hasEffects: true)
    #expect(try costs == AblationTests.ablate(model, [tokens], removals, hasEffects: true))
    #expect(costs[0].contains { $0.kl > 0 })
  }

  /// A removed block or MLP with a vector is one that is skipped, with the vector behind its block.
  @Test(arguments: ["tiny-llama", "biases"] + BlockSpecTests.cases.map(\.name))
  func `costs have the bits of the model that skips a part and is steered behind it`(name: String) throws {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    let (layers, width) = (model.spec.layerCount, model.spec.hiddenSize)
    let means = try Self.means(model, [Array(tokens.prefix(9)), tokens.reversed()])
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "means.safetensors")
    var vectors: [(name: String, values: [Float])] = []
    for layer in 0..<layers {
      let sums = zip(means.attention[layer], means.mlp[layer]).map { Float($0 + $1) }
      vectors.append(("block\(layer)", sums))
      vectors.append(("mlp\(layer)", means.mlp[layer].map { Float($0) }))
    }
    var writer = try SafetensorsWriter(at: file, vectors.map { ($0.name, TensorType.f32, [width]) })
    for vector in vectors {
      try writer.write(
        vector.values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
    }
    try writer.commit()
    func steering(_ part: String, _ layer: Int) -> ModelEdits.Steering {
      .init(file: file, tensor: "\(part)\(layer)", layer: layer)
    }
    var cases: [(unit: BlockUnit, steering: [ModelEdits.Steering])] = []
    for layer in 0..<layers {
      cases.append((BlockUnit(.block, layer), [steering("block", layer)]))
      cases.append((BlockUnit(.mlp, layer), [steering("mlp", layer)]))
    }
    for count in 2...layers {
      for first in 0...layers - count {
        cases.append((.span(count, from: first), (first..<first + count).map { steering("block", $0) }))
      }
    }
    let costs = try Self.ablate(
      model, [tokens], cases.map { Removal([$0.unit]) }, [MeanOutputs(attention: means.attention, mlp: means.mlp)])[0]
    for ((unit, steering), cost) in zip(cases, costs) {
      let alone = try model.edited(by: ModelEdits(skipped: [unit], steering: steering))
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(unit)")
    }
  }

  @Test(arguments: [false, true])
  func `each text has its own means, whatever the threads, company, order and groups`(keepsFirst: Bool) throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let means = try [[tokens], [[3, 4, 5, 6]]].map { texts in
      let means = try Self.means(model, texts)
      return MeanOutputs(attention: means.attention, mlp: means.mlp)
    }
    let removals = Self.sets(model.spec.layerCount).map { Removal($0, keepsFirst: keepsFirst) }
    let expected = try means.map {
      try Self.ablate(model, [tokens], removals, [$0], hasEffects: true, options: RunOptions(threads: 1))[0]
    }
    #expect(expected[0] != expected[1])
    let company = try Self.ablate(
      model, [tokens, [9], tokens], removals, [means[0], means[1], means[1]], hasEffects: true,
      options: RunOptions(threads: 3))
    #expect(company[0] == expected[0])
    #expect(company[2] == expected[1])
    let reversed = try Self.ablate(model, [tokens], removals.reversed(), [means[0]], hasEffects: true)[0]
    #expect(reversed == expected[0].reversed())
    var options = RunOptions(threads: 1)
    options.memoryLimit =
      try model.plan([tokens.count], removals: [removals[0]], hasEffects: true, options: options).peakBytes + 20_000
    #expect(
      try model.plan([tokens.count], removals: removals, hasEffects: true, options: options).groups.count > 1)
    #expect(
      try Self.ablate(model, [tokens], removals, [means[0]], hasEffects: true, options: options)[0] == expected[0])
  }

  @Test func `a head has no mean`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let zeros = Array(
      repeating: Array(repeating: 0.0, count: model.spec.hiddenSize), count: model.spec.layerCount)
    let error = #expect(throws: EditError.self) {
      try Self.ablate(model, [[1, 2]], [Removal([.head(1, of: 2)])], [MeanOutputs(attention: zeros, mlp: zeros)])
    }
    #expect(error?.description == "removal of head:2.1 and a mean in its place exclude each other")
  }
}
