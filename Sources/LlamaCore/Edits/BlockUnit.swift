/// A part of a model that can be removed, scaled or replaced: a block, its attention, its MLP, one query head, or several
/// blocks in a row.
///
/// The text form is that of the command line: `block:12`, `attention:12`, `mlp:12`, `head:7.2`, `span3:12`.
public struct BlockUnit: Hashable, Sendable, CustomStringConvertible {
  /// The kind of part.
  public enum Part: String, CaseIterable, Sendable {
    case block, attention, mlp, head, span
  }

  public let part: Part
  /// 0-based index of the block in the checkpoint; of a span that of the first.
  public let layer: Int
  /// 0-based index of the query head; nil for other parts.
  public let head: Int?
  /// Number of blocks of a span; 1 for other parts.
  public let count: Int

  /// A part of a block other than a head, or a span of one block.
  public init(_ part: Part, _ layer: Int) { self.init(part: part, layer: layer, head: nil, count: 1) }

  /// A query head.
  public static func head(_ head: Int, of layer: Int) -> BlockUnit {
    BlockUnit(part: .head, layer: layer, head: head, count: 1)
  }

  /// Blocks in a row, removed together: `count`, at least one, from block `layer` on.
  public static func span(_ count: Int, from layer: Int) -> BlockUnit {
    BlockUnit(part: .span, layer: layer, head: nil, count: max(1, count))
  }

  private init(part: Part, layer: Int, head: Int?, count: Int) {
    (self.part, self.layer, self.head, self.count) = (part, layer, head, count)
  }

  public var description: String { "\(kind):\(layer)" + (head.map { ".\($0)" } ?? "") }

  /// Name of the units that a unit is ranked with: its part, and the length of a span, `span3`.
  package var kind: String { part == .span ? "\(part.rawValue)\(count)" : part.rawValue }

  /// The blocks that contain the unit.
  package var layers: Range<Int> { layer..<layer + count }

  /// The blocks of a span; of another part itself.
  package var members: [BlockUnit] { part == .span ? layers.map { BlockUnit(.block, $0) } : [self] }
}

extension BlockUnit: Comparable {
  /// By part in the order of ``Part``, then by length, block and head.
  public static func < (a: BlockUnit, b: BlockUnit) -> Bool { a.order.lexicographicallyPrecedes(b.order) }

  private var order: [Int] { [Part.allCases.firstIndex(of: part) ?? 0, count, layer, head ?? 0] }
}
