/// Byte-pair encoding: a piece of text becomes symbols, and neighbouring symbols are merged, lowest rank first.
///
/// In a byte-level model the symbols of a piece are its bytes; otherwise its scalars. The tables are immutable and hold
/// no cache, so one model serves any number of threads. The time for a piece is O(n log n).
struct BytePairModel: Sendable {
  /// Tokens in the spelling of the file.
  let vocabulary: TokenTable
  /// Tokens in the spelling of pieces: the bytes that a byte-level token represents.
  let pieces: TokenTable
  /// For each id its entry in `vocabulary`, or -1.
  let entries: [Int32]
  /// `left id << 32 | right id` → `rank << 32 | id of the merged token`.
  let merges: IntegerHashMap
  let isByteLevel: Bool
  /// True if a piece that is a token becomes that token, regardless of the merges.
  let ignoresMerges: Bool
  /// For each entry of `pieces`, true if the merges also give that token, so that it need not be merged.
  var isWhole: [Bool] = []
  /// Length of the longest entry of `pieces` in bytes.
  let longestPiece: Int
  let symbols: SymbolTable
  let boundaries: MergeBoundaries

  /// One past the highest id.
  var idEnd: Int { entries.count }

  /// Returns the UTF-8 of the token `id`.
  func tokenBytes(for id: TokenID) -> [UInt8]? {
    guard entries.indices.contains(Int(id)), entries[Int(id)] >= 0 else { return nil }
    let bytes = vocabulary.bytes(at: Int(entries[Int(id)]))
    return bytes.indices.map { bytes[$0] }
  }

  /// Appends the tokens of the piece `range` of `bytes`. Of an open piece, whose end is not known yet, only the tokens
  /// that do not depend on it.
  func encode(
    _ bytes: Span<UInt8>, in range: Range<Int>, isOpen: Bool, to output: inout EncodingBuffer,
    using workspace: inout MergeWorkspace
  ) {
    if isByteLevel {
      if isOpen {
        _ = output.accepts(bytes, in: range)
        return
      }
      encodeSegment(bytes, in: range, takingAnyToken: ignoresMerges, to: &output, using: &workspace)
      return
    }
    if isOpen, ignoresMerges, range.count <= longestPiece { return }
    if ignoresMerges, range.count <= longestPiece, let entry = pieces.index(of: bytes, in: range) {
      output.append(pieces.ids[entry])
      return
    }
    // A piece may be a whole text here. No merge crosses a boundary, so the text between two boundaries is independent.
    var start = range.lowerBound
    while start < range.upperBound, !output.isFull {
      let end = boundaries.nextBoundary(in: bytes, after: start, to: range.upperBound)
      if isOpen, end == range.upperBound {
        _ = output.accepts(bytes, in: start..<end)
        return
      }
      encodeSegment(bytes, in: start..<end, takingAnyToken: false, to: &output, using: &workspace)
      start = end
    }
  }

  @inline(__always)
  private func encodeSegment(
    _ bytes: Span<UInt8>, in range: Range<Int>, takingAnyToken: Bool, to output: inout EncodingBuffer,
    using workspace: inout MergeWorkspace
  ) {
    if range.count <= longestPiece, let entry = pieces.index(of: bytes, in: range), takingAnyToken || isWhole[entry] {
      output.append(pieces.ids[entry])
      return
    }
    guard output.accepts(bytes, in: range) else { return }
    merge(bytes, in: range, using: &workspace)
    output.append(workspace.ids)
  }

  /// Stores in `workspace.ids` the result of merging the piece, without looking up the piece itself.
  func merge(_ bytes: Span<UInt8>, in range: Range<Int>, using workspace: inout MergeWorkspace) {
    workspace.ids.removeAll(keepingCapacity: true)
    if isByteLevel {
      symbols.appendBytes(of: bytes, in: range, to: &workspace.ids)
    } else {
      symbols.appendScalars(of: bytes, in: range, from: pieces, to: &workspace.ids)
    }
    workspace.merge(by: merges)
  }
}
