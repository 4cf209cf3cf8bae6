import Foundation
import Foundations
import Profiler
import Testing

@Suite struct SingularValuesTests {
  /// `H · diag(values) · G`, `[rows, columns]`, with the Householder reflections `H = I - 2uuᵀ` and `G = I - 2vvᵀ`, which
  /// are orthogonal: its singular values are known, and no element is zero.
  private func matrix(rows: Int, columns: Int, values: [Double]) -> [Double] {
    func direction(_ count: Int, _ phase: Double) -> [Double] {
      let numbers: [Double] = (0..<count).map { 1 + 0.5 * sin(phase + 1.7 * Double($0)) }
      let norm: Double = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return numbers.map { $0 / norm }
    }
    let (u, v) = (direction(rows, 0.3), direction(columns, 2.1))
    // uᵀ · diag, diag · v and uᵀ · diag · v.
    let left: [Double] = (0..<columns).map { $0 < values.count ? u[$0] * values[$0] : 0 }
    let right: [Double] = (0..<rows).map { $0 < values.count ? values[$0] * v[$0] : 0 }
    var both = 0.0
    for (left, v) in zip(left, v) { both += left * v }
    return (0..<rows * columns).map { index in
      let (i, j) = (index / columns, index % columns)
      let reflected: Double = u[i] * left[j] + right[i] * v[j] - 2 * u[i] * both * v[j]
      return (i == j ? values[i] : 0) - 2 * reflected
    }
  }

  @Test(arguments: [(1, 1), (1, 40), (40, 1), (5, 7), (64, 64), (65, 64), (30, 300), (300, 30), (130, 131)])
  func `the values of a matrix that is made of them are found, whatever its shape`(rows: Int, columns: Int) throws {
    let values: [Double] = (0..<min(rows, columns)).map { index in 3 / Double(1 + index / 2) }
    let matrix = matrix(rows: rows, columns: columns, values: values)
    let found = try SingularValues.of(matrix.span, columns: columns)
    #expect(found.count == values.count)
    #expect(found == found.sorted(by: >))
    for (found, expected) in zip(found, values) { #expect(abs(found - expected) <= 1e-13 * values[0]) }
  }

  @Test(arguments: [(12, 12), (12, 90), (90, 12)])
  func `values from 1 to 1e-14 are all found, which a Gram matrix would lose from 1e-8 on`(
    rows: Int, columns: Int
  ) throws {
    let values: [Double] = (0..<12).map { index in
      let exponent: Double = -14 * Double(index) / 11
      return pow(10, exponent)
    }
    let matrix = matrix(rows: rows, columns: columns, values: values)
    let found = try SingularValues.of(matrix.span, columns: columns)
    for (found, expected) in zip(found, values) { #expect(abs(found - expected) <= 1e-15, "\(expected)") }
    // What has a few digits left has them right.
    #expect(zip(found, values).prefix(9).allSatisfy { abs($0 - $1) <= 1e-4 * $1 })
  }

  @Test func `the Hilbert matrix has the values that 40 digits give`() throws {
    // Of order 5, whose condition is 4.766e5; by mpmath.
    let hilbert: [Double] = (0..<25).map { index in
      let sum: Int = index / 5 + index % 5 + 1
      return 1 / Double(sum)
    }
    let expected: [Double] = [
      1.5670506910982308, 0.20853421861101333, 0.011407491623419807, 3.058980401511917e-4, 3.287928772171863e-6,
    ]
    for (found, value) in zip(try SingularValues.of(hilbert.span, columns: 5), expected) {
      #expect(abs(found - value) <= 1e-15)
    }
  }

  @Test(arguments: [1e-300, 1e-40, 1, 1e40, 1e300])
  func `scale changes nothing but the scale`(scale: Double) throws {
    let values: [Double] = [4 * scale, 2 * scale, scale, scale / 2]
    let matrix = matrix(rows: 4, columns: 9, values: values)
    let found = try SingularValues.of(matrix.span, columns: 9)
    for (found, value) in zip(found, values) { #expect(abs(found - value) <= 1e-14 * values[0]) }
  }

  @Test func `zeros have values of zero, and nothing has none`() throws {
    let zeros = [Double](repeating: 0, count: 12)
    #expect(try SingularValues.of(zeros.span, columns: 4) == [0, 0, 0])
    let nothing: [Double] = []
    #expect(try SingularValues.of(nothing.span, columns: 4) == [])
    #expect(SingularValues.byteCount(rows: 0, columns: 4) == 0)
  }

  @Test func `a difference is taken in double precision`() throws {
    let after: [Float] = [16_777_216, 1, 3, 0.1]
    let before: [Float] = [0.5, 1, 3, -0.2]
    // In float32 the first would be 16777216.
    let found = try SingularValues.ofDifference(after.span, before.span, columns: 2)
    #expect(found[0] == 16_777_215.5)
    #expect(abs(found[1] - (Double(Float(0.1)) + Double(Float(0.2)))) <= 1e-8)
  }

  @Test(arguments: [Double.nan, .infinity])
  func `what is not finite is an error, not a value`(value: Double) throws {
    var matrix = matrix(rows: 6, columns: 8, values: [6, 5, 4, 3, 2, 1])
    matrix[17] = value
    let error = #expect(throws: LAPACKError.self) { try SingularValues.of(matrix.span, columns: 8) }
    #expect(error == LAPACKError(routine: "dgesdd", info: -4))
  }

  @Test func `the bits are the same on every thread and beside any other work`() throws {
    let shapes = [(100, 64), (64, 100), (31, 200), (200, 31), (1, 64)]
    let matrices: [[Double]] = shapes.map { rows, columns in
      let values: [Double] = (0..<min(rows, columns)).map { 1 / Double(1 + $0) }
      return matrix(rows: rows, columns: columns, values: values)
    }
    @Sendable func values(_ index: Int) throws -> [Double] {
      let matrix = matrices[index]
      return try SingularValues.of(matrix.span, columns: shapes[index].1)
    }
    let alone = try shapes.indices.map(values)
    let differing = Counter()
    Workers(4).forEach(100) { task, _ in
      // Memory that others use moves what is allocated next.
      let noise = [UInt8](repeating: 1, count: 1 + 37 * task)
      let index = task % shapes.count
      if (try? values(index)) != alone[index] || noise.isEmpty { differing.add() }
    }
    #expect(differing.count == 0)
  }

  @Test func `a call's memory is the matrix in double precision and little more`() {
    for (rows, columns) in [(512, 2048), (4000, 64), (2048, 2048)] {
      let bytes = SingularValues.byteCount(rows: rows, columns: columns)
      #expect(bytes >= 8 * rows * columns)
      #expect(bytes <= 8 * rows * columns + 1000 * (rows + columns))
    }
  }
}

/// Counts from several threads.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0
  var count: Int { lock.withLock { value } }
  func add() { lock.withLock { value += 1 } }
}
