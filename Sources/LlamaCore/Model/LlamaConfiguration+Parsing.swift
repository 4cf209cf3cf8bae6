import Foundation

extension LlamaConfiguration {
  /// Reads `config.json`, or the one in a model directory, in the keys of transformers 4 or 5.
  ///
  /// The dimensions must be stated. Optional keys have the defaults of transformers' `LlamaConfig`.
  /// - Throws: ``FileError`` naming the key: for a missing or impossible value, and for every feature that is
  ///   not supported (another `model_type`, activation or RoPE type, quantized weights).
  public init(contentsOf url: URL) throws {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    let file = isDirectory.boolValue ? url.appendingPathComponent("config.json") : url
    let json = try JSONValue(contentsOf: file, limit: Self.fileLimit)
    do throws(JSONFields.Fault) {
      guard json.object != nil else { throw JSONFields.Fault(reason: "expected an object, found \(json.found)") }
      try self.init(JSONFields(json))
    } catch {
      throw FileError(path: file.relativePath, reason: .malformed(error.reason))
    }
  }

  /// The most bytes of a `config.json`. Known ones have a few thousand.
  static let fileLimit = 1 << 22

  init(_ fields: JSONFields) throws(JSONFields.Fault) {
    let modelType = try fields.string("model_type")
    guard modelType == "llama" else { throw fields.unsupported("model_type", modelType, known: "llama") }
    let activation = try fields.string("hidden_act", default: "silu")
    guard activation == "silu" || activation == "swish" else {
      throw fields.unsupported("hidden_act", activation, known: "silu")
    }
    if let value = fields.value("quantization_config") {
      throw JSONFields.Fault(
        reason: "quantization_config: quantized weights are not supported, expected none, found \(value.found)")
    }
    if let partial = fields.value("partial_rotary_factor"), partial.double != 1 {
      throw fields.unsupported("partial_rotary_factor", partial.found, known: "1")
    }

    hiddenSize = try fields.count("hidden_size", limit: 1 << 20)
    intermediateSize = try fields.count("intermediate_size", limit: 1 << 22)
    layerCount = try fields.count("num_hidden_layers", limit: 10_000)
    headCount = try fields.count("num_attention_heads", limit: 1 << 16)
    vocabularySize = try fields.count("vocab_size", limit: 1 << 26)
    keyValueHeadCount = try fields.count("num_key_value_heads", default: headCount, limit: 1 << 16)
    guard headCount % keyValueHeadCount == 0 else {
      throw JSONFields.Fault(
        reason:
          "num_attention_heads: expected a multiple of num_key_value_heads \(keyValueHeadCount), found \(headCount)")
    }
    if fields.value("head_dim") == nil {
      guard hiddenSize % headCount == 0 else {
        throw JSONFields.Fault(
          reason: "hidden_size: expected a multiple of num_attention_heads \(headCount), found \(hiddenSize)")
      }
    }
    headDimension = try fields.count("head_dim", default: hiddenSize / headCount, limit: 1 << 16)
    guard headDimension % 2 == 0 else {
      throw JSONFields.Fault(reason: "head_dim: expected an even number, found \(headDimension)")
    }
    guard headCount * headDimension <= 1 << 22 else {
      throw JSONFields.Fault(
        reason: "num_attention_heads × head_dim: expected at most \(1 << 22), found \(headCount * headDimension)")
    }
    maximumPositions = try fields.count("max_position_embeddings", default: 2048, limit: 1 << 30)
    normEpsilon = try fields.number("rms_norm_eps", default: 1e-6, in: 0...1)
    attentionBias = try fields.boolean("attention_bias", default: false)
    mlpBias = try fields.boolean("mlp_bias", default: false)
    tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
    type = fields.value("dtype")?.string ?? fields.value("torch_dtype")?.string
    rope = try RotaryParameters(fields)
  }
}

extension RotaryParameters {
  /// `rope_parameters` (transformers 5), or `rope_theta` and `rope_scaling` (transformers 4; `type` before 4.43).
  init(_ fields: JSONFields) throws(JSONFields.Fault) {
    // Both at once is odd; transformers 5 lets a `rope_scaling` that says something win.
    let oldStyle = try fields.object("rope_scaling")
    let newStyle = try fields.object("rope_parameters")
    let rope = [oldStyle, newStyle].compactMap { $0 }.first { !$0.keys.isEmpty } ?? JSONFields(.object([:]))
    let thetas = rope.value("rope_theta") != nil ? rope : fields
    theta = try thetas.number("rope_theta", default: 10_000, in: 1...1e15)
    if let partial = rope.value("partial_rotary_factor"), partial.double != 1 {
      throw rope.unsupported("partial_rotary_factor", partial.found, known: "1")
    }
    let key = rope.value("rope_type") == nil && rope.value("type") != nil ? "type" : "rope_type"
    switch try rope.string(key, default: "default") {
    case "default":
      // A dictionary that holds nothing we know is one we would misread, such as one per layer type.
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
      // As transformers: the top-level key wins, and without any the model's own length stands in.
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
