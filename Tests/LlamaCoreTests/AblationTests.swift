import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// What removals cost: against PyTorch hooks on transformers in float64 (Fixtures/make_ablation.py), and against the
/// changed models run alone.
@Suite struct AblationTests {
  struct Golden: Decodable {
    struct Text: Decodable {
      let tokens: Int
      let base_nll: Double?
      let removed: [Removed]
    }
    struct Removed: Decodable {
      let part: String
      let layer: Int
      let nll: Double?
      let kl, top1, output_change_mean, output_change_max: Double
      let effects: [[Double]?]
    }
    let plain, keep_first: [String: [Text]]
  }

  static let models = [
    "tiny-llama", "biases", "float16", "linear-rope", "llama3-rope-old-keys", "multi-head-default", "multi-query",
    "massive", "demo-model", "stories260K",
  ]

  static func folder(_ name: String) -> URL {
    let fixtures = Repository.fixtures
    if name == "stories260K" { return Repository.stories }
    let variant = fixtures.appending(path: "variants/\(name)")
    return FileManager.default.fileExists(atPath: variant.path) ? variant : fixtures.appending(path: name)
  }

  /// Returns the texts of the golden numbers, the first of each domain, cut to 24 tokens.
  static func texts(_ name: String) throws -> [String: [TokenID]] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: folder(name).appending(path: "corpus.json")))
    // A list is one domain, as in the reference.
    let corpus = try #require((json as? [Any]).map { ["corpus": $0] } ?? json as? [String: [Any]])
    let hasTokenizer = FileManager.default.fileExists(atPath: folder(name).appending(path: "tokenizer.json").path)
    let tokenizer = hasTokenizer ? try Tokenizer(contentsOf: folder(name)) : nil
    return corpus.compactMapValues { texts in
      let ids =
        (texts.first as? [Int])?.map { TokenID($0) } ?? (texts.first as? String).flatMap { tokenizer?.encode($0) }
      return ids.map { Array($0.prefix(24)) }
    }
  }

  static func units(_ model: LlamaModel, heads: Bool = false) -> [BlockUnit] {
    let layers = model.spec.blocks.indices
    let parts = [BlockUnit.Part.block, .attention, .mlp].flatMap { part in layers.map { BlockUnit(part, $0) } }
    return parts + (heads ? layers.flatMap { layer in [.head(0, of: layer), .head(3, of: layer)] } : [])
  }

  static func ablate(
    _ model: LlamaModel, _ texts: [[TokenID]], _ removals: [Removal], hasEffects: Bool = false,
    options: RunOptions = RunOptions()
  ) throws -> [[RemovalCost]] {
    var nobody = NoObserver()
    var costs: [[RemovalCost]] = Array(repeating: [], count: texts.count)
    try model.ablate(texts, removals, hasEffects: hasEffects, options: options, observer: &nobody) { text in
      #expect(costs[text.text].count == text.firstRemoval)
      costs[text.text] += text.costs
    }
    return costs
  }

  @Test(arguments: models, [false, true])
  func `costs are those of PyTorch hooks in float64`(name: String, keepsFirst: Bool) throws {
    guard name != "stories260K" || Repository.hasShared else { return }
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: Repository.fixtures.appending(path: "ablation/\(name).json")))
    let model = try LlamaModel(directory: Self.folder(name))
    let units = Self.units(model)
    var compared = 0
    for (domain, tokens) in try Self.texts(name) {
      let wanted = try #require((keepsFirst ? golden.keep_first : golden.plain)[domain]?.first)
      #expect(tokens.count == wanted.tokens)
      let costs = try Self.ablate(
        model, [tokens], units.map { Removal([$0], keepsFirst: keepsFirst) }, hasEffects: true)[0]
      #expect(costs.count == wanted.removed.count)
      for (unit, cost) in zip(units, costs) {
        let removed = try #require(wanted.removed.first { $0.part == unit.part.rawValue && $0.layer == unit.layer })
        if let nll = removed.nll {
          #expect(abs((cost.nll ?? .nan) - nll) <= 1e-5 * nll, "\(unit)")
        } else {
          #expect(cost.nll == nil)
        }
        #expect(abs(cost.kl - removed.kl) <= 1e-5 * max(1, removed.kl), "\(unit)")
        #expect(abs(cost.outputChangeMean - removed.output_change_mean) <= 1e-5, "\(unit)")
        #expect(abs(cost.outputChangeMax - removed.output_change_max) <= 1e-5, "\(unit)")
        #expect(abs(cost.top1 - removed.top1) <= 1e-9, "\(unit)")
        for (layer, effect) in zip(cost.effects, removed.effects).enumerated() {
          guard let expected = effect.1 else {
            #expect(layer <= unit.layer)
            #expect(effect.0 == nil)
            continue
          }
          let found = try #require(effect.0)
          #expect(abs(found.mean - expected[0]) <= 1e-5 * max(1, expected[0]), "\(unit) on \(layer)")
          #expect(abs(found.maximum - expected[1]) <= 1e-5 * max(1, expected[1]), "\(unit) on \(layer)")
        }
        compared += 1
      }
    }
    #expect(compared >= 6)
  }

  @Test(arguments: ["tiny-llama", "biases"] + BlockSpecTests.cases.map(\.name), [false, true])
  func `costs have the bits of the changed model run alone`(name: String, keepsFirst: Bool) throws {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    var sets = Self.units(model, heads: true).map { Set([$0]) }
    sets += [
      [BlockUnit(.attention, 0), BlockUnit(.mlp, 0)], [BlockUnit(.mlp, 0), BlockUnit(.mlp, 1)],
      [.head(1, of: 0), .head(2, of: 0), BlockUnit(.attention, 1)], [.head(1, of: 0), BlockUnit(.mlp, 0)],
      [BlockUnit(.block, 0), .head(1, of: 1)], [BlockUnit(.block, 1), .head(1, of: 1)],
    ]
    let removals = sets.map { Removal($0, keepsFirst: keepsFirst) }
    let costs = try Self.ablate(model, [[3, 4], tokens], removals)[1]
    let plain = try model.logits(of: [tokens], at: .all)[0]
    for (set, cost) in zip(sets, costs) {
      let alone = try model.edited(by: ModelEdits(skipped: set, keepsFirst: keepsFirst))
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(set)")
      let naive = Self.naive(plain, try alone.logits(of: [tokens], at: .all)[0])
      #expect(abs(cost.kl - naive.kl) <= 1e-6, "\(set)")
      #expect(abs(cost.outputChangeMean - naive.mean) <= 1e-6, "\(set)")
      #expect(abs(cost.outputChangeMax - naive.maximum) <= 1e-6, "\(set)")
      #expect(cost.top1 == naive.top1, "\(set)")
    }
  }

  /// Of a base and what is then removed, both lists as parts.
  @Test(arguments: [false, true])
  func `a removal from a model without other parts has the bits of all of them removed`(keepsFirst: Bool) throws {
    let model = try LlamaModel(directory: Self.folder("tiny-llama"))
    let (short, long): ([TokenID], [TokenID]) = ([3, 4], Array(1...20))
    let bases: [Set<BlockUnit>] = [
      [BlockUnit(.block, 1)], [BlockUnit(.attention, 1)], [BlockUnit(.mlp, 0), BlockUnit(.block, 2)],
      [.head(1, of: 1), BlockUnit(.mlp, 2)],
    ]
    for base in bases {
      let removed = Removal(base, keepsFirst: keepsFirst)
      let units = Self.units(model).filter { unit in
        !base.contains { $0 == unit || $0.part == .block && $0.layer == unit.layer }
      }
      var nobody = NoObserver()
      var costs: [RemovalCost] = []
      var nll: Double?
      try model.ablate(
        [short, long], units.map { Removal([$0], keepsFirst: keepsFirst) }, without: removed, observer: &nobody
      ) { text in
        guard text.text == 1 else { return }
        costs += text.costs
        nll = text.likelihood.mean
      }
      let alone = try Self.ablate(
        model, [long], [removed] + units.map { Removal([$0], keepsFirst: keepsFirst).union(removed) })[0]
      #expect(nll == alone[0].nll, "\(removed)")
      #expect(costs.map(\.nll) == alone.dropFirst().map(\.nll), "\(removed)")
      let edited = try model.edited(by: ModelEdits(skipped: base, keepsFirst: keepsFirst))
      #expect(try nll == edited.negativeLogLikelihood(of: [long])[0].mean, "\(removed)")
    }
  }

  /// The definitions, straight from logits.
  static func naive(
    _ p: LlamaModel.Logits, _ q: LlamaModel.Logits
  ) -> (kl: Double, top1: Double, mean: Double, maximum: Double) {
    var (kl, equal, changes) = (0.0, 0.0, [Double]())
    func logProbabilities(_ row: ArraySlice<Float>) -> [Double] {
      let maximum = Double(row.max() ?? 0)
      let sum = row.reduce(0) { $0 + exp(Double($1) - maximum) }
      return row.map { Double($0) - maximum - log(sum) }
    }
    for row in 0..<p.positions.count {
      let (a, b) = (logProbabilities(p.row(row)), logProbabilities(q.row(row)))
      kl += zip(a, b).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
      changes.append(zip(a, b).reduce(0) { $0 + (exp($1.0) - exp($1.1)) * (exp($1.0) - exp($1.1)) }.squareRoot())
      if p.argmax(at: p.positions.lowerBound + row) == q.argmax(at: q.positions.lowerBound + row) { equal += 1 }
    }
    let count = Double(changes.count)
    return (kl / count, equal / count, changes.reduce(0, +) / count, changes.max() ?? 0)
  }

  @Test func `an edited model is ablated as it is, and its removals are those of both edits`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let words = "--layers 0,1,1,3 --skip mlp:1 --scale attention:3=2"
    let changed = try model.edited(by: ModelEditsTests.edits(words))
    let costs = try Self.ablate(changed, [tokens], Self.units(changed).map { Removal([$0]) })[0]
    // Place 3 of the program is block 3, which stands there once.
    let place = try #require(Self.units(changed).firstIndex(of: BlockUnit(.block, 3)))
    let alone = try model.edited(by: ModelEditsTests.edits("--layers 0,1,1 --skip mlp:1"))
    #expect(try costs[place].nll == alone.negativeLogLikelihood(of: [tokens])[0].mean)
  }

  @Test func `numbers do not depend on threads, company, order or groups, and the observer sees the unchanged texts`()
    throws
  {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let removals = Self.units(model, heads: true).map { Removal([$0]) }
    let expected = try Self.ablate(model, [tokens], removals, hasEffects: true, options: RunOptions(threads: 1))[0]
    let company = try Self.ablate(
      model, [[5], tokens, Array(tokens.reversed()), tokens], removals, hasEffects: true,
      options: RunOptions(threads: 3))
    #expect(company[1] == expected)
    #expect(company[3] == expected)
    let reversed = try Self.ablate(model, [tokens], removals.reversed(), hasEffects: true)[0]
    #expect(reversed == expected.reversed())
    // So little memory that a text's removals take several readings.
    var options = RunOptions(threads: 1)
    let one = try model.plan([tokens.count], removals: [removals[0]], hasEffects: true, options: options)
    options.memoryLimit = one.peakBytes + 20_000
    let plan = try model.plan([tokens.count, 1], removals: removals, hasEffects: true, options: options)
    #expect(plan.groups.count > 3)
    let narrow = try Self.ablate(model, [tokens, [5]], removals, hasEffects: true, options: options)
    #expect(narrow[0] == expected)
    #expect(narrow[1] == company[0])

    var (seen, alone) = (StreamRecorder(), StreamRecorder())
    try model.ablate([tokens], removals, options: options, observer: &seen) { _ in }
    try model.run([tokens], observer: &alone)
    #expect(seen.after == alone.after)
    #expect(seen.attention == alone.attention)
    #expect(seen.mlp == alone.mlp)
  }

  @Test func `a block that adds nothing costs exactly nothing`() throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "variants/multi-query")
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(at: source.appending(path: name), to: folder.url.appending(path: name))
    }
    let file = folder.url.appending(path: "model.safetensors")
    var bytes = try Data(contentsOf: file)
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    for tensor in try SafetensorsFile(contentsOf: file).tensors
    where ["model.layers.1.mlp.down_proj.weight", "model.layers.1.self_attn.o_proj.weight"].contains(tensor.name) {
      let start = 8 + header
      bytes.resetBytes(in: start + tensor.byteRange.lowerBound..<start + tensor.byteRange.upperBound)
    }
    try bytes.write(to: file)
    let model = try LlamaModel(directory: folder.url)
    let texts: [[TokenID]] = [[3, 4, 5, 6, 7], [9]]
    let base = try model.negativeLogLikelihood(of: texts)
    let units = [BlockUnit(.block, 1), BlockUnit(.attention, 1), BlockUnit(.mlp, 1), .head(0, of: 1)]
    for (text, costs) in try Self.ablate(model, texts, units.map { Removal([$0]) }).enumerated() {
      for cost in costs {
        #expect(cost.nll == base[text].mean)
        #expect(cost.kl == 0)
        #expect(cost.top1 == 1)
        #expect(cost.outputChangeMean == 0)
        #expect(cost.outputChangeMax == 0)
      }
    }
  }

  @Test func `blocks are computed once up to a removal, and the weights read once for all removals`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let blocks = model.spec.blocks.indices.map { Removal([BlockUnit(.block, $0)]) }
    let layers = model.spec.layerCount
    let plan = try model.plan([7, 9], removals: blocks)
    #expect(plan.blockEvaluations == 2 * (layers + layers * (layers - 1) / 2))
    #expect(plan.groups.map(\.texts) == [0..<2])
    #expect(plan.groups.map(\.removals) == [0..<layers])
  }

  /// Bytes of the matrices that products read, by the headers of the model's files; an embedding only if it is the
  /// unembedding as well.
  private static func matrixBytes(_ name: String) throws -> Int {
    let files = try FileManager.default.contentsOfDirectory(at: folder(name), includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "safetensors" }
    let matrices = try files.flatMap { try SafetensorsFile(contentsOf: $0).tensors }.filter { $0.shape.count == 2 }
    let isTied = !matrices.contains { $0.name == "lm_head.weight" }
    return matrices.filter { isTied || $0.name != "model.embed_tokens.weight" }.reduce(0) { $0 + $1.byteRange.count }
  }

  @Test(arguments: ["tiny-llama", "massive", "linear-rope", "demo-model"])
  func `every byte of the weights is read and converted once for a group, as for likelihoods alone`(name: String)
    throws
  {
    let model = try LlamaModel(directory: Self.folder(name))
    let bytes = try Self.matrixBytes(name)
    let removals = Self.units(model).map { Removal([$0]) }
    // So many rows that workers share the last outputs of a product.
    let texts: [[TokenID]] = (0..<5).map { text in (0..<60).map { TokenID(2 + (7 * $0 + text) % 40) } }
    func read(_ options: RunOptions, _ texts: [[TokenID]]) throws -> Int {
      var nobody = NoObserver()
      return try model.ablate(texts, removals, hasEffects: true, options: options, observer: &nobody) { _ in }
        .weightBytes
    }
    let plan = try model.plan(texts.map(\.count), removals: removals, hasEffects: true)
    #expect(plan.groups.count == 1)
    #expect(plan.groups[0].rows > 2048)
    var nobody = NoObserver()
    let likelihoods = try model.run(texts, options: RunOptions(threads: 1), observer: &nobody) { _, _ in }
    #expect(likelihoods.weightBytes == bytes)
    #expect(try read(RunOptions(threads: 1), texts) == bytes)
    // Workers that share outputs convert them once each, and CBLAS does not share any.
    #expect(try (bytes...3 * bytes).contains(read(RunOptions(threads: 3), texts)))
    var options = RunOptions(threads: 3)
    options.library = .cblas
    #expect(try read(options, texts) == bytes)

    // Once more for every group, if memory is short.
    options = RunOptions(threads: 1)
    let one = try model.plan([60], removals: [removals[0]], hasEffects: true, options: options)
    options.memoryLimit = one.peakBytes + 100_000
    let groups = try model.plan([60], removals: removals, hasEffects: true, options: options).groups.count
    #expect(groups > 1)
    #expect(try read(options, [texts[0]]) == groups * bytes)
  }

  @Test func `texts and removals that cannot be are refused before anything is computed`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    #expect(throws: RunError.emptyText(1)) { try Self.ablate(model, [[1], []], []) }
    #expect(throws: EditError.self) { try Self.ablate(model, [[1]], [Removal([BlockUnit(.mlp, 4)])]) }
    #expect(throws: EditError.self) { try Self.ablate(model, [[1]], [Removal([.head(4, of: 0)])]) }
    var options = RunOptions()
    options.memoryLimit = 1_000
    #expect(throws: RunError.self) { try Self.ablate(model, [[1]], [Removal([BlockUnit(.mlp, 0)])], options: options) }
    #expect(try Self.ablate(model, [], [Removal([BlockUnit(.mlp, 0)])]).isEmpty)
    #expect(try Self.ablate(model, [[1, 2]], []) == [[]])
  }
}
