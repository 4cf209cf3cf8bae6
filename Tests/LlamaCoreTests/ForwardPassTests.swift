import Foundation
import LlamaCore
import ProfileBench
import TestSupport
import Testing

/// Keeps every number it is shown, and in which order.
struct Recorder: LayerObserver {
  struct Call: Hashable {
    let layer, text: Int
    let positions: Range<Int>
  }

  var sites: LayerSites = .all
  var calls: [Call] = []
  /// All four sites of a call, one after the other.
  var values: [Call: [Float]] = [:]

  func sites(at layer: Int) -> LayerSites { sites }

  mutating func observe(_ block: borrowing BlockTrace) {
    let call = Call(layer: block.layer, text: block.text, positions: block.positions)
    calls.append(call)
    var row: [Float] = []
    for index in block.residualBefore.indices { row.append(block.residualBefore[index]) }
    for index in block.attention.indices { row.append(block.attention[index]) }
    for index in block.mlp.indices { row.append(block.mlp[index]) }
    for index in block.residualAfter.indices { row.append(block.residualAfter[index]) }
    values[call] = row
  }
}

@Suite struct ForwardPassTests {
  /// A random model whose weights are large enough for one matmul to cover the whole wave.
  private func wideModel() throws -> (folder: TemporaryFolder, model: LlamaModel) {
    let folder = try TemporaryFolder()
    let shape = try #require(RandomCheckpoint.all.first { $0.name == "smollm-135m" })
    try shape.write(to: folder.url, seed: 3)
    return (folder, try LlamaModel(directory: folder.url))
  }

  private static func tokens(_ count: Int, _ seed: Int) -> [TokenID] {
    (0..<count).map { (index: Int) -> TokenID in
      let mixed = seed * 7919 + index * 104_729 + index * index
      return TokenID(mixed % 400)
    }
  }

  private func record(
    _ model: LlamaModel, _ texts: [[TokenID]], _ options: RunOptions, sites: LayerSites = .all
  ) throws -> Recorder {
    var recorder = Recorder(sites: sites)
    try model.run(texts, options: options, observer: &recorder)
    return recorder
  }

  /// A precision and a library that computes in it.
  struct Arithmetic: Sendable, CustomTestStringConvertible {
    let precision: Precision
    let library: MatrixLibrary
    var testDescription: String { "\(precision.rawValue), \(library)" }

    static let cblas = Arithmetic(precision: .float32, library: .cblas)
    static let oneDNN = Arithmetic(precision: .float32, library: .oneDNN)
    static let bfloat16 = Arithmetic(precision: .bfloat16, library: .oneDNN)

    /// Those that runs take on this machine, and CBLAS. The tests below name what is not among them.
    static let all = [cblas, oneDNN, bfloat16].filter(\.isTaken)

    /// Without AVX-512 oneDNN's kernels are others, of which nobody says that they keep a row's bits.
    var isTaken: Bool { library == .cblas || MatrixLibrary.fastest(for: precision) == library }

    func options(threads: Int, waveTokens: Int = 2048) -> RunOptions {
      var options = RunOptions(precision: precision, threads: threads, waveTokens: waveTokens)
      options.library = library
      return options
    }
  }

  private func check(_ model: LlamaModel, _ texts: [[TokenID]], _ arithmetic: Arithmetic) throws {
    let alone = try texts.map { try record(model, [$0], arithmetic.options(threads: 1)) }
    for options in [
      arithmetic.options(threads: 1), arithmetic.options(threads: 2),
      arithmetic.options(threads: 3, waveTokens: 70), arithmetic.options(threads: 2, waveTokens: 1),
    ] {
      for order in [Array(texts.indices), texts.indices.reversed()] {
        let together = try record(model, order.map { texts[$0] }, options)
        for (call, values) in together.values {
          let own = Recorder.Call(layer: call.layer, text: 0, positions: call.positions)
          let isSame = alone[order[call.text]].values[own] == values
          #expect(isSame, "\(options), text \(order[call.text]), block \(call.layer)")
        }
      }
    }
  }

  /// Holds a text's first tokens, up to each end of a range of positions, to a text that ends there.
  private func checkBeginnings(_ arithmetic: Arithmetic) throws {
    let tiny = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let wide = try wideModel()
    for model in [tiny, wide.model] {
      let text = Self.tokens(150, 4)
      for count in [1, 8, 32, 128] {
        let others = [Self.tokens(20, 1), Array(text.prefix(count)), text]
        let found = try record(model, others, arithmetic.options(threads: 2)).values
        let blocks = Set(found.keys.map(\.layer))
        #expect(!blocks.isEmpty)
        for layer in blocks {
          func rows(_ text: Int) -> [[Float]] {
            let calls = found.filter { $0.key.layer == layer && $0.key.text == text }
            let ordered = calls.sorted { $0.key.positions.lowerBound < $1.key.positions.lowerBound }
            return ordered.flatMap { call, values -> [[Float]] in
              // Four sites, each of all positions of the call.
              let (tokens, width) = (call.positions.count, values.count / (4 * call.positions.count))
              return (0..<tokens).map { token in
                (0..<4).flatMap { site in
                  let start = (site * tokens + token) * width
                  return values[start..<start + width]
                }
              }
            }
          }
          #expect(rows(1) == Array(rows(2).prefix(count)), "\(count) tokens, block \(layer)")
        }
      }
    }
  }

  @Test func `a text's first 1, 8, 32 and 128 tokens have the bits of a text that ends there`() throws {
    try checkBeginnings(.cblas)
  }

  @Test(.enabled(if: Arithmetic.oneDNN.isTaken, "float32 goes through CBLAS here: no AVX-512, or built without oneDNN"))
  func `so they have in float32 through oneDNN`() throws { try checkBeginnings(.oneDNN) }

  @Test(.enabled(if: Arithmetic.bfloat16.isTaken, "no bfloat16 on this processor or in this build"))
  func `so they have in bfloat16`() throws { try checkBeginnings(.bfloat16) }

  private func checkCompany(_ arithmetic: Arithmetic) throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    try check(model, [1, 2, 17, 64, 130, 200].enumerated().map { Self.tokens($1, $0) }, arithmetic)
    // One product for the whole wave: several texts, and short texts that share rows which a kernel computes together.
    let wide = try wideModel()
    try check(wide.model, [1, 3, 40, 129].enumerated().map { Self.tokens($1, $0) }, arithmetic)
    try check(wide.model, [1, 1, 2, 6, 1, 3, 14, 2, 5, 7, 1].enumerated().map { Self.tokens($1, $0) }, arithmetic)
  }

  @Test func `a text's numbers are the same bits in any company, order, wave and thread count`() throws {
    try checkCompany(.cblas)
  }

  @Test(.enabled(if: Arithmetic.oneDNN.isTaken, "float32 goes through CBLAS here: no AVX-512, or built without oneDNN"))
  func `so they are in float32 through oneDNN`() throws { try checkCompany(.oneDNN) }

  @Test(.enabled(if: Arithmetic.bfloat16.isTaken, "no bfloat16 on this processor or in this build"))
  func `so they are in bfloat16`() throws { try checkCompany(.bfloat16) }

  @Test(.enabled(if: Precision.bfloat16.unavailableReason == nil, "no bfloat16 on this processor or in this build"))
  func `bfloat16 differs from float32 by its rounding only`() throws {
    let wide = try wideModel()
    let texts = [7, 90].map { Self.tokens($0, $0) }
    let exact = try record(wide.model, texts, RunOptions(), sites: .attention)
    let rounded = try record(wide.model, texts, RunOptions(precision: .bfloat16), sites: .attention)
    for (call, values) in exact.values {
      let found = try #require(rounded.values[call])
      let scale = values.reduce(0) { $0 + Double(abs($1)) }
      let error = zip(values, found).reduce(0) { $0 + Double(abs($1.0 - $1.1)) }
      #expect(error > 0, "block \(call.layer): \(error / scale)")
      #expect(error <= 0.02 * scale, "block \(call.layer): \(error / scale)")
      // Rounding is to both sides, so that a block's output as a whole keeps its size. The same rounding in PyTorch: at
      // most 1.4e-3 for a block and a text, 6e-5 for all of them.
      let slope = Self.slope([(values, found)])
      #expect(abs(slope - 1) <= 4e-3, "block \(call.layer): \(slope)")
    }
    let slope = Self.slope(exact.values.map { ($1, rounded.values[$0] ?? []) })
    #expect(abs(slope - 1) <= 1e-3, "\(slope)")
  }

  /// What the second numbers are of the first, by least squares.
  private static func slope(_ pairs: [([Float], [Float])]) -> Double {
    var (products, squares) = (0.0, 0.0)
    for (exact, found) in pairs {
      for (x, y) in zip(exact, found) {
        products += Double(x) * Double(y)
        squares += Double(x) * Double(x)
      }
    }
    return products / squares
  }

  @Test func `a scale that is off by a hundredth does not pass for rounding`() {
    let values = (0..<1000).map { sin(Float($0)) }
    #expect(abs(Self.slope([(values, values.map { $0 * 1.01 })]) - 1) > 4e-3)
    #expect(abs(Self.slope([(values, values.map { $0 * 0.99 })]) - 1) > 4e-3)
  }

  @Test(.enabled(if: Precision.bfloat16.unavailableReason != nil, "this machine computes in bfloat16"))
  func `bfloat16 says why it is not available`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let error = #expect(throws: RunError.self) {
      try model.logits(of: [[1]], options: RunOptions(precision: .bfloat16))
    }
    #expect(error?.description.hasPrefix("precision bfloat16 is not available: ") == true)
  }

  @Test func `every site fires exactly once per block and text, blocks in order`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    // Two texts to a wave, whatever rows a BLAS wants free between them.
    let texts = [12, 12, 3].map { Self.tokens($0, $0) }
    let recorder = try record(model, texts, RunOptions(waveTokens: 24))
    let expected = [[0, 1], [2]].flatMap { wave in
      (0..<4).flatMap { layer in
        wave.map { Recorder.Call(layer: layer, text: $0, positions: 0..<texts[$0].count) }
      }
    }
    #expect(recorder.calls == expected)
    for (call, values) in recorder.values { #expect(values.count == 4 * 48 * call.positions.count) }
  }

  @Test(arguments: [LayerSites.residual, .attention, .mlp, [.residualBefore, .mlp], []])
  func `only the sites asked for are handed out`(sites: LayerSites) throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let recorder = try record(model, [Self.tokens(6, 1)], RunOptions(), sites: sites)
    let wanted = [LayerSites.residualBefore, .attention, .mlp, .residualAfter].filter(sites.contains).count
    #expect(recorder.calls.count == (wanted == 0 ? 0 : 4))
    for values in recorder.values.values { #expect(values.count == wanted * 6 * 48) }
  }

  @Test func `logits are the same bits whoever observes`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let texts = [4, 11].map { Self.tokens($0, $0) }
    var group = ObserverGroup(Recorder(), Recorder(sites: .mlp))
    let observed = try model.logits(of: texts, at: .all, observer: &group)
    let plain = try model.logits(of: texts, at: .all)
    #expect(observed.map(\.values) == plain.map(\.values))
    let last = try model.logits(of: texts)
    for (last, all) in zip(last, plain) {
      let worst = zip(last.values, all[all.positions.upperBound - 1]).map { abs($0 - $1) }.max() ?? .nan
      #expect(worst <= 1e-5)
    }
    #expect(group.first.calls.count == 8)
  }

  struct Stopper: LayerObserver {
    var seen = 0
    func sites(at layer: Int) -> LayerSites { .residual }
    mutating func observe(_ block: borrowing BlockTrace) throws {
      seen += 1
      if seen == 2 { throw Stop() }
    }
  }

  @Test func `an observer's error stops the run and reaches the caller`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    var stopper = Stopper()
    #expect(throws: Stop.self) { try model.run([Self.tokens(6, 1)], observer: &stopper) }
    #expect(stopper.seen == 2)
  }

  @Test func `a text of eight thousand tokens runs, and its beginning is that of a short text`() throws {
    let folder = try TemporaryFolder()
    let shape = try #require(RandomCheckpoint.all.first { $0.name == "tiny" })
    try shape.write(to: folder.url, seed: 1)
    let config = folder.url.appending(path: "config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    try folder.write(
      text.replacingOccurrences(
        of: "\"max_position_embeddings\": 2048", with: "\"max_position_embeddings\": 8192"), to: "config.json")
    let model = try LlamaModel(directory: folder.url)
    let recorder = try record(model, [Self.tokens(8192, 5)], RunOptions(), sites: .residualAfter)
    #expect(recorder.values.values.allSatisfy { $0.allSatisfy { $0.isFinite } })
    // A prefix sees the same past: its rows are those of the whole text, to float32 rounding.
    let prefix = try record(model, [Array(Self.tokens(8192, 5).prefix(300))], RunOptions(), sites: .residualAfter)
    let last = Recorder.Call(layer: 3, text: 0, positions: 0..<8192)
    let short = Recorder.Call(layer: 3, text: 0, positions: 0..<300)
    for (a, b) in zip(try #require(recorder.values[last]), try #require(prefix.values[short])) {
      #expect(abs(a - b) <= 1e-5)
    }
  }

  @Test func `texts that cannot run are refused before anything is computed`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    let size = model.spec.vocabularySize
    let cases: [([[TokenID]], RunError)] = [
      ([[1], []], .emptyText(1)),
      ([[1, TokenID(size)]], .unknownToken(text: 0, position: 1, token: TokenID(size), vocabularySize: size)),
      ([[-1]], .unknownToken(text: 0, position: 0, token: -1, vocabularySize: size)),
      (
        [Array(repeating: 1, count: model.spec.maximumPositions + 1)],
        .textTooLong(
          0, tokens: model.spec.maximumPositions + 1, limit: model.spec.maximumPositions)
      ),
    ]
    for (texts, expected) in cases {
      var recorder = Recorder()
      #expect(throws: expected) { try model.run(texts, observer: &recorder) }
      #expect(recorder.calls.isEmpty)
    }
  }

  @Test func `no text is no work`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    #expect(try model.logits(of: []).isEmpty)
  }

  /// Rows of the sites that it sees.
  private struct RowReader: LayerObserver {
    let wanted: LayerSites
    var rows: [[Float]] = []
    var flat: [Float] = []
    var counts: [Int] = []
    func sites(at layer: Int) -> LayerSites { layer == 0 ? wanted : [] }
    mutating func observe(_ block: borrowing BlockTrace) {
      for token in 0..<block.residualAfter.rowCount {
        let row = block.residualAfter.row(token)
        rows.append(row.indices.map { row[$0] })
      }
      for index in block.residualAfter.indices { flat.append(block.residualAfter[index]) }
      counts += [block.residualAfter.rowCount, block.mlp.rowCount, block.mlp.count, block.hiddenSize]
    }
  }

  @Test func `a site is read by rows, one for each token`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "variants/float16"))
    var reader = RowReader(wanted: .residualAfter)
    try model.run([[1, 2, 3, 4]], observer: &reader)
    let width = model.spec.hiddenSize
    #expect(reader.counts == [4, 0, 0, width])
    #expect(reader.rows.map(\.count) == [width, width, width, width])
    #expect(reader.rows.flatMap { $0 } == reader.flat)
    // A row is that of the text up to there, but for the rounding of products of fewer rows.
    var shorter = RowReader(wanted: .residualAfter)
    try model.run([[1, 2, 3]], observer: &shorter)
    #expect(shorter.rows.count == 3)
    for (short, long) in zip(shorter.rows.joined(), reader.rows.prefix(3).joined()) {
      #expect(abs(short - long) <= 1e-5 * max(1, abs(long)))
    }
  }
}
