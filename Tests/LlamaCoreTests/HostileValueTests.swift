import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// NaN and infinities in weights of every type.
@Suite struct HostileValueTests {
  /// A type's bit patterns, least significant byte first.
  struct Patterns: Sendable, CustomTestStringConvertible {
    let type: TensorType
    let nan: [UInt64]
    let infinite: [UInt64]
    /// Finite ones next to those.
    let finite: [UInt64]
    var testDescription: String { type.rawValue }
  }

  private static let patterns = [
    Patterns(
      type: .f64, nan: [0x7FF8_0000_0000_0000, 0xFFF0_0000_0000_0001, .max],
      infinite: [0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000],
      finite: [0x7FEF_FFFF_FFFF_FFFF, 0xFFEF_FFFF_FFFF_FFFF, 1, 0x8000_0000_0000_0000]),
    Patterns(
      type: .f32, nan: [0x7FC0_0000, 0xFF80_0001, 0xFFFF_FFFF], infinite: [0x7F80_0000, 0xFF80_0000],
      finite: [0x7F7F_FFFF, 0xFF7F_FFFF, 1, 0x8000_0000]),
    Patterns(
      type: .f16, nan: [0x7E00, 0xFC01, 0xFFFF], infinite: [0x7C00, 0xFC00], finite: [0x7BFF, 0xFBFF, 1, 0x8000]),
    Patterns(
      type: .bf16, nan: [0x7FC0, 0xFF81, 0xFFFF], infinite: [0x7F80, 0xFF80], finite: [0x7F7F, 0xFF7F, 1, 0x8000]),
    Patterns(type: .f8E5M2, nan: [0x7D, 0xFE, 0xFF], infinite: [0x7C, 0xFC], finite: [0x7B, 0xFB, 1, 0x80]),
    Patterns(type: .f8E4M3, nan: [0x7F, 0xFF], infinite: [], finite: [0x7E, 0xFE, 0x78, 0x80]),
    Patterns(type: .f8E8M0, nan: [0xFF], infinite: [], finite: [0x7F, 0xFE, 0x80, 0]),
  ]

  /// A file of one tensor.
  private func write(
    _ folder: TemporaryFolder, _ type: TensorType, _ shape: [Int], _ values: [Int: UInt64], padding: Int = 0
  ) throws -> SafetensorsFile {
    let bytes = shape.reduce(type.bits / 8, *)
    var header = "{\"w\":{\"dtype\":\"\(type.rawValue)\",\"shape\":\(shape),\"data_offsets\":[0,\(bytes)]}}"
    header += String(repeating: " ", count: padding)
    var data = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
    let start = data.count
    data += [UInt8](repeating: 0x3C, count: bytes)
    let width = type == .c64 ? 4 : type.bits / 8
    for (index, bits) in values {
      for byte in 0..<width {
        data[start + index * width + byte] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(byte)))
      }
    }
    let url = folder.url.appending(path: "w.safetensors")
    try Data(data).write(to: url)
    return try SafetensorsFile(contentsOf: url)
  }

  @Test(arguments: patterns, [1, 2])
  func `every pattern is what it is`(pattern: Patterns, threads: Int) throws {
    let folder = try TemporaryFolder()
    // More than two pieces, and not a multiple of anything.
    let count = 2 * (1 << 18) * 8 / pattern.type.bits + 1_237
    // At the ends, at a piece's border, and around it.
    let border = (1 << 18) * 8 / pattern.type.bits
    for place in [0, 1, 2047, 2048, border - 1, border, count - 1] {
      for (bits, isNaN) in pattern.nan.map({ ($0, true) }) + pattern.infinite.map({ ($0, false) }) {
        let file = try write(folder, pattern.type, [count], [place: bits], padding: place % 8)
        let found = try #require(try file.nonFiniteValues(threads: threads)[0])
        #expect(found.nan == (isNaN ? 1 : 0))
        #expect(found.infinite == (isNaN ? 0 : 1))
        #expect(found.first == place)
      }
    }
    let finite = Dictionary(uniqueKeysWithValues: pattern.finite.enumerated().map { ($0, $1) })
    #expect(try write(folder, pattern.type, [count], finite).nonFiniteValues(threads: threads) == [NonFiniteValues()])
  }

  @Test func `all are counted, and the first is found whichever thread is first`() throws {
    let folder = try TemporaryFolder()
    let rows = 700
    let columns = 1_000
    var values: [Int: UInt64] = [:]
    for row in 3..<rows { values[row * columns + 7] = row % 3 == 0 ? 0x7FC0 : 0xFF80 }
    let found = try write(folder, .bf16, [rows, columns], values).nonFiniteValues(threads: 2)
    #expect(found[0]?.nan == 233)
    #expect(found[0]?.infinite == 464)
    #expect(found[0]?.first == 3_007)
  }

  @Test func `a complex number is not finite where a part of it is not`() throws {
    let folder = try TemporaryFolder()
    let found = try write(folder, .c64, [100], [51: 0x7FC0_0000, 60: 0x7F80_0000]).nonFiniteValues(threads: 1)
    #expect(found[0]?.nan == 1)
    #expect(found[0]?.infinite == 1)
    #expect(found[0]?.first == 25)
  }

  @Test func `types without such values are left out`() throws {
    let folder = try TemporaryFolder()
    for type in [TensorType.bool, .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64] {
      #expect(try write(folder, type, [8], [0: .max]).nonFiniteValues(threads: 1) == [nil])
    }
    #expect(try write(folder, .f32, [0, 5], [:]).nonFiniteValues(threads: 1) == [NonFiniteValues()])
  }

  @Test func `a file that is cut is an error`() throws {
    let folder = try TemporaryFolder()
    let file = try write(folder, .f32, [100_000], [:])
    #expect(truncate(file.path, 300_000) == 0)
    #expect(throws: FileError(path: file.path, reason: .truncated(expected: file.byteCount, found: 300_000))) {
      try file.nonFiniteValues(threads: 2)
    }
  }
}
