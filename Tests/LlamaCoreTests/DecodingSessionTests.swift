import Foundation
import LlamaCore
import TestSupport
import Testing

@Suite struct DecodingSessionTests {
  /// A fixture that takes longer texts than it says: nothing but the limit changes.
  private func lengthened(_ name: String, to positions: Int = 2048) throws -> (
    folder: TemporaryFolder, model: LlamaModel
  ) {
    let source = Repository.fixtures.appending(path: name)
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: source.path) where file.hasPrefix("model") {
      try FileManager.default.copyItem(at: source.appending(path: file), to: folder.url.appending(path: file))
    }
    let config = try String(contentsOf: source.appending(path: "config.json"), encoding: .utf8)
    let limit = try Regex(#""max_position_embeddings": \d+"#)
    try folder.write(
      config.replacing(limit, with: "\"max_position_embeddings\": \(positions)"), to: "config.json")
    return (folder, try LlamaModel(directory: folder.url))
  }

  private func tinyModel() throws -> LlamaModel {
    try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
  }

  private static func tokens(_ count: Int, _ seed: Int, of size: Int = 48) -> [TokenID] {
    (0..<count).map { TokenID((seed * 7919 + $0 * 104_729 + $0 * $0) % size) }
  }

  /// The largest difference as a share of the largest logit.
  private static func difference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    let scale = b.reduce(0) { max($0, abs($1)) }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }

  /// A full pass sums in other orders: its products are oneDNN's or CBLAS's, and so is its attention. Both stay within
  /// 5e-6 of float64 (see `LogitsTests`).
  private static let rounding: Float = 1e-5

  /// Grouped and multi-query attention, multi-head attention, biases, llama3 RoPE, linear RoPE, half precision.
  @Test(
    arguments: [
      "tiny-llama", "variants/multi-query", "variants/biases", "variants/multi-head-default", "variants/linear-rope",
      "variants/llama3-rope-old-keys", "variants/float16",
    ])
  func `prefill and steps give the logits of one full pass at every position`(name: String) throws {
    let (folder, model) = try lengthened(name)
    for length in [1, 2, 3, 15, 16, 17, 64, 255, 1000] {
      let steps = 12
      let text = Self.tokens(length + steps, length)
      let full = try model.logits(of: [text], at: .all)[0]
      let session = try DecodingSession(model)
      var logits = try session.prefill([Array(text.prefix(length))])
      for position in length - 1..<text.count {
        #expect(logits[0].positions == position..<position + 1)
        let difference = Self.difference(logits[0].values, full[position])
        #expect(difference <= Self.rounding, "\(length) tokens, position \(position): \(difference)")
        if position + 1 < text.count { logits = try session.decode([text[position + 1]]) }
      }
      #expect(session.length(of: 0) == text.count)
    }
    _ = folder
  }

  @Test func `a text that comes token by token from the first on gives the logits of one full pass`() throws {
    let (folder, model) = try lengthened("tiny-llama")
    let text = Self.tokens(1000, 7)
    let full = try model.logits(of: [text], at: .all)[0]
    let session = try DecodingSession(model)
    var logits = try session.prefill([[text[0]]])
    for position in text.indices {
      #expect(Self.difference(logits[0].values, full[position]) <= Self.rounding, "position \(position)")
      if position + 1 < text.count { logits = try session.decode([text[position + 1]]) }
    }
    _ = folder
  }

  @Test(arguments: [[5], [1, 1, 70, 3], [130, 64]])
  func `a prompt may come in parts of any length`(parts: [Int]) throws {
    let model = try tinyModel()
    let text = Self.tokens(10 + parts.reduce(0, +), 4)
    let full = try model.logits(of: [text], at: .all)[0]
    let session = try DecodingSession(model)
    var logits = try session.prefill([Array(text.prefix(9))])[0]
    var end = 9
    for part in parts {
      logits = try session.extend(0, by: Array(text[end..<end + part]))
      end += part
      #expect(logits.positions == end - 1..<end)
      #expect(Self.difference(logits.values, full[end - 1]) <= Self.rounding)
    }
    logits = try session.decode([text[end]])[0]
    #expect(Self.difference(logits.values, full[end]) <= Self.rounding)
  }

  @Test(arguments: ForwardPassTests.Arithmetic.all)
  func `a sequence's logits are the same bits whatever runs beside it, in whatever waves, on however many threads`(
    arithmetic: ForwardPassTests.Arithmetic
  ) throws {
    let model = try tinyModel()
    // More than the eight that share a pass over the weights.
    let prompts = [1, 5, 16, 17, 40, 64, 65, 2, 100, 31, 33].enumerated().map { Self.tokens($1, $0, of: 400) }
    func run(_ chosen: [Int], _ options: RunOptions) throws -> [[[Float]]] {
      let session = try DecodingSession(model, options: options)
      var logits = try session.prefill(chosen.map { prompts[$0] })
      var result = logits.map { [$0.values] }
      for step in 0..<6 {
        logits = try session.decode(chosen.map { TokenID(10 * $0 + step) })
        for (index, logits) in logits.enumerated() { result[index].append(logits.values) }
      }
      return result
    }
    let alone = try prompts.indices.map { try run([$0], arithmetic.options(threads: 1))[0] }
    for options in [
      arithmetic.options(threads: 1), arithmetic.options(threads: 2), arithmetic.options(threads: 3, waveTokens: 70),
    ] {
      #expect(try run(Array(prompts.indices), options) == alone)
      #expect(try run([4, 0, 7], options) == [4, 0, 7].map { alone[$0] })
    }
  }

  @Test func `sequences are finished and begun one by one, and the others do not notice`() throws {
    let model = try tinyModel()
    let prompts = [7, 20, 3].map { Self.tokens($0, $0) }
    func last(_ prompt: [TokenID], _ steps: [TokenID]) throws -> [Float] {
      let session = try DecodingSession(model)
      var logits = try session.prefill([prompt])
      for step in steps { logits = try session.decode([step]) }
      return logits[0].values
    }
    let session = try DecodingSession(model)
    try session.prefill([prompts[0], prompts[1]])
    try session.decode([1, 2])
    try session.finish(0)
    #expect(session.sequences == [1])
    #expect(session.length(of: 0) == nil)
    #expect(session.length(of: 1) == 21)
    #expect(try session.decode([3]).map(\.values) == [last(prompts[1], [2, 3])])
    // A later prompt has the next index, never one of a finished sequence.
    try session.prefill([prompts[2]])
    #expect(session.sequences == [1, 2])
    #expect(try session.decode([4, 5]).map(\.values) == [last(prompts[1], [2, 3, 4]), last(prompts[2], [5])])
    try session.finish(1)
    try session.finish(2)
    #expect(try session.decode([]).isEmpty)
    #expect(throws: RunError.unknownSequence(2)) { try session.finish(2) }
  }

  @Test func `every site fires exactly once per block and sequence, with the positions it is at`() throws {
    let model = try tinyModel()
    // Two texts to a wave, whatever rows a BLAS wants free between them.
    let (texts, more) = ([12, 12, 3].map { Self.tokens($0, $0) }, Self.tokens(4, 8))
    let session = try DecodingSession(model, options: RunOptions(waveTokens: 24))
    func calls(_ sequences: [(text: Int, positions: Range<Int>)]) -> [Recorder.Call] {
      (0..<4).flatMap { layer in
        sequences.map { Recorder.Call(layer: layer, text: $0.text, positions: $0.positions) }
      }
    }
    var prefill = Recorder()
    try session.prefill(texts, observer: &prefill)
    #expect(prefill.calls == calls([(0, 0..<12), (1, 0..<12)]) + calls([(2, 0..<3)]))

    try session.finish(1)
    var step = Recorder()
    try session.decode([7, 8], observer: &step)
    #expect(step.calls == calls([(0, 12..<13), (2, 3..<4)]))
    var appended = Recorder()
    try session.extend(2, by: more, observer: &appended)
    #expect(appended.calls == calls([(2, 4..<8)]))

    // What they see is what a full pass shows.
    var full = Recorder()
    try model.run([texts[0] + [7], texts[2] + [8] + more], observer: &full)
    for recorder in [prefill, step, appended] {
      for (call, values) in recorder.values where call.text != 1 {
        let text = call.text == 0 ? 0 : 1
        let whole = try #require(
          full.values.first { $0.key.layer == call.layer && $0.key.text == text }?.value)
        let rows = whole.count / (4 * 48)
        for site in 0..<4 {
          let start = 48 * (site * rows + call.positions.lowerBound)
          let expected = whole[start..<start + 48 * call.positions.count]
          let count = 48 * call.positions.count
          #expect(Self.difference(values[site * count..<(site + 1) * count], expected) <= Self.rounding)
        }
      }
    }
  }

  @Test func `logits are the same bits whoever observes, and only the sites asked for are handed out`() throws {
    let model = try tinyModel()
    let prompts = [4, 11].map { Self.tokens($0, $0) }
    let plain = try DecodingSession(model)
    let first = try plain.prefill(prompts).map(\.values)
    let second = try plain.decode([1, 2]).map(\.values)
    for sites in [LayerSites.all, .mlp, [.residualBefore, .attention], []] {
      let session = try DecodingSession(model)
      var recorder = Recorder(sites: sites)
      #expect(try session.prefill(prompts, observer: &recorder).map(\.values) == first)
      #expect(try session.decode([1, 2], observer: &recorder).map(\.values) == second)
      let wanted = [LayerSites.residualBefore, .attention, .mlp, .residualAfter].filter(sites.contains).count
      #expect(recorder.calls.count == (wanted == 0 ? 0 : 16))
      for (call, values) in recorder.values { #expect(values.count == wanted * 48 * call.positions.count) }
    }
  }

  @Test func `a sequence takes as many tokens as the model has positions, and then says so`() throws {
    let model = try tinyModel()
    let limit = model.spec.maximumPositions
    let session = try DecodingSession(model)
    try session.prefill([Self.tokens(limit - 1, 1), [1]])
    try session.decode([1, 1])
    let full = RunError.textTooLong(0, tokens: limit + 1, limit: limit)
    #expect(throws: full) { try session.decode([1, 1]) }
    #expect(throws: full) { try session.extend(0, by: [1]) }
    #expect(full.description == "text 0: expected at most 384 tokens (max_position_embeddings), found 385")
    // Nothing has happened to the other.
    #expect(session.length(of: 1) == 2)
    try session.finish(0)
    try session.decode([1])
    #expect(session.length(of: 1) == 3)
  }

  @Test func `what cannot run is refused before anything is computed`() throws {
    let model = try tinyModel()
    let (size, limit) = (model.spec.vocabularySize, model.spec.maximumPositions)
    let session = try DecodingSession(model)
    func refused(_ expected: RunError, _ body: (inout Recorder) throws -> Void) {
      var recorder = Recorder()
      #expect(throws: expected) { try body(&recorder) }
      #expect(recorder.calls.isEmpty)
    }
    refused(.emptyText(1)) { try session.prefill([[1], []], observer: &$0) }
    refused(.textTooLong(0, tokens: limit + 1, limit: limit)) {
      try session.prefill([Array(repeating: 1, count: limit + 1)], observer: &$0)
    }
    refused(.unknownToken(text: 0, position: 1, token: TokenID(size), vocabularySize: size)) {
      try session.prefill([[1, TokenID(size)]], observer: &$0)
    }
    #expect(session.sequences.isEmpty)
    try session.prefill([[1, 2], [3]])
    refused(.stepTokens(expected: 2, found: 1)) { try session.decode([1], observer: &$0) }
    refused(.unknownToken(text: 1, position: 1, token: -1, vocabularySize: size)) {
      try session.decode([1, -1], observer: &$0)
    }
    refused(.unknownSequence(2)) { try session.extend(2, by: [1], observer: &$0) }
    refused(.emptyText(0)) { try session.extend(0, by: [], observer: &$0) }
    #expect(session.length(of: 0) == 2)
    #expect(session.length(of: 1) == 1)
  }

  @Test func `an observer's error leaves the session as it was`() throws {
    let model = try tinyModel()
    let prompt = Self.tokens(6, 1)
    let session = try DecodingSession(model)
    var stopper = ForwardPassTests.Stopper()
    #expect(throws: Stop.self) { try session.prefill([prompt], observer: &stopper) }
    #expect(session.sequences.isEmpty)
    try session.prefill([prompt])
    stopper.seen = 0
    #expect(throws: Stop.self) { try session.decode([9], observer: &stopper) }
    stopper.seen = 0
    #expect(throws: Stop.self) { try session.extend(0, by: [9, 8, 7], observer: &stopper) }
    #expect(session.length(of: 0) == 6)
    let untouched = try DecodingSession(model)
    try untouched.prefill([prompt])
    #expect(try session.decode([5]).map(\.values) == untouched.decode([5]).map(\.values))
  }

  @Test(.enabled(if: Precision.bfloat16.unavailableReason == nil, "no bfloat16 on this processor or in this build"))
  func `in bfloat16 a prompt is rounded and a step is not`() throws {
    let model = try tinyModel()
    let text = Self.tokens(40, 2)
    let exact = try model.logits(of: [text], at: .all)[0]
    let session = try DecodingSession(model, options: RunOptions(precision: .bfloat16))
    var logits = try session.prefill([[text[0]]])
    // No product of more than one token: what is left is the rounding of the first token's keys and values.
    for token in text.dropFirst() { logits = try session.decode([token]) }
    let steps = Self.difference(logits[0].values, exact[39])
    let prompt = try DecodingSession(model, options: RunOptions(precision: .bfloat16)).prefill([text])
    let rounded = Self.difference(prompt[0].values, exact[39])
    #expect(steps < rounded, "\(steps), \(rounded)")
    #expect(rounded < 0.05, "\(steps), \(rounded)")
  }
}
