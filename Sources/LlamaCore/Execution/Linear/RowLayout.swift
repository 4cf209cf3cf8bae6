/// The rows of a batch: their total number, including gaps between sequences, and the rows of each sequence.
struct RowLayout {
  let count: Int
  let sequences: [Range<Int>]
}
