import Foundation
import Foundations
import LlamaCore
import ProfileReport

/// Output of `inspect` for a checkpoint, as text or as JSON.
struct CheckpointSummary {
  /// Nil for a safetensors file by itself.
  let spec: ModelSpec?
  let files: [SafetensorsFile]
  let tensors: [TensorInfo]
  /// Tensors with non-finite values; nil if they were not checked.
  var nonFinite: [NonFiniteTensor]?

  init(spec: ModelSpec?, files: [SafetensorsFile]) {
    self.spec = spec
    self.files = files
    tensors = files.flatMap { $0.tensors }
  }

  var elements: Int { tensors.reduce(0) { $0 + $1.count } }
  var tensorBytes: Int { tensors.reduce(0) { $0 + $1.byteRange.count } }

  /// Returns the configuration, the files and the tensors, separated by empty lines.
  ///
  /// - Parameter everyTensor: one row per tensor; otherwise tensors that differ only in their block number share a row.
  func text(everyTensor: Bool) -> String {
    var parts: [String] = []
    if let spec { parts.append(spec.summary) }
    parts.append(files.map(text).joined())
    parts.append(everyTensor ? table : collapsedTable)
    parts.append(totals)
    if let nonFinite { parts.append(nonFinite.isEmpty ? "every value is finite\n" : Self.table(nonFinite)) }
    return parts.joined(separator: "\n")
  }

  private func text(_ file: SafetensorsFile) -> String {
    let name = URL(filePath: file.path).lastPathComponent.onOneLine
    let metadata = file.metadata.sorted { ByteString($0.key) < ByteString($1.key) }.map {
      "  \($0.key.onOneLine): \($0.value.onOneLine)\n"
    }
    return "\(name)  \(size(file.byteCount)), \(TextTable.count(file.tensors.count, "tensor"))\n" + metadata.joined()
  }

  private var table: String {
    var table = TextTable(header: ["tensor", "dtype", "shape", "size"], names: 3)
    for tensor in tensors {
      table.add([
        tensor.name.clipped, tensor.type.rawValue, tensor.shape.shapeText, size(tensor.byteRange.count),
      ])
    }
    return table.text
  }

  /// Tensors of one kind, whose names differ only in numbers.
  private struct Group: Hashable {
    let name: ByteString
    let type: TensorType
    let shape: [Int]

    static func == (left: Group, right: Group) -> Bool {
      left.type == right.type && left.name == right.name && left.shape == right.shape
    }

    /// By the name alone: few groups share one.
    func hash(into hasher: inout Hasher) { name.hash(into: &hasher) }
  }

  /// Returns the name with a star in place of every numeric component.
  private static func starred(_ name: String) -> String {
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    func isNumber(_ part: Substring.UTF8View) -> Bool {
      !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    guard parts.contains(where: isNumber) else { return name }
    return parts.map { isNumber($0) ? "*" : String(Substring($0)) }.joined(separator: ".")
  }

  private var collapsedTable: String {
    var groups: [(name: String, first: TensorInfo, count: Int)] = []
    var places: [Group: Int] = [:]
    places.reserveCapacity(tensors.count)
    for tensor in tensors {
      let name = Self.starred(tensor.name)
      let group = Group(name: ByteString(name), type: tensor.type, shape: tensor.shape)
      if let place = places[group] {
        groups[place].count += 1
      } else {
        places[group] = groups.count
        groups.append((name, tensor, 1))
      }
    }
    var table = TextTable(header: ["tensor", "dtype", "shape", "count", "each", "all"], names: 3)
    for (name, tensor, count) in groups {
      let bytes = tensor.byteRange.count
      table.add([
        // A single tensor keeps the number in its name, which the star would hide.
        (count == 1 ? tensor.name : name).clipped, tensor.type.rawValue, tensor.shape.shapeText,
        TextTable.count(count), size(bytes), size(count * bytes),
      ])
    }
    return table.text
  }

  private var totals: String {
    var types: [TensorType: Int] = [:]
    for tensor in tensors { types[tensor.type, default: 0] += tensor.count }
    let listed = types.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }.map {
      "\($0) \(TextTable.count($1))"
    }
    let kinds = listed.isEmpty ? "" : " (\(listed.joined(separator: ", ")))"
    return "\(TextTable.count(tensors.count, "tensor")), \(TextTable.count(elements, "element"))\(kinds), "
      + size(tensorBytes) + "\n"
  }
}

extension ModelSpec {
  /// The configuration in lines of a name and a value.
  var summary: String {
    var table = TextTable(header: ["parameters", TextTable.count(parameterCount)], names: 2)
    for (name, value) in [
      ("blocks", "\(layerCount)"),
      ("hidden size", "\(hiddenSize)"),
      ("intermediate size", of { "\($0.mlp.intermediateSize)" }),
      (
        "heads",
        of {
          "\($0.attention.headCount) query, \($0.attention.keyValueHeadCount) key/value, "
            + "head dimension \($0.attention.headDimension)"
        }
      ),
      ("vocabulary", "\(vocabularySize), unembedding \(tiedEmbeddings ? "tied" : "untied")"),
      ("positions", "\(maximumPositions)"),
      ("RoPE", of { $0.attention.rope.map(\.summary) ?? "none" }),
      ("RMSNorm epsilon", "\(finalNorm.epsilon)"),
      ("biases", of { $0.biases }),
    ] { table.add([name, value]) }
    return table.text
  }

  /// What is so in every block; where blocks differ, all that there is.
  private func of(_ text: (BlockSpec) -> String) -> String {
    var found: [String] = []
    for block in blocks where !found.contains(text(block)) { found.append(text(block)) }
    return found.joined(separator: "; ")
  }
}

extension BlockSpec {
  fileprivate var biases: String {
    let names: [(AttentionBiases, String)] = [
      (.query, "query"), (.key, "key"), (.value, "value"), (.output, "attention output"),
    ]
    let attention =
      self.attention.biases == .all
      ? ["attention"] : names.filter { self.attention.biases.contains($0.0) }.map(\.1)
    let all = attention + (mlp.hasBiases ? ["MLP"] : [])
    return all.isEmpty ? "none" : all.joined(separator: ", ")
  }
}

extension RotaryParameters {
  fileprivate var summary: String { "theta \(plain(theta)), \(scalingText)" }

  private var scalingText: String {
    switch scaling {
    case .default: "no scaling"
    case .linear(let factor): "linear scaling, factor \(plain(factor))"
    case .llama3(let factor, let low, let high, let positions):
      "llama3 scaling, factor \(plain(factor)), low \(plain(low)), high \(plain(high)), original positions \(positions)"
    }
  }

  /// Formats a whole number without a fraction.
  private func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
