import Foundation
import GRDB
import LlamaCore
import ProfileStore
import Profiler
import TestSupport
import Testing

/// Means that removed parts add in place of 0: of which texts they are, and that a stored run keeps them.
@Suite struct AblationMeansTests {
  private static func model() throws -> LlamaModel {
    try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
  }

  /// What the blocks of one text add, block by block.
  private struct AddedRecorder: LayerObserver {
    var attention: [[Float]] = []
    var mlp: [[Float]] = []

    func sites(at layer: Int) -> LayerSites { [.attention, .mlp] }

    mutating func observe(_ block: borrowing BlockTrace) {
      func copy(_ values: borrowing SiteValues) -> [Float] { values.indices.map { values[$0] } }
      attention.append(copy(block.attention))
      mlp.append(copy(block.mlp))
    }
  }

  private static func text(_ seed: Int, _ count: Int) -> [TokenID] {
    (0..<count).map { TokenID(($0 * 37 + seed * 101 + $0 * $0 * seed) % 500) }
  }

  /// A domain of six texts and a copy, one of a single text, and one without.
  private static let corpus = TokenizedCorpus(domains: [
    .init(
      name: "many",
      texts: ((1...6).map { text($0, 4 + 3 * $0) } + [text(1, 7)]).enumerated().map { .init(index: $0, tokens: $1) }),
    .init(name: "one", texts: [.init(index: 0, tokens: text(9, 12))]), .init(name: "none", texts: [], emptyTexts: 3),
  ])

  private static func profiler(
    _ model: LlamaModel, _ parts: [BlockUnit.Part] = [.block, .attention, .mlp],
    means: Ablation.Means? = .init(count: 2)
  ) -> CorpusProfiler {
    let units = Ablation.units(of: model.spec, parts: parts, spansOf: 2)
    return CorpusProfiler(corpus: corpus, model: model, ablation: Ablation(units, hasEffects: true, means: means))
  }

  @Test func `means are over all tokens of the texts that choose, and of a single text over its own`() throws {
    let model = try Self.model()
    let width = model.spec.hiddenSize
    let means = try Self.profiler(model).means(with: model, options: RunOptions(threads: 1))
    let split = TextSplit(Self.corpus, count: 2).domains
    #expect(split[0].chosen.count == 2)
    #expect(split[1].chosen.isEmpty)
    #expect(means.domains.count == 3)
    #expect(means.domains[2] == nil)
    for (number, places) in [(0, split[0].chosen), (1, [0])] {
      let domain = try #require(means.domains[number])
      let texts = places.map { Self.corpus.domains[number].texts[$0].tokens }
      let tokens = texts.reduce(0) { $0 + $1.count }
      for layer in 0..<model.spec.layerCount {
        var sums = (attention: Array(repeating: 0.0, count: width), mlp: Array(repeating: 0.0, count: width))
        for text in texts {
          var streams = AddedRecorder()
          try model.run([text], observer: &streams)
          for index in 0..<width {
            func sum(_ values: [Float]) -> Double {
              stride(from: index, to: values.count, by: width).reduce(0.0) { $0 + Double(values[$1]) }
            }
            sums.attention[index] += sum(streams.attention[layer])
            sums.mlp[index] += sum(streams.mlp[layer])
          }
        }
        #expect(domain.attention[layer] == sums.attention.map { $0 / Double(tokens) })
        #expect(domain.mlp[layer] == sums.mlp.map { $0 / Double(tokens) })
      }
    }
    var options = RunOptions(threads: 3)
    options.waveTokens = 8
    #expect(try Self.profiler(model).means(with: model, options: options).domains == means.domains)
  }

  @Test func `a text with a number that is not finite at a block does not count there`() throws {
    var observer = MeanObserver(domains: [0, 0, 1], of: 2, layers: 1, width: 1)
    let texts: [(attention: [Float], mlp: [Float])] = [([1, 3], [2, 2]), ([4], [.nan]), ([.infinity], [0])]
    for (text, values) in texts.enumerated() {
      try BlockInputs(
        hiddenSize: 1, before: values.mlp.map { _ in 0 }, attention: values.attention, mlp: values.mlp
      ).show(to: &observer, layer: 0, text: text)
    }
    #expect(observer.means(ofDomain: 0) == DomainMeans(attention: [[2]], mlp: [[2]]))
    #expect(observer.means(ofDomain: 1).attention[0][0].isNaN)
    #expect(observer.means(ofDomain: 1).mlp[0][0].isNaN)
  }

  @Test func `an ablation adds the means of each text's domain, and says how far it is`() throws {
    let model = try Self.model()
    let profiler = Self.profiler(model)
    var found: [[RemovalCost]] = []
    var fractions: [Double] = []
    _ = try profiler.profile(
      with: model, sink: { found.append($0.removals) }, progress: { fractions.append($0.fraction) })
    let means = try profiler.means(with: model, options: RunOptions())
    let units = try #require(profiler.ablation).units
    var nobody = NoObserver()
    for (number, text) in [(0, 0), (0, 5), (1, 0)] {
      let outputs = try #require(means.domains[number]).outputs
      let tokens = Self.corpus.domains[number].texts[text].tokens
      try model.ablate(
        [tokens], units.map { Removal([$0]) }, means: [outputs], hasEffects: true, observer: &nobody
      ) { #expect($0.costs == found[number * 7 + text]) }
    }
    #expect(found.count == 8)
    #expect(fractions == fractions.sorted())
    #expect(fractions.first.map { $0 > 0 && $0 < 0.1 } == true)
    #expect(abs((fractions.last ?? 0) - 1) < 1e-9)
    var zeros: [[RemovalCost]] = []
    _ = try Self.profiler(model, means: nil).profile(with: model, sink: { zeros.append($0.removals) })
    #expect(zip(zeros, found).allSatisfy { $0.0 != $0.1 })
  }

  /// Options under which the corpus takes several groups of texts.
  private static func narrow(_ profiler: CorpusProfiler, _ model: LlamaModel) throws -> RunOptions {
    var options = RunOptions(threads: 1)
    let all = try #require(try profiler.ablationPlan(with: model, options: options)).peakBytes
    let alone = CorpusProfiler(
      corpus: TokenizedCorpus(domains: [.init(name: "many", texts: [corpus.domains[0].texts[5]])]), model: model,
      ablation: profiler.ablation)
    let one = try #require(try alone.ablationPlan(with: model, options: options)).peakBytes
    options.memoryLimit = one + (all - one) / 2
    #expect(try #require(try profiler.ablationPlan(with: model, options: options)).groups.count > 1)
    return options
  }

  /// Runs into a folder, up to `waves` waves.
  private static func run(
    _ profiler: CorpusProfiler, _ model: LlamaModel, _ options: RunOptions, _ folder: TemporaryFolder, waves: Int = .max
  ) throws {
    let settings = try RunSettings(profiler, model, options: options)
    let runner = try ProfileRunner(profiler, model, options: options, settings: settings, in: folder.url)
    var left = waves
    do {
      try runner.run { _ in
        left -= 1
        if left == 0 { throw Stop() }
      }
    } catch is Stop {}
  }

  private static func costs(_ folder: TemporaryFolder) throws -> [[RemovalCost]] {
    var costs: [[RemovalCost]] = []
    try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName)).forEachText { costs.append($1.removals) }
    return costs
  }

  @Test func `a run that is stopped and resumed has the costs of one that was not`() throws {
    let model = try Self.model()
    let profiler = Self.profiler(model)
    let options = try Self.narrow(profiler, model)
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    try Self.run(profiler, model, RunOptions(threads: 2), whole)
    try Self.run(profiler, model, options, parts, waves: 1)
    #expect(try (1..<8).contains(Self.costs(parts).count))
    try Self.run(profiler, model, options, parts)
    let found = try Self.costs(parts)
    #expect(found.count == 8)
    #expect(try found == Self.costs(whole))
  }

  @Test func `a resumed run adds what is stored`() throws {
    let model = try Self.model()
    let profiler = Self.profiler(model)
    let options = try Self.narrow(profiler, model)
    let (folder, zeros) = (try TemporaryFolder(), try TemporaryFolder())
    try Self.run(profiler, model, options, folder, waves: 1)
    let done = try Self.costs(folder).count
    try DatabaseQueue(path: folder.url.appending(path: RunFolder.fileName).path).write {
      let bytes = 8 * model.spec.hiddenSize
      try $0.execute(sql: "UPDATE mean SET attention = zeroblob(\(bytes)), mlp = zeroblob(\(bytes))")
    }
    try Self.run(profiler, model, options, folder)
    try Self.run(Self.profiler(model, means: nil), model, options, zeros)
    let (found, nothing) = (try Self.costs(folder), try Self.costs(zeros))
    #expect(found.dropFirst(done) == nothing.dropFirst(done))
    #expect(found.prefix(done) != nothing.prefix(done))
  }

  @Test(arguments: [
    ("UPDATE mean SET mlp = x'00' WHERE domain = 1 AND layer = 2", "domain 1, block 2: expected 48 numbers"),
    ("DELETE FROM mean WHERE domain = 1", "domain 1, block 0: expected a row"),
    ("DROP TABLE mean", "table mean: expected one, found none"),
    ("UPDATE mean SET domain = domain + 7", "domain 0, block 0: expected a row"),
  ])
  func `means that no run stored are refused`(sql: String, reason: String) throws {
    let model = try Self.model()
    let profiler = Self.profiler(model, [.mlp])
    let options = try Self.narrow(profiler, model)
    let folder = try TemporaryFolder()
    try Self.run(profiler, model, options, folder, waves: 1)
    try DatabaseQueue(path: folder.url.appending(path: RunFolder.fileName).path).write { try $0.execute(sql: sql) }
    let error = #expect(throws: StoreError.self) { try Self.run(profiler, model, options, folder) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func `another number of texts, or zero, is another run`() throws {
    let model = try Self.model()
    let profiler = Self.profiler(model, [.mlp])
    let folder = try TemporaryFolder()
    try Self.run(profiler, model, RunOptions(threads: 1), folder)
    for means in [Ablation.Means(count: 3), Ablation.Means(count: 2, seed: 1), nil] {
      let error = #expect(throws: StoreError.self) {
        try Self.run(Self.profiler(model, [.mlp], means: means), model, RunOptions(threads: 1), folder)
      }
      #expect(error?.description.contains("removals mlp:0-3 span2:0-2 effects mean2 there") == true)
    }
  }
}
