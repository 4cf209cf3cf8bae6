import Foundation
import Foundations
import Synchronization

/// Counts of the non-finite values of a tensor.
package struct NonFiniteValues: Sendable, Equatable {
  /// Number of NaN values; the parts of a complex number count separately.
  package private(set) var nan = 0
  /// Number of infinities of either sign.
  package private(set) var infinite = 0
  /// Row-major index of the first non-finite element; nil if there is none.
  package private(set) var first: Int?

  /// Creates counts of zero.
  package init() {}

  package var count: Int { nan + infinite }

  /// Adds the counts of another part of the tensor.
  mutating func merge(_ other: NonFiniteValues) {
    nan += other.nan
    infinite += other.infinite
    first = [first, other.first].compactMap { $0 }.min()
  }
}

extension SafetensorsFile {
  /// Bytes read at a time; a multiple of every element size that fits the second-level cache.
  private static let pieceBytes = 1 << 18

  /// Reads every tensor whose type has NaN or infinity and counts its non-finite values. Returns one entry per entry of
  /// ``tensors``, nil if the type has no such value.
  ///
  /// Reads the file instead of its mapping: memory is bounded by one piece per thread, no page is mapped and released,
  /// and truncation by another process is an error.
  /// - Throws: ``FileError`` if the file has become shorter, or cannot be read.
  package func nonFiniteValues(threads: Int) throws(FileError) -> [NonFiniteValues?] {
    let patterns = tensors.map { NonFinitePattern($0.type) }
    var pieces: [(tensor: Int, range: Range<Int>)] = []
    for (number, tensor) in tensors.enumerated() where patterns[number] != nil {
      for start in stride(from: 0, to: tensor.byteRange.count, by: Self.pieceBytes) {
        pieces.append((number, start..<min(tensor.byteRange.count, start + Self.pieceBytes)))
      }
    }
    let workers = Workers(threads)
    let buffers = (0..<workers.count).map { _ in PageMemory(byteCount: Self.pieceBytes) }
    let found = Mutex<[Int: NonFiniteValues]>([:])
    try workers.forEach(pieces.count) { piece, worker throws(FileError) in
      let (number, range) = pieces[piece]
      guard let pattern = patterns[number] else { return }
      let bytes = UnsafeMutableRawBufferPointer(start: buffers[worker].address, count: range.count)
      try file.file.read(into: bytes, at: fileRange(of: tensors[number]).lowerBound + range.lowerBound)
      let values = pattern.scan(UnsafeRawBufferPointer(bytes), from: range.lowerBound)
      if values.count > 0 { found.withLock { $0[number, default: NonFiniteValues()].merge(values) } }
    }
    let all = found.withLock { $0 }
    return tensors.indices.map { patterns[$0] == nil ? nil : all[$0] ?? NonFiniteValues() }
  }
}

/// Bit patterns of NaN and infinity in a type.
private struct NonFinitePattern {
  /// Bytes per word.
  private let width: Int
  /// Words per element.
  private let parts: Int
  /// Mask of all bits except the sign.
  private let magnitude: UInt64
  /// Smallest magnitude that is not finite.
  private let lowest: UInt64
  /// Magnitude of infinity, if the type has one.
  private let infinity: UInt64?

  /// Creates the pattern of a type; nil for types without NaN and infinity: integers, and the packed floating-point
  /// types.
  init?(_ type: TensorType) {
    let (width, magnitude, lowest, infinity): (Int, UInt64, UInt64, UInt64?)
    switch type {
    case .f64: (width, magnitude, lowest, infinity) = (8, .max >> 1, 0x7FF0 << 48, 0x7FF0 << 48)
    case .f32, .c64: (width, magnitude, lowest, infinity) = (4, 0x7FFF_FFFF, 0x7F80_0000, 0x7F80_0000)
    case .f16: (width, magnitude, lowest, infinity) = (2, 0x7FFF, 0x7C00, 0x7C00)
    case .bf16: (width, magnitude, lowest, infinity) = (2, 0x7FFF, 0x7F80, 0x7F80)
    case .f8E5M2: (width, magnitude, lowest, infinity) = (1, 0x7F, 0x7C, 0x7C)
    // The machine-learning variant (PyTorch's `float8_e4m3fn`): one NaN of each sign, no infinity.
    case .f8E4M3: (width, magnitude, lowest, infinity) = (1, 0x7F, 0x7F, nil)
    // No sign: a power of two, or NaN.
    case .f8E8M0: (width, magnitude, lowest, infinity) = (1, 0xFF, 0xFF, nil)
    case .bool, .f4, .f6E2M3, .f6E3M2, .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64: return nil
    }
    self.width = width
    self.magnitude = magnitude
    self.lowest = lowest
    self.infinity = infinity
    parts = type == .c64 ? 2 : 1
  }

  /// Counts in a piece of a tensor, which starts at byte `offset`; `bytes` is aligned.
  func scan(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> NonFiniteValues {
    switch width {
    case 8: scan(bytes, from: offset, as: UInt64.self)
    case 4: scan(bytes, from: offset, as: UInt32.self)
    case 2: scan(bytes, from: offset, as: UInt16.self)
    default: scan(bytes, from: offset, as: UInt8.self)
    }
  }

  @inline(__always)
  private func scan<Word: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, from offset: Int, as type: Word.Type
  ) -> NonFiniteValues {
    var found = NonFiniteValues()
    let words = bytes.bindMemory(to: Word.self)
    for start in stride(from: 0, to: words.count, by: 2048) {
      let block = UnsafeBufferPointer(rebasing: words[start..<min(words.count, start + 2048)])
      if !isFinite(block) { count(block, from: offset / width + start, into: &found) }
    }
    return found
  }

  /// Branch-free: adding the distance to the next power of two carries if a magnitude is not finite.
  @inline(__always)
  private func isFinite<Word: FixedWidthInteger & UnsignedInteger>(_ words: UnsafeBufferPointer<Word>) -> Bool {
    let magnitude = Word(truncatingIfNeeded: magnitude)
    let missing = magnitude &+ 1 &- Word(truncatingIfNeeded: lowest)
    var carries: Word = 0
    if magnitude == .max {
      for word in words where word == .max { carries = 1 }
      return carries == 0
    }
    for word in words { carries |= (Word(littleEndian: word) & magnitude) &+ missing }
    return carries & ~magnitude == 0
  }

  private func count<Word: FixedWidthInteger & UnsignedInteger>(
    _ words: UnsafeBufferPointer<Word>, from start: Int, into found: inout NonFiniteValues
  ) {
    for (index, word) in words.enumerated() {
      let value = UInt64(Word(littleEndian: word)) & magnitude
      guard value >= lowest else { continue }
      found.add(isInfinite: value == infinity, at: (start + index) / parts)
    }
  }
}

extension NonFiniteValues {
  fileprivate mutating func add(isInfinite: Bool, at index: Int) {
    if isInfinite { infinite += 1 } else { nan += 1 }
    first = first ?? index
  }
}
