import LlamaCore
import Testing

@Suite struct PackingTests {
  /// Sizes around the tile of four, the block of 64 units and the group of 64 rows.
  private static let sizes = [(64, 32), (128, 96), (192, 288), (64, 2048)]

  @Test(arguments: sizes)
  func `packed float32 lies in groups of 64 outputs, input by input`(n: Int, k: Int) {
    let weight = (0..<n * k).map { Float($0) }
    var packed = [Float](repeating: -1, count: n * k)
    weight.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      packed.withUnsafeMutableBytes {
        if let target = $0.baseAddress { Packing.pack(base, n: n, units: k, rowBytes: 4 * k, into: target) }
      }
    }
    for row in 0..<n {
      for column in 0..<k {
        #expect(packed[row / 64 * 64 * k + column * 64 + row % 64] == weight[row * k + column])
      }
    }
  }

  @Test(arguments: sizes)
  func `packed bfloat16 keeps the two inputs of a pair together, from any address`(n: Int, k: Int) {
    let weight = (0..<n * k).map { UInt16(truncatingIfNeeded: $0 &* 40_503) }
    // One byte on: a mapped file promises no alignment.
    var bytes: [UInt8] = [0]
    for half in weight { bytes += [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)] }
    var packed = [UInt16](repeating: 0, count: n * k)
    var widened = [Float](repeating: 0, count: n * k)
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      packed.withUnsafeMutableBytes {
        if let target = $0.baseAddress { Packing.pack(base + 1, n: n, units: k / 2, rowBytes: 2 * k, into: target) }
      }
      widened.withUnsafeMutableBytes {
        if let target = $0.baseAddress { Packing.widen(base + 1, n: n, pairs: k / 2, rowBytes: 2 * k, into: target) }
      }
    }
    for row in 0..<n {
      for column in 0..<k {
        let expected = weight[row * k + column]
        #expect(packed[row / 64 * 64 * k + column / 2 * 128 + row % 64 * 2 + column % 2] == expected)
        #expect(widened[row / 64 * 64 * k + column * 64 + row % 64].bitPattern == UInt32(expected) << 16)
      }
    }
  }

  @Test func `some columns of a weight are packed like a weight of those columns`() {
    let (n, k, part) = (128, 288, 96..<224)
    let weight = (0..<n * k).map { Float($0) }
    let columns = (0..<n).flatMap { weight[$0 * k + part.lowerBound..<$0 * k + part.upperBound] }
    func packed(_ matrix: [Float], from column: Int, rowBytes: Int) -> [Float] {
      var packed = [Float](repeating: -1, count: n * part.count)
      matrix.withUnsafeBytes { bytes in
        packed.withUnsafeMutableBytes {
          guard let source = bytes.baseAddress, let target = $0.baseAddress else { return }
          Packing.pack(source + 4 * column, n: n, units: part.count, rowBytes: rowBytes, into: target)
        }
      }
      return packed
    }
    #expect(
      packed(weight, from: part.lowerBound, rowBytes: 4 * k) == packed(columns, from: 0, rowBytes: 4 * part.count))
  }

  @Test func `only whole groups and pairs are packed`() {
    #expect(Packing.fits(n: 64, k: 32))
    #expect(Packing.fits(n: 256, k: 8192))
    #expect(!Packing.fits(n: 96, k: 64))
    #expect(!Packing.fits(n: 64, k: 48))
  }
}
