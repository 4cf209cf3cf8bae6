import Foundations

/// A family's tensor names as a checkpoint has them: those of a bare decoder, which transformers also reads, lack a prefix.
struct StoredNames: Sendable {
  private let names: TensorNames
  private let missingPrefix: String

  init(_ names: TensorNames, in checkpoint: Checkpoint) {
    self.names = names
    let bare = "model."
    let isBare =
      names.embedding.hasPrefix(bare) && checkpoint.tensor(names.embedding) == nil
      && checkpoint.tensor(String(names.embedding.dropFirst(bare.count))) != nil
    missingPrefix = isBare ? bare : ""
  }

  /// Returns the name in the checkpoint.
  func name(_ name: String) -> String {
    name.hasPrefix(missingPrefix) ? String(name.dropFirst(missingPrefix.count)) : name
  }

  /// Returns the name prefix of a block's tensors.
  func block(_ layer: Int) -> String { name(names.block(layer)) }

  /// Returns the block that a name in the checkpoint begins with, and the rest of the name; nil for other names.
  func place(_ stored: String) -> (layer: Int, rest: String)? {
    // By bytes, because a combining mark may follow a prefix.
    let (bytes, prefix, suffix) = (stored.utf8, name(names.blockPrefix).utf8, names.blockSuffix.utf8)
    guard bytes.starts(with: prefix) else { return nil }
    let tail = bytes.dropFirst(prefix.count)
    let digits = String(decoding: tail.prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
    // A number with leading zeros is no block of ours.
    guard let layer = BlockList.index(digits), String(layer) == digits else { return nil }
    let rest = tail.dropFirst(digits.utf8.count)
    guard rest.starts(with: suffix) else { return nil }
    return (layer, String(decoding: rest.dropFirst(suffix.count), as: UTF8.self))
  }
}
