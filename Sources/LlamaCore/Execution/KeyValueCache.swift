/// Keys, rotated to their positions, and values of the tokens that a sequence has been through, block by block, in float32.
///
/// Its memory grows geometrically, so that adding a token costs the same on average however many there are. Attention
/// reads a head's keys, and its values, from one stretch of memory.
final class KeyValueCache {
  /// Positions that every block has stored.
  private(set) var length = 0
  /// Positions there is room for.
  private(set) var capacity = 0
  /// The most positions there can be.
  private let limit: Int
  private let specs: [AttentionSpec]
  /// For each block `[2, keyValueHeadCount, capacity, headDimension]`: keys, then values.
  private var blocks: [FloatBuffer]

  /// The least room that is made, in positions.
  private static let smallest = 64

  init(_ spec: ModelSpec) {
    limit = spec.maximumPositions
    specs = spec.blocks.map(\.attention)
    blocks = spec.blocks.map { _ in FloatBuffer(0) }
  }

  /// Makes room for `positions`, which must not be more than the model has.
  func reserve(_ positions: Int) {
    guard positions > capacity else { return }
    let wanted = max(Self.smallest, positions, 2 * capacity)
    let larger = max(positions, min(wanted, limit))
    for layer in blocks.indices {
      let (width, streams) = (specs[layer].headDimension, 2 * specs[layer].keyValueHeadCount)
      let buffer = FloatBuffer(streams * larger * width)
      for stream in 0..<streams {
        (buffer.pointer + stream * larger * width).update(
          from: blocks[layer].pointer + stream * capacity * width, count: length * width)
      }
      blocks[layer] = buffer
    }
    capacity = larger
  }

  /// Takes note that all blocks have stored `count` more positions.
  func advance(by count: Int) { length = min(length + count, capacity) }

  /// Stores one token's keys and values, `[keyValueHeadCount, headDimension]` each, where there is room.
  func store(_ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, position: Int, layer: Int) {
    precondition(position < capacity, "a cache without room for position \(position)")
    let (width, heads) = (specs[layer].headDimension, specs[layer].keyValueHeadCount)
    let target = blocks[layer].pointer + position * width
    for head in 0..<heads {
      (target + head * capacity * width).update(from: keys + head * width, count: width)
      (target + (heads + head) * capacity * width).update(from: values + head * width, count: width)
    }
  }

  /// A head's keys and values from position 0 on.
  func view(keyValueHead head: Int, layer: Int) -> KeyValueView {
    let (width, heads) = (specs[layer].headDimension, specs[layer].keyValueHeadCount)
    let block = blocks[layer].pointer
    return KeyValueView(
      keys: block + head * capacity * width, values: block + (heads + head) * capacity * width, stride: width)
  }
}
