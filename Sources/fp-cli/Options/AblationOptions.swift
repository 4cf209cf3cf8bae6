import ArgumentParser
import Foundation
import LlamaCore
import Profiler

/// Parts that an ablation removes, or takes from another checkpoint.
struct AblationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Kinds of parts to remove or swap: block, attention, mlp, as a list; each in every block, one at a time.",
      valueName: "list"))
  var parts = "block,attention,mlp"

  @Option(
    help: ArgumentHelp("Blocks whose query heads are removed too, one at a time, such as 3,7-9.", valueName: "list"))
  var heads: String?

  @Flag(help: "Measures the effect of each removal or swap on every later block: effects.csv.")
  var effects = false

  @Option(
    help: ArgumentHelp(
      "Checkpoint with the same shapes: every part takes its weights instead of being removed; not with --heads, --keep-first or --remove.",
      valueName: "dir"), completion: .directory)
  var swapFrom: String?

  func validate() throws {
    _ = try kinds
    _ = try layersOfHeads
    try checkPaths(["--swap-from": swapFrom])
    if swapFrom != nil, heads != nil {
      throw ValidationError("--swap-from and --heads exclude each other: a head has no weights of its own")
    }
  }

  /// Refuses options that are of removals only.
  func check(keepsFirst: Bool, remove: Int?) throws {
    for (name, isGiven) in [("--keep-first", keepsFirst), ("--remove", remove != nil)] where isGiven && swapFrom != nil
    {
      throw ValidationError("--swap-from and \(name) exclude each other")
    }
  }

  /// Returns the removals, or swaps, to try on a model.
  func ablation(of model: LlamaModel, keepsFirst: Bool) throws -> Ablation {
    for layer in try layersOfHeads where !model.spec.blocks.indices.contains(layer) {
      throw EditError.noBlock(edit: "--heads \(layer)", layer: layer, layers: model.spec.layerCount)
    }
    let units = Ablation.units(of: model.spec, parts: try kinds, headsOf: try layersOfHeads)
    if let swapFrom { return Ablation(swapping: units, from: URL(filePath: swapFrom), hasEffects: effects) }
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
