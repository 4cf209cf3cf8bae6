public import Foundations

/// Reason why a checkpoint cannot be written with other blocks. The description is one line.
public enum PrunedCheckpointError: DescribedError, Equatable, Sendable {
  /// The configuration has no keys for what differs between blocks: the first place of the program whose block would be
  /// another, and the model's block; nil if something else would differ.
  case configuration(file: String, place: Int?, block: Int?)
  /// The program has more tensors than an index may list.
  case tensors(Int, limit: Int)
  /// A link that leads out of the model's folder, to a file that need not belong to the model.
  case link(file: String)

  public var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .configuration(let file, let place?, let block?):
      "\(file): expected a list such as layer_types that says what each block is, found none for what distinguishes "
        + "block \(block), which at place \(place) would be another; add the list to the file"
    case .configuration(let file, _, _):
      "\(file): expected keys that mean the same with other blocks, found others; check the file"
    case .tensors(let count, let limit):
      "--layers: expected blocks of at most \(limit) tensors together, found \(count); repeat fewer blocks"
    case .link(let file):
      "\(file): expected a file of the model's folder or of the hub's cache, found a link to another place; "
        + "put a copy of the file there"
    }
  }
}
