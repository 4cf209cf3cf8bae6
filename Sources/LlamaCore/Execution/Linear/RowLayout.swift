/// The rows of a batch: all of them, those between sequences included, and those of each sequence.
struct RowLayout {
  let count: Int
  let sequences: [Range<Int>]
}
