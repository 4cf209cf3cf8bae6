public import Foundation
public import LlamaCore

/// Parts of a model that an ablation removes, or takes from another checkpoint, each in a changed model of its own, on every text.
///
/// The text form, which identifies it in a run's settings, is `block:0-29 attention:0-29 head:7.0-8 keep_first effects`. It begins
/// with `swap` where parts are swapped; the other checkpoint is not in it, because its contents count and not its path.
public struct Ablation: Sendable, Equatable {
  /// The removed or swapped parts in the order of the results; blocks are places in the model's program.
  public let units: [BlockUnit]
  /// True if position 0 keeps what a removed part would have added to it.
  public let keepsFirst: Bool
  /// True if the effects on later blocks are measured.
  public let hasEffects: Bool
  /// Checkpoint whose weights stand in place of the model's own in each part; nil where parts are removed.
  public let swapsFrom: URL?

  /// - Parameters:
  ///   - units: parts to remove; copies are left out.
  ///   - keepsFirst: leaves position 0 what a removed part would have added to it.
  ///   - hasEffects: measures the effects on later blocks.
  public init(_ units: [BlockUnit], keepsFirst: Bool = false, hasEffects: Bool = false) {
    self.init(units, keepsFirst: keepsFirst, hasEffects: hasEffects, swapsFrom: nil)
  }

  /// - Parameters:
  ///   - units: blocks, attentions and MLPs to swap; copies are left out.
  ///   - directory: checkpoint of the same shapes from which they come.
  ///   - hasEffects: measures the effects on later blocks.
  public init(swapping units: [BlockUnit], from directory: URL, hasEffects: Bool = false) {
    self.init(units, keepsFirst: false, hasEffects: hasEffects, swapsFrom: directory)
  }

  private init(_ units: [BlockUnit], keepsFirst: Bool, hasEffects: Bool, swapsFrom: URL?) {
    var known: Set<BlockUnit> = []
    self.units = units.filter { known.insert($0).inserted }
    (self.keepsFirst, self.hasEffects, self.swapsFrom) = (keepsFirst, hasEffects, swapsFrom)
  }

  /// True if parts are swapped: `delta_nll` then says what a part of the other checkpoint changes, not what the model loses
  /// without its own, and nothing can be cut by it.
  public var isSwap: Bool { swapsFrom != nil }

  /// Returns every block, attention and MLP, or some of these kinds, and every head of some blocks.
  public static func units(
    of spec: ModelSpec, parts: [BlockUnit.Part], headsOf layers: [Int] = []
  ) -> [BlockUnit] {
    parts.filter { $0 != .head }.flatMap { part in spec.blocks.indices.map { BlockUnit(part, $0) } }
      + layers.filter(spec.blocks.indices.contains).flatMap { layer in
        (0..<spec.blocks[layer].attention.headCount).map { .head($0, of: layer) }
      }
  }

  /// One removal for each unit.
  var removals: [Removal] { units.map { Removal([$0], keepsFirst: keepsFirst) } }

  /// Plans the run of a model over texts of these lengths.
  func plan(_ lengths: [Int], with model: LlamaModel, _ options: RunOptions) throws -> RemovalPlan {
    guard let swapsFrom else {
      return try model.plan(lengths, removals: removals, hasEffects: hasEffects, options: options)
    }
    return try model.plan(lengths, swapping: units, from: swapsFrom, hasEffects: hasEffects, options: options)
  }

  /// Runs a model over texts with all changes.
  func run(
    _ texts: [[TokenID]], with model: LlamaModel, _ options: RunOptions, _ observer: inout some LayerObserver,
    progress: @escaping (RunProgress) throws -> Void, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    guard let swapsFrom else {
      return try model.ablate(
        texts, removals, hasEffects: hasEffects, options: options, observer: &observer, progress: progress,
        receive: receive)
    }
    return try model.ablate(
      texts, swapping: units, from: swapsFrom, hasEffects: hasEffects, options: options, observer: &observer,
      progress: progress, receive: receive)
  }
}

extension Ablation: CustomStringConvertible {
  public var description: String {
    var words: [String] = []
    var rest = units[...]
    while let first = rest.first {
      // Units of one kind, and of heads those of one block, as one list.
      let alike = rest.prefix { $0.part == first.part && (first.head == nil || $0.layer == first.layer) }
      words.append(
        first.head == nil
          ? "\(first.part.rawValue):\(BlockList.text(alike.map(\.layer)))"
          : "head:\(first.layer).\(BlockList.text(alike.compactMap(\.head)))")
      rest = rest.dropFirst(alike.count)
    }
    return
      ((isSwap ? [Self.swapWord] : []) + words + (keepsFirst ? ["keep_first"] : []) + (hasEffects ? ["effects"] : []))
      .joined(separator: " ")
  }

  /// First word of the text form where parts are swapped.
  package static let swapWord = "swap"

  /// Reads the text form; nil for any other text.
  ///
  /// - Parameter directory: the other checkpoint of a swap, which there must be exactly where the text says swap.
  package init?(_ text: String, swapsFrom directory: URL? = nil) {
    var units: [BlockUnit] = []
    var flags: Set<Substring> = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if word == "keep_first" || word == "effects" || word == Self.swapWord {
        flags.insert(word)
      } else if let parsed = try? BlockUnit.units(String(word)) {
        units += parsed
      } else {
        return nil
      }
    }
    let isSwap = flags.contains(Substring(Self.swapWord))
    guard isSwap == (directory != nil) else { return nil }
    guard !isSwap || !flags.contains("keep_first") && units.allSatisfy({ $0.head == nil }) else { return nil }
    self.init(
      units, keepsFirst: flags.contains("keep_first"), hasEffects: flags.contains("effects"), swapsFrom: directory)
    guard !units.isEmpty, description == text else { return nil }
  }
}
