public import Foundations

/// Reason why edits do not fit a model. The description is one line.
public enum EditError: DescribedError, Equatable, Sendable {
  /// The model has no such block.
  case noBlock(edit: String, layer: Int, layers: Int)
  /// The model has no such block in its program.
  case notInProgram(edit: String, layer: Int)
  /// The block has no such query head.
  case noHead(edit: String, head: Int, heads: Int)
  /// The program has no block, or more than a model may have.
  case programLength(Int, limit: Int)
  /// Spans of one block, or of all blocks of the model.
  case spanLength(Int, layers: Int)
  /// Two edits that exclude each other.
  case conflict(String, String)
  /// A factor that is not finite, or of a head.
  case factor(edit: String)
  /// The file has no such tensor, or none that can steer this model.
  case steering(file: String, tensor: String, expected: String, found: String)
  /// A swap of a query head, which has no weights of its own.
  case swappedHead(edit: String)
  /// The tensors of the other checkpoint do not fit the model.
  case otherShapes(directory: String, faults: [String])

  public var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .noBlock(let edit, let layer, let layers):
      "\(edit): expected a block from 0 to \(layers - 1), found \(layer)"
    case .notInProgram(let edit, let layer):
      "\(edit): expected a block that --layers runs, found \(layer), which it leaves out"
    case .noHead(let edit, let head, let heads):
      "\(edit): expected a query head from 0 to \(heads - 1), found \(head)"
    case .programLength(let count, let limit):
      "--layers: expected 1 to \(limit) blocks, found \(count)"
    case .spanLength(let count, let layers):
      layers > 2
        ? "--spans: expected 2 to \(layers - 1) blocks of the model's \(layers), found \(count)"
        : "--spans: expected a model of at least 3 blocks, found \(layers)"
    case .conflict(let one, let other): "\(one) and \(other) exclude each other"
    case .factor(let edit): "\(edit): expected a finite factor of a block, an attention or an MLP"
    case .steering(let file, let tensor, let expected, let found):
      "\(file): tensor \(tensor.quoted): expected \(expected), found \(found)"
    case .swappedHead(let edit): "\(edit): expected a block, an attention or an MLP, found a head"
    case .otherShapes(let directory, let faults):
      "\(directory): expected the tensors of the model whose weights are swapped; "
        + faults.prefix(4).map(\.clipped).joined(separator: "; ")
        + (faults.count > 4 ? "; and \(faults.count - 4) more" : "")
    }
  }
}
