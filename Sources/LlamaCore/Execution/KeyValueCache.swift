/// Rotated keys and values of a sequence's processed tokens, per block, in float32.
///
/// Capacity grows geometrically, so that the amortized cost of appending a token is constant. The keys of a head are
/// contiguous in memory, and so are its values.
final class KeyValueCache {
  /// Number of positions stored by every block.
  private(set) var length = 0
  /// Number of positions allocated.
  private(set) var capacity = 0
  /// Maximum number of positions.
  private let limit: Int
  private let specs: [AttentionSpec]
  /// For each block `[2, keyValueHeadCount, capacity, headDimension]`: keys, then values.
  private var blocks: [FloatBuffer]

  /// Minimum allocation, in positions.
  private static let smallest = 64

  init(_ spec: ModelSpec) {
    limit = spec.maximumPositions
    specs = spec.blocks.map(\.attention)
    blocks = spec.blocks.map { _ in FloatBuffer(0) }
  }

  /// Grows the capacity to at least `positions`, which must not exceed the model's maximum.
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

  /// Records that all blocks have stored `count` more positions.
  func advance(by count: Int) { length = min(length + count, capacity) }

  /// Stores the keys and values of one token, `[keyValueHeadCount, headDimension]` each, if there is room.
  func store(_ keys: UnsafePointer<Float>, _ values: UnsafePointer<Float>, position: Int, layer: Int) {
    precondition(position < capacity, "a cache without room for position \(position)")
    let (width, heads) = (specs[layer].headDimension, specs[layer].keyValueHeadCount)
    let target = blocks[layer].pointer + position * width
    for head in 0..<heads {
      (target + head * capacity * width).update(from: keys + head * width, count: width)
      (target + (heads + head) * capacity * width).update(from: values + head * width, count: width)
    }
  }

  /// Returns the keys and values of a head, from position 0 on.
  func view(keyValueHead head: Int, layer: Int) -> KeyValueView {
    let (width, heads) = (specs[layer].headDimension, specs[layer].keyValueHeadCount)
    let block = blocks[layer].pointer
    return KeyValueView(
      keys: block + head * capacity * width, values: block + (heads + head) * capacity * width, stride: width)
  }
}
