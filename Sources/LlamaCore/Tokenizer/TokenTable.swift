/// Token texts with their ids: all bytes in one arena, found through an open-addressing hash table.
///
/// A `[String: Int]` of Llama 3's 128,000 tokens takes longer to build than loading the whole file with this table.
struct TokenTable: Sendable {
  private var arena: [UInt8] = []
  /// End of each entry in the arena; its start is the end of the previous entry.
  private var ends: [Int] = []
  /// Id of each entry.
  private(set) var ids: [TokenID] = []
  /// Upper half: part of the entry's hash; lower half: its index + 1; 0 if free.
  private var slots: [UInt64] = Array(repeating: 0, count: 16)
  /// Random, so that a file cannot provoke collisions. No result depends on it.
  private let seed = UInt64.random(in: .min ... .max)

  var count: Int { ids.count }

  /// Returns the bytes of the entry at `index`.
  @_lifetime(borrow self)
  func bytes(at index: Int) -> Span<UInt8> {
    arena.span.extracting((index == 0 ? 0 : ends[index - 1])..<ends[index])
  }

  /// Returns the text of the entry at `index`.
  func text(at index: Int) -> String { String(utf8: bytes(at: index)) }

  /// Returns the index of the entry with the bytes of `range`.
  @inline(__always)
  func index(of bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
    let hash = hash(bytes, range)
    let slots = slots.span
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash)
    while true {
      let value = slots[slot & mask]
      if value == 0 { return nil }
      if value >> 32 == hash >> 32 {
        let index = Int(value & 0xFFFF_FFFF) - 1
        if isEqual(index, bytes, range) { return index }
      }
      slot &+= 1
    }
  }

  func index(of bytes: Span<UInt8>) -> Int? { index(of: bytes, in: 0..<bytes.count) }

  /// Returns the id of the entry with these bytes.
  func id(of bytes: Span<UInt8>) -> TokenID? { index(of: bytes).map { ids[$0] } }

  /// Reserves space for `count` entries.
  mutating func reserve(_ count: Int) {
    ends.reserveCapacity(count)
    ids.reserveCapacity(count)
    rehash(minimum: count)
  }

  /// Adds an entry. Returns false, with nothing added, if its bytes already exist.
  mutating func insert(_ bytes: Span<UInt8>, id: TokenID) -> Bool {
    if index(of: bytes) != nil { return false }
    for index in bytes.indices { arena.append(bytes[index]) }
    ends.append(arena.count)
    ids.append(id)
    if ids.count * 2 > slots.count { rehash(minimum: ids.count) } else { place(ids.count - 1) }
    return true
  }

  private mutating func rehash(minimum: Int) {
    var capacity = slots.count
    while capacity < minimum * 2 { capacity *= 2 }
    if capacity == slots.count, ids.count * 2 > capacity { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
    for index in ids.indices { place(index) }
  }

  private mutating func place(_ index: Int) {
    let start = index == 0 ? 0 : ends[index - 1]
    let hash = hash(arena.span, start..<ends[index])
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash)
    while slots[slot & mask] != 0 { slot &+= 1 }
    slots[slot & mask] = (hash & ~0xFFFF_FFFF) | UInt64(index + 1)
  }

  @inline(__always)
  private func isEqual(_ index: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let start = index == 0 ? 0 : ends[index - 1]
    guard ends[index] - start == range.count else { return false }
    let arena = arena.span
    for offset in 0..<range.count where arena[start + offset] != bytes[range.lowerBound + offset] { return false }
    return true
  }

  /// Hashes eight bytes at a time with a folded 128-bit product.
  @inline(__always)
  private func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let end = min(index + 8, range.upperBound)
      var word: UInt64 = 0
      for position in index..<end { word = word << 8 | UInt64(bytes[position]) }
      let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ seed | 1)
      hash = product.high ^ product.low
      index = end
    }
    return hash ^ hash >> 29
  }
}

extension String {
  /// Copies `bytes`; invalid UTF-8 becomes U+FFFD.
  init(utf8 bytes: Span<UInt8>) {
    do {
      self.init(copying: try UTF8Span(validating: bytes))
    } catch {
      self.init(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
  }
}
