import Foundation
import LlamaCore
import TestSupport
import Testing

/// Every field of a ``BlockSpec`` against transformers in float64: blocks of other families, described by hand.
@Suite struct BlockSpecTests {
  /// A model of Fixtures/blocks.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    var block = BlockSpec(
      attention: AttentionSpec(
        headCount: 4, keyValueHeadCount: 2, headDimension: 6, rope: RotaryParameters(theta: 10_000, scaling: .default)),
      mlp: MLPSpec(intermediateSize: 32), preNorm: NormSpec(epsilon: 1e-6))
    var names: [BlockPart: String] = [
      .attentionNorm: "input_layernorm", .query: "self_attn.q_proj", .key: "self_attn.k_proj",
      .value: "self_attn.v_proj", .output: "self_attn.o_proj", .mlpNorm: "post_attention_layernorm",
      .gate: "mlp.gate_proj", .up: "mlp.up_proj", .down: "mlp.down_proj", .queryNorm: "self_attn.q_norm",
      .keyNorm: "self_attn.k_norm",
    ]
    var changeBlock: @Sendable (_ layer: Int, _ block: inout BlockSpec) -> Void = { _, _ in }
    var changeModel: @Sendable (inout ModelSpec) -> Void = { _ in }
    var isTied = true

    var testDescription: String { name }
    var directory: URL { Repository.fixtures.appending(path: "blocks/\(name)") }

    var spec: ModelSpec {
      let names = TensorNames(
        embedding: "model.embed_tokens.weight", finalNorm: "model.norm.weight", unembedding: "lm_head.weight",
        blockPrefix: "model.layers.", blockSuffix: ".", parts: names)
      let blocks = (0..<3).map { layer in
        var block = block
        changeBlock(layer, &block)
        return block
      }
      var spec = ModelSpec(
        family: name, names: names, vocabularySize: 40, hiddenSize: 24, maximumPositions: 64, blocks: blocks,
        finalNorm: block.preNorm ?? block.postNorm ?? NormSpec(epsilon: 1e-6), tiedEmbeddings: isTied)
      changeModel(&spec)
      return spec
    }

    func model() throws -> LlamaModel { try LlamaModel(directory: directory, spec: spec) }
  }

  static let gemma2 = {
    var model = Case(name: "gemma2")
    let norm = NormSpec(epsilon: 1e-6, weightOffset: 1)
    (model.block.preNorm, model.block.postNorm) = (norm, norm)
    model.block.attention.headDimension = 8
    model.block.attention.scale = 1 / Float(20).squareRoot()
    model.block.attention.softCap = 2
    model.block.mlp.activation = .geluTanh
    model.names[.attentionPostNorm] = "post_attention_layernorm"
    model.names[.mlpNorm] = "pre_feedforward_layernorm"
    model.names[.mlpPostNorm] = "post_feedforward_layernorm"
    model.changeBlock = { layer, block in block.attention.window = layer % 2 == 0 ? 6 : nil }
    model.changeModel = { ($0.embeddingMultiplier, $0.logitSoftCap) = (Float(24).squareRoot(), 3) }
    return model
  }()

  static let olmo2 = {
    var model = Case(name: "olmo2", isTied: false)
    (model.block.preNorm, model.block.postNorm) = (nil, NormSpec(epsilon: 1e-6))
    model.block.attention.queryKeyNorm = .perToken(NormSpec(epsilon: 1e-6))
    model.names[.attentionPostNorm] = "post_attention_layernorm"
    model.names[.mlpPostNorm] = "post_feedforward_layernorm"
    return model
  }()

  static let qwen3 = {
    var model = Case(name: "qwen3")
    model.block.attention.headDimension = 8
    model.block.attention.queryKeyNorm = .perHead(NormSpec(epsilon: 1e-6))
    return model
  }()

  static let granite = {
    var model = Case(name: "granite")
    model.block.preNorm = NormSpec(epsilon: 1e-5)
    model.block.attention.scale = 0.125
    model.block.residualMultiplier = 0.22
    model.changeModel = { ($0.embeddingMultiplier, $0.logitMultiplier) = (12, 1 / 8) }
    return model
  }()

  static let phi3 = {
    var model = Case(name: "phi3", isTied: false)
    model.block.preNorm = NormSpec(epsilon: 1e-5)
    for part in [BlockPart.query, .key, .value] { model.names[part] = "self_attn.qkv_proj" }
    for part in [BlockPart.gate, .up] { model.names[part] = "mlp.gate_up_proj" }
    return model
  }()

  static let cases = [gemma2, olmo2, qwen3, granite, phi3]

  private struct Golden: Decodable {
    struct Added: Decodable { let attention, mlp: [[Double]] }
    let tokens: [TokenID]
    let streams: [[[Double]]]
    let added: [Added]
    let logits: [Double]
  }

  private func golden(_ model: Case) throws -> Golden {
    let data = try Data(contentsOf: model.directory.appending(path: "golden.json"))
    return try JSONDecoder().decode(Golden.self, from: data)
  }

  private func expectNear(
    _ found: some Sequence<Float>, _ expected: [Double], _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = expected.map(abs).max() ?? 0
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .nan
    #expect(worst <= 3e-6 * scale, "\(what): \(worst) of \(scale)", sourceLocation: sourceLocation)
  }

  @Test(arguments: cases)
  func `a block of another family is the one that transformers computes, A and M what is added`(model: Case) throws {
    let golden = try golden(model)
    var recorder = StreamRecorder()
    let logits = try model.model().logits(of: [golden.tokens], observer: &recorder)
    expectNear(recorder.before[0], golden.streams[0].flatMap { $0 }, "embedding")
    for layer in 0..<3 {
      expectNear(recorder.attention[layer], golden.added[layer].attention.flatMap { $0 }, "A of block \(layer)")
      expectNear(recorder.mlp[layer], golden.added[layer].mlp.flatMap { $0 }, "M of block \(layer)")
      expectNear(recorder.after[layer], golden.streams[layer + 1].flatMap { $0 }, "stream after block \(layer)")
    }
    expectNear(logits[0].values, golden.logits, "logits")
  }

  @Test(arguments: cases, [1, 4, 9])
  func `decoding gives the logits of the whole text`(model: Case, prompt: Int) throws {
    let golden = try golden(model)
    let session = try DecodingSession(model.model())
    var logits = try session.prefill([Array(golden.tokens[..<prompt])])
    for token in golden.tokens[prompt...] { logits = try session.decode([token]) }
    expectNear(logits[0].values, golden.logits, "logits")
  }

  @Test(arguments: cases)
  func `a text's streams are the same bits alone and among others, with any threads`(model: Case) throws {
    let tokens = try golden(model).tokens
    let opened = try model.model()
    var alone = StreamRecorder()
    try opened.run([tokens], options: RunOptions(threads: 1), observer: &alone)
    var together = StreamRecorder()
    try opened.run([[3, 4, 5], tokens, [6]], options: RunOptions(threads: 3), observer: &together)
    for layer in 0..<3 {
      #expect(together.after[3 * layer + 1] == alone.after[layer])
      #expect(together.attention[3 * layer + 1] == alone.attention[layer])
    }
  }

  @Test func `fused projections are rows of one tensor, and a bias that nothing mentions is refused`() throws {
    let model = Self.phi3
    let opened = try model.model()
    #expect(opened.spec.parameterCount == 14_184)
    var wrong = model
    wrong.block.attention.keyValueHeadCount = 4
    let error = #expect(throws: CheckpointError.self) { try wrong.model() }
    #expect(
      error?.description.contains("model.layers.0.self_attn.qkv_proj.weight: expected [72, 24], found [48, 24]") == true
    )
  }
}
