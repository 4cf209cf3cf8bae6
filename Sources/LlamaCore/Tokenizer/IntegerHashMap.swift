/// A read-mostly map from 64-bit keys to 64-bit values: open addressing in one array, two words per slot.
///
/// The multiplier is drawn at random for each table, so that a file cannot provoke collisions. No result depends on it.
struct IntegerHashMap: Sendable {
  private struct Slot {
    var key: UInt64
    var value: UInt64
  }

  private static var empty: UInt64 { .max }
  private var slots: [Slot]
  private var shift: UInt64
  private let multiplier = UInt64.random(in: .min ... .max) | 1
  private(set) var count = 0

  /// Creates an empty table with room for `capacity` keys before it grows.
  init(capacity: Int = 0) {
    var bits: UInt64 = 4
    while (1 << bits) < capacity * 2 { bits += 1 }
    slots = Array(repeating: Slot(key: Self.empty, value: 0), count: 1 << Int(bits))
    shift = 64 - bits
  }

  /// Returns the value of `key`, which may be any number except `UInt64.max`.
  @inline(__always)
  func value(for key: UInt64) -> UInt64? {
    let slots = slots.span
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
    while true {
      let slot = slots[index & mask]
      if slot.key == key { return slot.value }
      if slot.key == Self.empty { return nil }
      index &+= 1
    }
  }

  /// Sets the value of `key` and returns the previous one.
  @discardableResult
  mutating func set(_ value: UInt64, for key: UInt64) -> UInt64? {
    if (count + 1) * 2 > slots.count { grow() }
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
    while true {
      let slot = slots[index & mask]
      if slot.key == key {
        slots[index & mask].value = value
        return slot.value
      }
      if slot.key == Self.empty {
        slots[index & mask] = Slot(key: key, value: value)
        count += 1
        return nil
      }
      index &+= 1
    }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: Self.empty, value: 0), count: old.count * 2)
    shift -= 1
    count = 0
    for slot in old where slot.key != Self.empty { set(slot.value, for: slot.key) }
  }
}
