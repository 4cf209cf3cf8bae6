import ArgumentParser
import LlamaCore
import Profiler

/// Parts that an ablation removes.
struct AblationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Kinds of parts to remove: block, attention, mlp, as a list; each in every block, one at a time.",
      valueName: "list"))
  var parts = "block,attention,mlp"

  @Option(
    help: ArgumentHelp("Blocks whose query heads are removed too, one at a time, such as 3,7-9.", valueName: "list"))
  var heads: String?

  @Flag(help: "Measures the effect of each removal on every later block: effects.csv.")
  var effects = false

  func validate() throws {
    _ = try kinds
    _ = try layersOfHeads
  }

  /// Returns the removals to try on a model.
  func ablation(of model: LlamaModel, keepsFirst: Bool) throws -> Ablation {
    for layer in try layersOfHeads where !model.spec.blocks.indices.contains(layer) {
      throw EditError.noBlock(edit: "--heads \(layer)", layer: layer, layers: model.spec.layerCount)
    }
    let units = Ablation.units(of: model.spec, parts: try kinds, headsOf: try layersOfHeads)
    return Ablation(units, keepsFirst: keepsFirst, hasEffects: effects)
  }

  private var kinds: [BlockUnit.Part] {
    get throws {
      try parts.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let part = BlockUnit.Part(rawValue: String(name)), part != .head else {
          throw ValidationError("--parts: expected block, attention and mlp as a list, found \"\(parts)\"")
        }
        return part
      }
    }
  }

  private var layersOfHeads: [Int] {
    get throws {
      guard let heads else { return [] }
      guard let layers = BlockList.indices(heads) else {
        throw ValidationError("--heads: expected numbers of blocks, such as 3,7-9, found \"\(heads)\"")
      }
      return layers
    }
  }
}
