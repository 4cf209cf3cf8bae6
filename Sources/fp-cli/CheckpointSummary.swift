import Foundation
import LlamaCore

/// What `inspect` prints of a checkpoint, as text or as JSON.
struct CheckpointSummary {
  let configuration: LlamaConfiguration?
  let files: [SafetensorsFile]

  private var tensors: [TensorInfo] { files.flatMap(\.tensors) }
  private var elements: Int { tensors.reduce(0) { $0 + $1.count } }
  private var tensorBytes: Int { tensors.reduce(0) { $0 + $1.byteRange.count } }

  func text(everyTensor: Bool) -> String {
    var lines: [String] = []
    if let configuration {
      let rows = configurationRows(configuration)
      let width = rows.map(\.0.count).max() ?? 0
      lines += rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 } + [""]
    }
    for file in files {
      let name = URL(filePath: file.path).lastPathComponent
      lines.append("\(name)  \(size(file.byteCount)), \(file.tensors.count) tensors")
      for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) { lines.append("  \(key): \(value)") }
    }
    lines.append("")
    let rows = everyTensor ? tensors.map { TensorRow($0) } : collapsed()
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      let name = row.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let times = row.times > 1 ? "\(row.times) × " : ""
      lines.append(name + row.summary + "  " + times + size(row.bytes))
    }
    let types = Dictionary(grouping: tensors, by: \.type.rawValue).mapValues { $0.reduce(0) { $0 + $1.count } }
    let listed = types.sorted { $0.key < $1.key }.map { "\($0.key) \(grouped($0.value))" }.joined(separator: ", ")
    lines += ["", "\(tensors.count) tensors, \(grouped(elements)) elements (\(listed)), \(size(tensorBytes))"]
    return lines.joined(separator: "\n")
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  private func configurationRows(_ configuration: LlamaConfiguration) -> [(String, String)] {
    let heads = "\(configuration.headCount) query, \(configuration.keyValueHeadCount) key/value, "
    return [
      ("parameters", grouped(configuration.parameterCount)),
      ("blocks", "\(configuration.layerCount)"),
      ("hidden size", "\(configuration.hiddenSize)"),
      ("intermediate size", "\(configuration.intermediateSize)"),
      ("heads", heads + "head dimension \(configuration.headDimension)"),
      (
        "vocabulary", "\(configuration.vocabularySize), unembedding \(configuration.tiedEmbeddings ? "tied" : "untied")"
      ),
      ("positions", "\(configuration.maximumPositions)"),
      ("RoPE", "theta \(configuration.rope.theta), scaling \(scaling(configuration.rope.scaling))"),
      ("RMSNorm epsilon", "\(configuration.normEpsilon)"),
      ("biases", "attention \(configuration.attentionBias), MLP \(configuration.mlpBias)"),
    ]
  }

  private func scaling(_ scaling: RotaryParameters.Scaling) -> String {
    switch scaling {
    case .default: "none"
    case .linear(let factor): "linear, factor \(factor)"
    case .llama3(let factor, let low, let high, let positions):
      "llama3, factor \(factor), low \(low), high \(high), original positions \(positions)"
    }
  }

  /// Tensors that are alike but for the number of their block, as one row.
  private func collapsed() -> [TensorRow] {
    var rows: [TensorRow] = []
    var places: [String: Int] = [:]
    for tensor in tensors {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      let name = parts.map { Int($0) == nil ? String($0) : "*" }.joined(separator: ".")
      let key = name + tensor.summary
      if let place = places[key] {
        rows[place].times += 1
      } else {
        places[key] = rows.count
        var row = TensorRow(tensor)
        row.name = name
        rows.append(row)
      }
    }
    return rows
  }

  private struct TensorRow {
    var name: String
    let summary: String
    let bytes: Int
    var times = 1

    init(_ tensor: TensorInfo) {
      name = tensor.name
      summary = tensor.summary
      bytes = tensor.byteRange.count
    }
  }

  private struct Document: Encodable {
    struct Tensor: Encodable {
      let name, dtype: String
      let shape: [Int]
      let bytes: Int
    }
    struct File: Encodable {
      let path: String
      let bytes: Int
      let metadata: [String: String]
      let tensors: [Tensor]
    }
    struct Model: Encodable {
      let hiddenSize, intermediateSize, blocks, heads, keyValueHeads, headDimension: Int
      let vocabularySize, maximumPositions: Int
      let tiedEmbeddings, attentionBias, mlpBias: Bool
      let rmsNormEpsilon, ropeTheta: Double
      let ropeScaling: String
    }
    let configuration: Model?
    let parameters: Int
    let bytes: Int
    let files: [File]
  }

  private var document: Document {
    Document(
      configuration: configuration.map {
        Document.Model(
          hiddenSize: $0.hiddenSize, intermediateSize: $0.intermediateSize, blocks: $0.layerCount, heads: $0.headCount,
          keyValueHeads: $0.keyValueHeadCount, headDimension: $0.headDimension, vocabularySize: $0.vocabularySize,
          maximumPositions: $0.maximumPositions, tiedEmbeddings: $0.tiedEmbeddings, attentionBias: $0.attentionBias,
          mlpBias: $0.mlpBias, rmsNormEpsilon: $0.normEpsilon, ropeTheta: $0.rope.theta,
          ropeScaling: scaling($0.rope.scaling))
      },
      parameters: configuration?.parameterCount ?? elements, bytes: tensorBytes,
      files: files.map { file in
        Document.File(
          path: file.path, bytes: file.byteCount, metadata: file.metadata,
          tensors: file.tensors.map {
            Document.Tensor(name: $0.name, dtype: $0.type.rawValue, shape: $0.shape, bytes: $0.byteRange.count)
          })
      })
  }
}
