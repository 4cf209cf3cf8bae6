import ArgumentParser
import Foundation
import LlamaCore
import Profiler

/// What a removed part adds to the residual stream.
enum Replacement: String, CaseIterable, ExpressibleByArgument {
  case zero, mean
}

/// Parts that an ablation removes, or takes from another checkpoint.
struct AblationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Kinds of parts to remove or swap: block, attention, mlp, as a list; each in every block, one at a time; none for --heads and --spans alone.",
      valueName: "list"))
  var parts = "block,attention,mlp"

  @Option(
    help: ArgumentHelp("Blocks whose query heads are removed too, one at a time, such as 3,7-9.", valueName: "list"))
  var heads: String?

  @Option(
    help: ArgumentHelp("Number of blocks in a row that are removed together too, wherever they begin.", valueName: "n"))
  var spans: Int?

  @Option(
    help: ArgumentHelp(
      "What a removed part adds to the stream: zero, or the domain's mean of what it added (mean).",
      valueName: "what"))
  var replace = Replacement.zero

  @Option(
    help: ArgumentHelp(
      "Texts of each domain that choose, half of them at most; by these the rules of --remove choose, and of these are the means. (default: \(TextSplit.defaultCount))",
      valueName: "n"))
  var select: Int?

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
    for (name, isGiven) in [("--spans", spans != nil), ("--replace", replace == .mean)] where isGiven && swapFrom != nil
    {
      throw ValidationError("--swap-from and \(name) exclude each other")
    }
    if let select {
      if select < 1 { throw ValidationError("--select: expected at least 1 text, found \(select)") }
    }
    if heads != nil, replace == .mean { throw ValidationError("--heads and --replace mean exclude each other") }
    if let spans, spans < 2 { throw ValidationError("--spans: expected at least 2 blocks, found \(spans)") }
  }

  /// Number of texts of a domain that choose.
  var chosenTexts: Int { select ?? TextSplit.defaultCount }

  /// Refuses options that are of removals only, and one that chooses texts for nothing.
  func check(keepsFirst: Bool, remove: Int?) throws {
    if select != nil, replace != .mean, remove == nil {
      throw ValidationError("--select goes with --remove or --replace mean")
    }
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
    if let spans, !(2..<max(2, model.spec.layerCount)).contains(spans) {
      throw EditError.spanLength(spans, layers: model.spec.layerCount)
    }
    let units = Ablation.units(of: model.spec, parts: try kinds, headsOf: try layersOfHeads, spansOf: spans)
    if let swapFrom { return Ablation(swapping: units, from: URL(filePath: swapFrom), hasEffects: effects) }
    return Ablation(
      units, keepsFirst: keepsFirst, hasEffects: effects,
      means: replace == .mean ? Ablation.Means(count: chosenTexts) : nil)
  }

  private var kinds: [BlockUnit.Part] {
    get throws {
      if parts == "none" {
        if spans == nil, heads == nil { throw ValidationError("--parts none: expected --heads or --spans beside it") }
        return []
      }
      return try parts.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let part = BlockUnit.Part(rawValue: String(name)), ![.head, .span].contains(part) else {
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
