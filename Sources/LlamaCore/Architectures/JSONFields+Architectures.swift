// Keys of `config.json` that most families share.

import Foundations

extension AttentionSpec {
  /// `num_attention_heads`, `num_key_value_heads` and `head_dim`, without RoPE and biases.
  init(_ fields: JSONFields, hiddenSize: Int) throws(JSONFields.Fault) {
    let heads = try fields.count("num_attention_heads", limit: 1 << 16)
    let keyValueHeads = try fields.count("num_key_value_heads", default: heads, limit: 1 << 16)
    guard heads % keyValueHeads == 0 else {
      throw JSONFields.Fault(
        reason: "num_attention_heads: expected a multiple of num_key_value_heads \(keyValueHeads), found \(heads)")
    }
    if fields.value("head_dim") == nil, hiddenSize % heads != 0 {
      throw JSONFields.Fault(
        reason: "hidden_size: expected a multiple of num_attention_heads \(heads), found \(hiddenSize)")
    }
    let dimension = try fields.count("head_dim", default: hiddenSize / heads, limit: 1 << 16)
    guard dimension % 2 == 0 else {
      throw JSONFields.Fault(reason: "head_dim: expected an even number, found \(dimension)")
    }
    guard heads * dimension <= 1 << 22 else {
      throw JSONFields.Fault(
        reason: "num_attention_heads × head_dim: expected at most \(1 << 22), found \(heads * dimension)")
    }
    self.init(headCount: heads, keyValueHeadCount: keyValueHeads, headDimension: dimension)
  }
}

extension JSONFields {
  func refuseQuantization() throws(Fault) {
    guard let value = value("quantization_config") else { return }
    throw Fault(
      reason: "quantization_config: quantized weights are not supported, expected none, found \(value.found)")
  }

  func refusePartialRotation() throws(Fault) {
    guard let partial = value("partial_rotary_factor"), partial.double != 1 else { return }
    throw unsupported("partial_rotary_factor", partial.found, known: "1")
  }
}

extension RotaryParameters {
  /// `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (transformers 4; `type` before 4.43).
  init(_ fields: JSONFields) throws(JSONFields.Fault) {
    // Both keys at once are unusual; transformers 5 lets a non-empty `rope_scaling` take precedence.
    let oldStyle = try fields.object("rope_scaling")
    let newStyle = try fields.object("rope_parameters")
    let rope = [oldStyle, newStyle].compactMap { $0 }.first { !$0.keys.isEmpty } ?? JSONFields(.object([:]))
    let thetas = rope.value("rope_theta") != nil ? rope : fields
    theta = try thetas.number("rope_theta", default: 10_000, in: 1...1e15)
    try rope.refusePartialRotation()
    let key = rope.value("rope_type") == nil && rope.value("type") != nil ? "type" : "rope_type"
    switch try rope.string(key, default: "default") {
    case "default":
      // A dictionary without any known key would be misread, such as one per layer type.
      if let stray = rope.keys.first(where: { !Self.defaultKeys.contains($0) }) {
        throw JSONFields.Fault(reason: "\(rope.path)\(stray.clipped): unknown key for rope_type \"default\"")
      }
      scaling = .default
    case "linear":
      scaling = .linear(factor: try rope.number("factor", in: 1e-6...1e6))
    case "llama3":
      let low = try rope.number("low_freq_factor", in: 1e-6...1e6)
      let high = try rope.number("high_freq_factor", in: 1e-6...1e6)
      guard low < high else {
        throw JSONFields.Fault(
          reason: "\(rope.path)high_freq_factor: expected more than low_freq_factor \(low), found \(high)")
      }
      // As in transformers: the top-level key takes precedence; without one the model's own length is the default.
      let key = "original_max_position_embeddings"
      let length = try fields.count("max_position_embeddings", default: 2048, limit: 1 << 30)
      let original = try (fields.value(key) != nil ? fields : rope).count(key, default: length, limit: 1 << 30)
      scaling = .llama3(
        factor: try rope.number("factor", in: 1e-6...1e6), lowFrequencyFactor: low, highFrequencyFactor: high,
        originalPositions: original)
    case let other:
      throw rope.unsupported(key, other, known: "default, linear, llama3")
    }
  }

  private static let defaultKeys: Set = [
    "rope_type", "type", "rope_theta", "factor", "partial_rotary_factor", "original_max_position_embeddings",
  ]
}
