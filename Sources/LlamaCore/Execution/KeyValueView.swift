/// The keys and values that a head's queries see, a row per position.
struct KeyValueView {
  let keys: UnsafePointer<Float>
  let values: UnsafePointer<Float>
  /// Elements from one row to the next.
  let stride: Int
}
