public import Foundation
public import LlamaCore

/// Parts of a model that an ablation removes, or takes from another checkpoint, each in a changed model of its own, on every text.
///
/// The text form, which identifies it in a run's settings, is `block:0-29 attention:0-29 head:7.0-8 span3:0-27 keep_first effects
/// mean8`. It begins with `swap` where parts are swapped; the other checkpoint is not in it, because its contents count and not its
/// path.
public struct Ablation: Sendable, Equatable {
  /// The removed or swapped parts in the order of the results; blocks are places in the model's program.
  public let units: [BlockUnit]
  /// True if position 0 keeps what a removed part would have added to it.
  public let keepsFirst: Bool
  /// True if the effects on later blocks are measured.
  public let hasEffects: Bool
  /// Checkpoint whose weights stand in place of the model's own in each part; nil where parts are removed.
  public let swapsFrom: URL?

  /// Texts whose means removed parts add to the stream in place of their outputs; nil for 0.
  public let means: Means?

  /// Choice of the texts whose mean `A`, `M` or `A + M` a removed attention, MLP or block adds in their domain.
  public struct Means: Sendable, Equatable {
    /// Number of texts of a domain, half of its texts at most, see ``TextSplit``.
    public let count: Int
    /// Seed of the choice.
    public let seed: UInt64

    /// - Parameters:
    ///   - count: number of texts of a domain, at least 1.
    ///   - seed: seed of the choice.
    public init(count: Int = TextSplit.defaultCount, seed: UInt64 = 0) {
      (self.count, self.seed) = (max(1, count), seed)
    }
  }

  /// - Parameters:
  ///   - units: parts to remove; copies are left out. Files tell spans apart by their first block: they have one length.
  ///   - keepsFirst: leaves position 0 what a removed part would have added to it.
  ///   - hasEffects: measures the effects on later blocks.
  ///   - means: texts whose means removed parts add; nil for 0. Heads have no means, and a run refuses them.
  public init(_ units: [BlockUnit], keepsFirst: Bool = false, hasEffects: Bool = false, means: Means? = nil) {
    self.init(units, keepsFirst: keepsFirst, hasEffects: hasEffects, means: means, swapsFrom: nil)
  }

  /// - Parameters:
  ///   - units: blocks, attentions and MLPs to swap; copies are left out.
  ///   - directory: checkpoint of the same shapes from which they come.
  ///   - hasEffects: measures the effects on later blocks.
  public init(swapping units: [BlockUnit], from directory: URL, hasEffects: Bool = false) {
    self.init(units, keepsFirst: false, hasEffects: hasEffects, means: nil, swapsFrom: directory)
  }

  private init(_ units: [BlockUnit], keepsFirst: Bool, hasEffects: Bool, means: Means?, swapsFrom: URL?) {
    var known: Set<BlockUnit> = []
    self.units = units.filter { known.insert($0).inserted }
    (self.keepsFirst, self.hasEffects, self.means, self.swapsFrom) = (keepsFirst, hasEffects, means, swapsFrom)
  }

  /// True if parts are swapped: `delta_nll` then says what a part of the other checkpoint changes, not what the model loses
  /// without its own, and nothing can be cut by it.
  public var isSwap: Bool { swapsFrom != nil }

  /// Returns every block, attention and MLP, or some of these kinds, every head of some blocks, and every span of a length.
  ///
  /// - Parameters:
  ///   - spec: the model.
  ///   - parts: kinds of parts, each of which is removed from every block.
  ///   - layers: blocks whose query heads are removed.
  ///   - length: number of blocks of a span, of which every run in the model is removed; nil for no spans.
  public static func units(
    of spec: ModelSpec, parts: [BlockUnit.Part], headsOf layers: [Int] = [], spansOf length: Int? = nil
  ) -> [BlockUnit] {
    let starts = length.map { 0..<max(0, spec.layerCount - max(1, $0) + 1) } ?? 0..<0
    return parts.filter { ![.head, .span].contains($0) }.flatMap { part in
      spec.blocks.indices.map { BlockUnit(part, $0) }
    }
      + layers.filter(spec.blocks.indices.contains).flatMap { layer in
        (0..<spec.blocks[layer].attention.headCount).map { .head($0, of: layer) }
      } + starts.map { .span(length ?? 1, from: $0) }
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
  ///
  /// - Parameter means: for each text what removed parts add; empty for 0.
  func run(
    _ texts: [[TokenID]], with model: LlamaModel, _ options: RunOptions, _ observer: inout some LayerObserver,
    means: [MeanOutputs], progress: @escaping (RunProgress) throws -> Void, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    guard let swapsFrom else {
      return try model.ablate(
        texts, removals, means: means, hasEffects: hasEffects, options: options, observer: &observer,
        progress: progress,
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
      let alike = rest.prefix { $0.kind == first.kind && (first.head == nil || $0.layer == first.layer) }
      words.append(
        first.head == nil
          ? "\(first.kind):\(BlockList.text(alike.map(\.layer)))"
          : "head:\(first.layer).\(BlockList.text(alike.compactMap(\.head)))")
      rest = rest.dropFirst(alike.count)
    }
    if isSwap { words.insert(Self.swapWord, at: 0) }
    if keepsFirst { words.append("keep_first") }
    if hasEffects { words.append("effects") }
    if let means { words.append(means.description) }
    return words.joined(separator: " ")
  }

  /// First word of the text form where parts are swapped.
  package static let swapWord = "swap"

  /// Reads the text form; nil for any other text.
  ///
  /// - Parameter directory: the other checkpoint of a swap, which there must be exactly where the text says swap.
  package init?(_ text: String, swapsFrom directory: URL? = nil) {
    var units: [BlockUnit] = []
    var flags: Set<Substring> = []
    var means: Means?
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if word == "keep_first" || word == "effects" || word == Self.swapWord {
        flags.insert(word)
      } else if let parsed = Means(word) {
        means = parsed
      } else if let parsed = BlockUnit.spans(String(word)) ?? (try? BlockUnit.units(String(word))) {
        units += parsed
      } else {
        return nil
      }
    }
    let isSwap = flags.contains(Substring(Self.swapWord))
    let (keepsFirst, hasEffects) = (flags.contains("keep_first"), flags.contains("effects"))
    guard isSwap == (directory != nil) else { return nil }
    guard !isSwap || !keepsFirst && means == nil && units.allSatisfy({ ![.head, .span].contains($0.part) }) else {
      return nil
    }
    self.init(units, keepsFirst: keepsFirst, hasEffects: hasEffects, means: means, swapsFrom: directory)
    guard !units.isEmpty, means == nil || units.allSatisfy({ $0.head == nil }), description == text else { return nil }
  }
}

extension Ablation.Means: CustomStringConvertible {
  /// `mean8`, or with a seed other than 0 `mean8.5`.
  public var description: String { "mean\(count)" + (seed == 0 ? "" : ".\(seed)") }

  /// Reads the text form, whatever its zeros and signs; nil for any other text.
  fileprivate init?(_ text: Substring) {
    guard text.hasPrefix("mean") else { return nil }
    let pieces = text.dropFirst(4).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let count = Int(pieces[0]), let seed = pieces.count > 1 ? UInt64(pieces[1]) : 0 else { return nil }
    self.init(count: count, seed: seed)
  }
}
