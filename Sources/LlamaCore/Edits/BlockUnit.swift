/// A part of a model that can be removed, scaled or replaced: a block, its attention, its MLP, or one query head.
///
/// The text form is that of the command line: `block:12`, `attention:12`, `mlp:12`, `head:7.2`.
public struct BlockUnit: Hashable, Sendable, CustomStringConvertible {
  /// The kind of part.
  public enum Part: String, CaseIterable, Sendable {
    case block, attention, mlp, head
  }

  public let part: Part
  /// 0-based index of the block in the checkpoint.
  public let layer: Int
  /// 0-based index of the query head; nil for other parts.
  public let head: Int?

  /// A part of a block other than a head.
  public init(_ part: Part, _ layer: Int) { (self.part, self.layer, head) = (part, layer, nil) }

  /// A query head.
  public static func head(_ head: Int, of layer: Int) -> BlockUnit { BlockUnit(part: .head, layer: layer, head: head) }

  private init(part: Part, layer: Int, head: Int) { (self.part, self.layer, self.head) = (part, layer, head) }

  public var description: String { "\(part.rawValue):\(layer)" + (head.map { ".\($0)" } ?? "") }
}

extension BlockUnit: Comparable {
  /// By part in the order of ``Part``, then by block and head.
  public static func < (a: BlockUnit, b: BlockUnit) -> Bool { a.order.lexicographicallyPrecedes(b.order) }

  private var order: [Int] { [Part.allCases.firstIndex(of: part) ?? 0, layer, head ?? 0] }
}
