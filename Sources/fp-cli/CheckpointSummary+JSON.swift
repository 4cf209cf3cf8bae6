import Foundations
import LlamaCore

extension CheckpointSummary {
  /// The summary as JSON; the configuration has the names and the form of transformers 5, with defaults spelled out.
  var json: String {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.key("configuration")
    if let spec { spec.write(to: &json) } else { json.value(.null) }
    json.member("parameters", spec.map { .integer($0.parameterCount) } ?? .null)
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

extension ModelSpec {
  /// In the keys of the first block: what published families differ in block by block is in none of them.
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("hidden_size", .integer(hiddenSize))
    if let block = blocks.first { block.write(to: &json, layers: layerCount) }
    json.member("vocab_size", .integer(vocabularySize))
    json.member("max_position_embeddings", .integer(maximumPositions))
    json.member("rms_norm_eps", .number(finalNorm.epsilon))
    if let block = blocks.first {
      json.member("attention_bias", .boolean(!block.attention.biases.isEmpty))
      json.member("mlp_bias", .boolean(block.mlp.hasBiases))
    }
    json.member("tie_word_embeddings", .boolean(tiedEmbeddings))
    json.member("dtype", dtype.map(JSONValue.string) ?? .null)
    if let rope = blocks.first?.attention.rope { rope.write(to: &json) }
    json.endObject()
  }
}

extension BlockSpec {
  fileprivate func write(to json: inout JSONWriter, layers: Int) {
    json.member("intermediate_size", .integer(mlp.intermediateSize))
    json.member("num_hidden_layers", .integer(layers))
    json.member("num_attention_heads", .integer(attention.headCount))
    json.member("num_key_value_heads", .integer(attention.keyValueHeadCount))
    json.member("head_dim", .integer(attention.headDimension))
  }
}

extension RotaryParameters {
  fileprivate func write(to json: inout JSONWriter) {
    json.key("rope_parameters")
    json.beginObject()
    json.member("rope_theta", .number(theta))
    switch scaling {
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
  }
}
