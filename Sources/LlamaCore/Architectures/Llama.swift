import Foundations

/// Llama 2 and 3, and everything that calls itself `llama`: Touvron et al. 2023, "LLaMA: open and efficient foundation language
/// models"; RMSNorm before attention and MLP, grouped heads, RoPE, SwiGLU.
package enum Llama {
  package static let modelType = "llama"

  package static let names = TensorNames(
    embedding: "model.embed_tokens.weight", finalNorm: "model.norm.weight", unembedding: "lm_head.weight",
    blockPrefix: "model.layers.", blockSuffix: ".",
    parts: [
      .attentionNorm: "input_layernorm", .query: "self_attn.q_proj", .key: "self_attn.k_proj",
      .value: "self_attn.v_proj", .output: "self_attn.o_proj", .mlpNorm: "post_attention_layernorm",
      .gate: "mlp.gate_proj", .up: "mlp.up_proj", .down: "mlp.down_proj",
    ])

  @Sendable static func spec(_ fields: JSONFields) throws(JSONFields.Fault) -> ModelSpec {
    let activation = try fields.string("hidden_act", default: "silu")
    guard activation == "silu" || activation == "swish" else {
      throw fields.unsupported("hidden_act", activation, known: "silu")
    }
    try fields.refuseQuantization()
    try fields.refusePartialRotation()

    let hidden = try fields.count("hidden_size", limit: 1 << 20)
    let intermediate = try fields.count("intermediate_size", limit: 1 << 22)
    let layers = try fields.count("num_hidden_layers", limit: 10_000)
    var attention = try AttentionSpec(fields, hiddenSize: hidden)
    let vocabulary = try fields.count("vocab_size", limit: 1 << 26)
    let positions = try fields.count("max_position_embeddings", default: 2048, limit: 1 << 30)
    let norm = NormSpec(epsilon: try fields.number("rms_norm_eps", default: 1e-6, in: 0...1))
    attention.biases = try fields.boolean("attention_bias", default: false) ? .all : []
    let mlp = MLPSpec(
      intermediateSize: intermediate, hasBiases: try fields.boolean("mlp_bias", default: false))
    let isTied = try fields.boolean("tie_word_embeddings", default: false)
    attention.rope = try RotaryParameters(fields)
    let block = BlockSpec(attention: attention, mlp: mlp, preNorm: norm)
    return ModelSpec(
      family: modelType, names: names, vocabularySize: vocabulary, hiddenSize: hidden, maximumPositions: positions,
      blocks: Array(repeating: block, count: layers), finalNorm: norm, tiedEmbeddings: isTied,
      dtype: fields.value("dtype")?.string ?? fields.value("torch_dtype")?.string)
  }
}
