import ArgumentParser
import LlamaCore
import Profiler

/// What a removed part adds to the residual stream.
enum Replacement: String, CaseIterable, ExpressibleByArgument {
  case zero, mean
}

/// Parts that an ablation removes.
struct AblationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Kinds of parts to remove: block, attention, mlp, as a list; each in every block, one at a time; none for --heads and --spans alone.",
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
      "Texts of each domain that choose, half of them at most; of these are the means. (default: \(TextSplit.defaultCount))",
      valueName: "n"))
  var select: Int?

  @Flag(help: "Measures the effect of each removal on every later block: effects.csv.")
  var effects = false

  func validate() throws {
    _ = try kinds
    _ = try layersOfHeads
    if let select {
      if replace != .mean { throw ValidationError("--select goes with --replace mean") }
      if select < 1 { throw ValidationError("--select: expected at least 1 text, found \(select)") }
    }
    if heads != nil, replace == .mean { throw ValidationError("--heads and --replace mean exclude each other") }
    if let spans, spans < 2 { throw ValidationError("--spans: expected at least 2 blocks, found \(spans)") }
  }

  /// Returns the removals to try on a model.
  func ablation(of model: LlamaModel, keepsFirst: Bool) throws -> Ablation {
    for layer in try layersOfHeads where !model.spec.blocks.indices.contains(layer) {
      throw EditError.noBlock(edit: "--heads \(layer)", layer: layer, layers: model.spec.layerCount)
    }
    if let spans, !(2..<max(2, model.spec.layerCount)).contains(spans) {
      throw EditError.spanLength(spans, layers: model.spec.layerCount)
    }
    let units = Ablation.units(of: model.spec, parts: try kinds, headsOf: try layersOfHeads, spansOf: spans)
    return Ablation(
      units, keepsFirst: keepsFirst, hasEffects: effects,
      means: replace == .mean ? Ablation.Means(count: select ?? TextSplit.defaultCount) : nil)
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
