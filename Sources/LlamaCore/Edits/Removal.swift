/// Parts of a model that are removed together: each adds 0 to the residual stream instead of its output.
///
/// Blocks are places in the model's program, which is the checkpoint's order unless the model has edits.
public struct Removal: Hashable, Sendable, CustomStringConvertible {
  /// The removed parts, at least one, ascending.
  public let units: [BlockUnit]
  /// True if position 0 keeps what the parts would have added to it.
  public let keepsFirst: Bool

  /// - Parameters:
  ///   - units: at least one part; a span stands for its blocks, and parts within other parts are left out.
  ///   - keepsFirst: leaves position 0 what the parts would have added to it.
  public init(_ units: Set<BlockUnit>, keepsFirst: Bool = false) {
    precondition(!units.isEmpty, "a removal of nothing")
    self.keepsFirst = keepsFirst
    let units = Set(units.flatMap(\.members))
    self.units = units.filter { unit in
      unit.part == .block
        || !units.contains(BlockUnit(.block, unit.layer))
          && !(unit.part == .head && units.contains(BlockUnit(.attention, unit.layer)))
    }.sorted()
  }

  /// Returns the removal of the parts of both.
  ///
  /// - Parameter other: another removal that treats position 0 alike; nil for none.
  public func union(_ other: Removal?) -> Removal {
    guard let other else { return self }
    return Removal(Set(units).union(other.units), keepsFirst: keepsFirst)
  }

  public var description: String { units.map(\.description).joined(separator: " ") }

  /// The first block that is changed.
  var firstLayer: Int { units.map(\.layer).min() ?? 0 }

  /// The block behind or inside which the changed stream parts from the text's: ``firstLayer``, or the last of the whole
  /// blocks in a row that the removal begins with, which need no computation.
  var birthLayer: Int {
    let first = firstLayer
    guard removesBlock(first) else { return first }
    return units.lazy.filter { $0.part == .block }.reduce(first) { $1.layer == $0 + 1 ? $1.layer : $0 }
  }

  /// True if a block is removed as a whole.
  func removesBlock(_ layer: Int) -> Bool { units.contains(BlockUnit(.block, layer)) }

  /// True if attention (or the MLP) of a block is removed, on its own or with the block.
  func removes(_ part: BlockUnit.Part, _ layer: Int) -> Bool {
    units.contains { $0.layer == layer && ($0.part == part || $0.part == .block) }
  }

  /// Returns the heads of a block that are removed, ascending.
  func heads(_ layer: Int) -> [Int] { units.filter { $0.layer == layer }.compactMap(\.head) }
}
