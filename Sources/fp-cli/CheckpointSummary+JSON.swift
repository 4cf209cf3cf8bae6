import LlamaCore

extension CheckpointSummary {
  /// The whole as JSON; the configuration has the names and the form of transformers 5, defaults spelled out.
  var json: String {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.key("configuration")
    if let configuration { configuration.write(to: &json) } else { json.value(.null) }
    json.member("parameters", configuration.map { .integer($0.parameterCount) } ?? .null)
    json.member("tensors", .integer(tensors.count))
    json.member("elements", .integer(elements))
    json.member("bytes", .integer(tensorBytes))
    if let nonFinite {
      json.key("non_finite")
      json.beginArray()
      for tensor in nonFinite { tensor.write(to: &json) }
      json.endArray()
    }
    json.key("files")
    json.beginArray()
    for file in files { write(file, to: &json) }
    json.endArray()
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private func write(_ file: SafetensorsFile, to json: inout JSONWriter) {
    json.beginObject()
    json.member("path", .string(file.path))
    json.member("bytes", .integer(file.byteCount))
    json.member("metadata", .object(JSONObject(file.metadata.map { ($0.key, .string($0.value)) })))
    json.key("tensors")
    json.beginArray()
    for tensor in file.tensors {
      json.beginObject()
      json.member("name", .string(tensor.name))
      json.member("dtype", .string(tensor.type.rawValue))
      json.member("shape", .array(tensor.shape.map(JSONValue.integer)))
      json.member("bytes", .integer(tensor.byteRange.count))
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}

extension LlamaConfiguration {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("hidden_size", .integer(hiddenSize))
    json.member("intermediate_size", .integer(intermediateSize))
    json.member("num_hidden_layers", .integer(layerCount))
    json.member("num_attention_heads", .integer(headCount))
    json.member("num_key_value_heads", .integer(keyValueHeadCount))
    json.member("head_dim", .integer(headDimension))
    json.member("vocab_size", .integer(vocabularySize))
    json.member("max_position_embeddings", .integer(maximumPositions))
    json.member("rms_norm_eps", .number(normEpsilon))
    json.member("attention_bias", .boolean(attentionBias))
    json.member("mlp_bias", .boolean(mlpBias))
    json.member("tie_word_embeddings", .boolean(tiedEmbeddings))
    json.member("dtype", type.map(JSONValue.string) ?? .null)
    json.key("rope_parameters")
    json.beginObject()
    json.member("rope_theta", .number(rope.theta))
    switch rope.scaling {
    case .default: json.member("rope_type", .string("default"))
    case .linear(let factor):
      json.member("rope_type", .string("linear"))
      json.member("factor", .number(factor))
    case .llama3(let factor, let low, let high, let positions):
      json.member("rope_type", .string("llama3"))
      json.member("factor", .number(factor))
      json.member("low_freq_factor", .number(low))
      json.member("high_freq_factor", .number(high))
      json.member("original_max_position_embeddings", .integer(positions))
    }
    json.endObject()
    json.endObject()
  }
}
