public import LlamaCore

/// Parts of a model that an ablation removes, each in a changed model of its own, on every text.
///
/// The text form, which identifies it in a run's settings, is `block:0-29 attention:0-29 head:7.0-8 keep_first effects`.
public struct Ablation: Sendable, Equatable {
  /// The removed parts in the order of the results; blocks are places in the model's program.
  public let units: [BlockUnit]
  /// True if position 0 keeps what a removed part would have added to it.
  public let keepsFirst: Bool
  /// True if the effects on later blocks are measured.
  public let hasEffects: Bool

  /// - Parameters:
  ///   - units: parts to remove; copies are left out.
  ///   - keepsFirst: leaves position 0 what a removed part would have added to it.
  ///   - hasEffects: measures the effects on later blocks.
  public init(_ units: [BlockUnit], keepsFirst: Bool = false, hasEffects: Bool = false) {
    var known: Set<BlockUnit> = []
    self.units = units.filter { known.insert($0).inserted }
    (self.keepsFirst, self.hasEffects) = (keepsFirst, hasEffects)
  }

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
    return (words + (keepsFirst ? ["keep_first"] : []) + (hasEffects ? ["effects"] : [])).joined(separator: " ")
  }

  /// Reads the text form; nil for any other text.
  package init?(_ text: String) {
    var units: [BlockUnit] = []
    var flags: Set<Substring> = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if word == "keep_first" || word == "effects" {
        flags.insert(word)
      } else if let parsed = try? BlockUnit.units(String(word)) {
        units += parsed
      } else {
        return nil
      }
    }
    self.init(units, keepsFirst: flags.contains("keep_first"), hasEffects: flags.contains("effects"))
    guard !units.isEmpty, description == text else { return nil }
  }
}
