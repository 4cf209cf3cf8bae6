/// Keys and values visible to the queries of a head, one row per position.
struct KeyValueView {
  let keys: UnsafePointer<Float>
  let values: UnsafePointer<Float>
  /// Elements between the starts of consecutive rows.
  let stride: Int
}
