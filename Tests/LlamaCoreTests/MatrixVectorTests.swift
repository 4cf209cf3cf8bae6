import Foundation
import Foundations
import LlamaCore
import Testing

@Suite struct MatrixVectorTests {
  /// A matrix as stored, at an address that is a multiple of nothing, and the numbers it stands for.
  private struct Matrix {
    let rows, columns: Int
    let type: WeightFormat
    private(set) var bytes: [UInt8] = [0]
    private(set) var values: [Float] = []

    init(_ type: WeightFormat, rows: Int, columns: Int) {
      (self.type, self.rows, self.columns) = (type, rows, columns)
      for value in MatrixVectorTests.noise(rows * columns, seed: 1) {
        var bits: UInt32
        switch type {
        case .bf16: bits = value.bitPattern >> 16
        case .f16: bits = UInt32(Float16(value).bitPattern)
        case .f32: bits = value.bitPattern
        }
        for _ in 0..<type.byteCount {
          bytes.append(UInt8(truncatingIfNeeded: bits))
          bits >>= 8
        }
        switch type {
        case .bf16: values.append(Float(bitPattern: value.bitPattern & 0xFFFF_0000))
        case .f16: values.append(Float(Float16(value)))
        case .f32: values.append(value)
        }
      }
    }

    func times(_ inputs: [[Float]]) -> [[Float]] {
      var lines = inputs.flatMap { $0 }
      if type.byteCount == 2 {
        for index in inputs.indices {
          lines.withUnsafeMutableBufferPointer { lines in
            guard let line = lines.baseAddress else { return }
            MatrixVector.pair(inputs[index], count: columns, into: line + index * columns)
          }
        }
      }
      // A column of room between the results of two vectors.
      var output = [Float](repeating: -7, count: inputs.count * (rows + 1))
      bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        MatrixVector.multiply(
          start + 1, of: type, rows: rows, columns: columns, rowBytes: columns * type.byteCount, lines,
          vectors: inputs.count, into: &output, stride: rows + 1)
      }
      return inputs.indices.map { index in
        #expect(output[index * (rows + 1) + rows] == -7)
        return Array(output[index * (rows + 1)..<index * (rows + 1) + rows])
      }
    }
  }

  private static func noise(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in generator.nextSigned() }
  }

  private static func noise(_ count: Int, vectors: Int) -> [[Float]] {
    (0..<vectors).map { noise(count, seed: UInt64(100 + $0)) }
  }

  @Test(arguments: WeightFormat.allCases, [1, 7, 16, 17, 48, 172, 2050])
  func `products agree with double precision, whatever is stored and wherever it begins`(
    type: WeightFormat, columns: Int
  ) {
    let matrix = Matrix(type, rows: 11, columns: columns)
    for (input, output) in zip(Self.noise(columns, vectors: 5), matrix.times(Self.noise(columns, vectors: 5))) {
      for row in 0..<matrix.rows {
        let terms = (0..<columns).map { Double(matrix.values[row * columns + $0]) * Double(input[$0]) }
        let scale = terms.reduce(0) { $0 + abs($1) }
        // A product's rounding, and one a term of its lane.
        #expect(abs(Double(output[row]) - terms.reduce(0, +)) <= 1e-6 * scale)
      }
    }
  }

  @Test(arguments: WeightFormat.allCases)
  func `a result is the same bits whatever rows and vectors stand beside it`(type: WeightFormat) {
    let inputs = Self.noise(200, vectors: 9)
    let matrix = Matrix(type, rows: 13, columns: 200)
    let together = matrix.times(inputs)
    for count in 1...9 { #expect(matrix.times(Array(inputs.prefix(count))) == Array(together.prefix(count))) }
    for rows in 1...13 {
      let few = Matrix(type, rows: rows, columns: 200)
      #expect(few.times([inputs[4]]) == [Array(together[4].prefix(rows))])
    }
  }

  @Test func `every half counts as the number it is`() {
    for bits in stride(from: 0, through: 0xFFFF, by: 16) {
      let halves = (bits..<bits + 16).map { UInt16($0) }
      for place in 0..<16 {
        var input = [Float](repeating: 0, count: 16)
        input[place] = 1
        var paired = input
        MatrixVector.pair(input, count: 16, into: &paired)
        var output: Float = 0
        let others = halves.map { Float16(bitPattern: $0) }.allSatisfy { $0.isFinite }
        halves.withUnsafeBytes { bytes in
          guard let start = bytes.baseAddress else { return }
          MatrixVector.multiply(
            start, of: .f16, rows: 1, columns: 16, rowBytes: 32, paired, vectors: 1, into: &output, stride: 1)
        }
        // Zero times what is not finite is not a number.
        #expect(others ? output == Float(Float16(bitPattern: halves[place])) : output.isNaN)
      }
    }
  }

  @Test(arguments: [1, 8, 31, 40, 64, 100])
  func `rows are summed with their factors`(columns: Int) {
    let (rows, width) = (37, columns + 3)
    let matrix = Self.noise(rows * width, seed: 5)
    let factors = Self.noise(rows, seed: 6)
    var output = [Float](repeating: -7, count: columns + 1)
    MatrixVector.accumulate(factors, matrix, rows: rows, columns: columns, stride: width, into: &output)
    for column in 0..<columns {
      let terms = (0..<rows).map { Double(factors[$0]) * Double(matrix[$0 * width + column]) }
      #expect(abs(Double(output[column]) - terms.reduce(0, +)) <= 1e-6 * terms.reduce(0) { $0 + abs($1) })
    }
    #expect(output[columns] == -7)
  }

  /// Weights of a softmax times values, over as many rows as a cache may hold. In one chain the largest error is 1e-5.
  @Test func `a sum over 40,000 rows has the error of a short one`() {
    let (rows, columns) = (40_000, 40)
    let factors = Self.noise(rows, seed: 7).map { exp(2 * $0) }
    let matrix = Self.noise(rows * columns, seed: 8).map { $0 + 1 }
    var output = [Float](repeating: .nan, count: columns)
    MatrixVector.accumulate(factors, matrix, rows: rows, columns: columns, stride: columns, into: &output)
    for column in 0..<columns {
      let exact = (0..<rows).reduce(0.0) { $0 + Double(factors[$1]) * Double(matrix[$1 * columns + column]) }
      #expect(abs(Double(output[column]) - exact) <= 1e-6 * exact, "\(Double(output[column]) / exact - 1)")
    }
    MatrixVector.accumulate(factors, matrix, rows: 0, columns: columns, stride: columns, into: &output)
    #expect(output == [Float](repeating: 0, count: columns))
  }
}
