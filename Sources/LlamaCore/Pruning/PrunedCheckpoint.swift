import Foundation
import Foundations

/// The checkpoint of a model without some of its blocks, or with blocks moved or repeated: what ``ModelEdits/program`` runs,
/// as a model directory that Hugging Face transformers and ``LlamaModel`` open.
///
/// ```swift
/// let pruned = try PrunedCheckpoint(of: model, program: Array(0...12) + Array(15...29))
/// try pruned.write(to: URL(filePath: "pruned"))
/// ```
///
/// Tensors keep their bytes; those of a block, whatever they are, get its new number, and a repeated block is written
/// once for each place. `config.json` is rewritten by the rules of `PrunedConfiguration`.
public struct PrunedCheckpoint: Sendable {
  /// For each block its index in the original.
  public let program: [Int]
  /// Bytes of all tensors.
  public let byteCount: Int
  /// Number of blocks of the original.
  public let originalLayerCount: Int

  /// The original with the program.
  package let model: LlamaModel
  let original: Checkpoint
  /// Bytes in place of those of tensors of the original, by their names there.
  var replaced: [ByteString: [UInt8]] = [:]
  /// Content of `config.json`.
  let configuration: String
  /// The files, each with its tensors.
  let shards: [[Tensor]]

  /// A tensor under its new name.
  struct Tensor: Sendable {
    let name: String
    /// Index of its file in the original, and its entry there.
    let file: Int
    let info: TensorInfo
  }

  /// Plans the checkpoint; nothing is read of the weights or written.
  /// - Parameters:
  ///   - model: the original; its edits do not count.
  ///   - program: 0-based indices of its blocks.
  /// - Throws: ``EditError`` for a block that the model does not have, or a program of none; ``PrunedCheckpointError``;
  ///   ``FileError`` if `config.json` cannot be read.
  public init(of model: LlamaModel, program: [Int]) throws {
    let wanted = try model.edited(by: ModelEdits(program: program))
    let blocks = model.source.spec.blocks
    self.program = program
    self.model = wanted
    originalLayerCount = blocks.count
    original = model.checkpoint
    let file = original.directory.appending(path: "config.json")
    configuration = try Self.configuration(
      of: file, PrunedConfiguration(blocks: blocks, program: program), wanted: wanted)
    let tensors = try Self.tensors(
      original, StoredNames(wanted.spec.names, in: original), layerCount: blocks.count, program)
    byteCount = tensors.reduce(0) { $0 + $1.info.byteRange.count }
    shards = Self.shards(tensors, like: original)
  }

  /// Rewrites the file, and checks that it describes the model that is wanted.
  private static func configuration(
    of file: URL, _ rewriting: PrunedConfiguration, wanted: LlamaModel
  ) throws -> String {
    let source = try RegularFile.bytes(of: file, limit: ModelSpec.fileLimit)
    let (text, spec): (String, ModelSpec)
    do {
      text = try rewriting.text(of: source)
      spec = try ModelSpec(JSONFields(JSONValue(parsing: Array(text.utf8).span)))
    } catch let error as JSONError {
      throw FileError(path: file.relativePath, reason: .malformed(error.description))
    } catch let error as JSONFields.Fault {
      throw FileError(path: file.relativePath, reason: .malformed(error.reason))
    }
    guard spec == wanted.spec else {
      let place = zip(spec.blocks, wanted.spec.blocks).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      throw PrunedCheckpointError.configuration(
        file: file.relativePath, place: place, block: place.map { wanted.program[$0] })
    }
    return text
  }

  /// Returns the tensors: those of no block as they are, then block by block.
  private static func tensors(
    _ original: Checkpoint, _ names: StoredNames, layerCount: Int, _ program: [Int]
  ) throws(PrunedCheckpointError) -> [Tensor] {
    var tensors: [Tensor] = []
    var blocks = Array(repeating: [(rest: String, file: Int, info: TensorInfo)](), count: layerCount)
    for (file, contents) in original.files.enumerated() {
      for info in contents.tensors {
        guard let (layer, rest) = names.place(info.name) else {
          tensors.append(Tensor(name: info.name, file: file, info: info))
          continue
        }
        // One beyond the model's blocks belongs to none of them and could get another's name.
        if layer < layerCount { blocks[layer].append((rest, file, info)) }
      }
    }
    let count = program.reduce(tensors.count) { $0 + blocks[$1].count }
    guard count <= ShardIndex.tensorLimit else { throw .tensors(count, limit: ShardIndex.tensorLimit) }
    for (place, layer) in program.enumerated() {
      let prefix = names.block(place)
      for (rest, file, info) in blocks[layer] { tensors.append(Tensor(name: prefix + rest, file: file, info: info)) }
    }
    return tensors
  }

  /// Divides the tensors into files, of which none is larger than the largest of the original.
  private static func shards(_ tensors: [Tensor], like original: Checkpoint) -> [[Tensor]] {
    let limit = original.files.map { $0.tensors.last?.byteRange.upperBound ?? 0 }.max() ?? 0
    var shards: [[Tensor]] = [[]]
    var filled = 0
    for tensor in tensors {
      let size = tensor.info.byteRange.count
      if original.files.count > 1, filled > 0, filled + size > limit {
        shards.append([])
        filled = 0
      }
      shards[shards.count - 1].append(tensor)
      filled += size
    }
    // As in the reference implementation: wide elements first, so that every tensor is aligned to its own.
    return shards.map { shard in
      shard.enumerated().sorted { ($1.element.info.type.bits, $0.offset) < ($0.element.info.type.bits, $1.offset) }
        .map(\.element)
    }
  }
}
