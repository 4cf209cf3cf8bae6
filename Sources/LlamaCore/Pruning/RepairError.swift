import Foundations

/// Reason why a checkpoint without blocks cannot be repaired. The description is one line.
package enum RepairError: DescribedError, Equatable, Sendable {
  /// Blocks are moved or repeated: nothing says which of them stands for removed ones.
  case order([Int])
  /// All blocks are kept.
  case nothingRemoved(blocks: Int)
  /// No block is kept before these.
  case start(ClosedRange<Int>)
  /// A norm stands between the block's down projection and the stream.
  case postNorm(layer: Int)
  /// The merged weight has a number that its format cannot hold.
  case overflow(tensor: String, type: TensorType)
  /// There are too few texts to fit on some and measure on others.
  case texts(found: Int)
  /// Values of a text at one of these blocks are not finite.
  case notFinite(text: String, layers: ClosedRange<Int>)

  package var description: String { message.onOneLine }

  private var message: String {
    switch self {
    case .order(let program):
      "--repair: expected blocks in ascending order, each once, found \(BlockList.text(program)); "
        + "leave out --repair or keep the order"
    case .nothingRemoved(let blocks):
      "--repair: expected a removed block, found all \(blocks) kept; leave out --repair"
    case .start(let removed):
      "--repair: expected a kept block before those removed, found \(Self.blocks(removed)) removed at the start; "
        + "keep block 0 or leave out --repair"
    case .postNorm(let layer):
      "--repair: expected a down projection that adds to the residual stream itself, found a norm behind it in block "
        + "\(layer), through which no map can be merged; leave out --repair"
    case .overflow(let tensor, let type):
      "--repair: \(tensor.clipped): expected numbers within the range of \(type.rawValue), found a merged weight beyond "
        + "it; fit on more texts or leave out --repair"
    case .texts(let found):
      "--repair: expected at least 2 different texts of 2 tokens or more, one to fit and one to measure, found \(found)"
    case .notFinite(let text, let layers):
      "--repair: \(text): expected finite values of \(Self.blocks(layers)), found others; inspect --check finds such "
        + "weights"
    }
  }

  private static func blocks(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "block \(range.lowerBound)" : "blocks \(BlockList.text(Array(range)))"
  }
}
