import Foundation
import Foundations
import Profiler
import Testing

/// Least squares of a linear map, from sums over tokens.
@Suite struct NormalEquationsTests {
  private static let width = 150

  /// A number without structure, by token and column.
  private func input(_ token: Int, _ column: Int) -> Double {
    Double(Int64(bitPattern: SplitMix64.mixed(UInt64(token * 4096 + column))) >> 11) * 0x1p-52
  }

  /// A map, outputs by inputs.
  private func map(_ output: Int, _ input: Int) -> Double { cos(Double((output * 31 + input * 17) % 101)) / 10 }

  private func equations(
    tokens: Range<Int>, parts: [Int] = [], threads: Int = 2, scale: Double = 1,
    input: (Int, Int) -> Double, into equations: NormalEquations? = nil
  ) -> NormalEquations {
    let width = Self.width
    let sums = equations ?? NormalEquations(width: width, threads: threads)
    let bounds = [tokens.lowerBound] + parts + [tokens.upperBound]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      let isFinite = sums.add(end - start) { token, m, d in
        for column in 0..<width { m[column] = scale * input(start + token, column) }
        for output in 0..<width { d[output] = (0..<width).reduce(0) { $0 + map(output, $1) * m[$1] } }
        return true
      }
      #expect(isFinite)
    }
    return sums
  }

  @Test func `a map that explains the tokens exactly is found`() throws {
    let sums = equations(tokens: 0..<300, input: input)
    #expect(sums.tokens == 300)
    let found = try sums.solve(ridge: 1e-12)
    let width = Self.width
    let worst = (0..<width * width).map { (found[$0] - map($0 / width, $0 % width)).magnitude }.max()
    #expect(try #require(worst) < 1e-8)
  }

  @Test(arguments: [1e-6, 1e6])
  func `the ridge is relative to the inputs`(scale: Double) throws {
    let plain = try equations(tokens: 0..<300, input: input).solve(ridge: 1e-3)
    let scaled = try equations(tokens: 0..<300, scale: scale, input: input).solve(ridge: 1e-3)
    #expect(zip(plain, scaled).allSatisfy { ($0 - $1).magnitude < 1e-9 })
    let free = try equations(tokens: 0..<300, input: input).solve(ridge: 1e-12)
    #expect(zip(plain, free).contains { ($0 - $1).magnitude > 1e-4 })
  }

  @Test func `bits depend on the order of the tokens in chunks, not on threads`() throws {
    let one = try equations(tokens: 0..<300, threads: 1, input: input).solve(ridge: 1e-6)
    for threads in [2, 3, 7] {
      #expect(try equations(tokens: 0..<300, threads: threads, input: input).solve(ridge: 1e-6) == one)
    }
    let parts = try equations(tokens: 0..<300, parts: [100, 233], input: input).solve(ridge: 1e-6)
    #expect(zip(one, parts).allSatisfy { ($0 - $1).magnitude < 1e-6 })
  }

  @Test func `a direction in which nothing points has no part in the map`() throws {
    let width = Self.width
    // The last column is 0: without a ridge the equations would be singular.
    let found = try equations(tokens: 0..<300) { $1 == width - 1 ? 0 : input($0, $1) }.solve(ridge: 1e-6)
    for output in 0..<width { #expect(found[output * width + width - 1] == 0) }
    #expect(found.contains { $0 != 0 })
  }

  @Test func `fewer tokens than columns are explained by a map all the same`() throws {
    let width = Self.width
    let found = try equations(tokens: 0..<20, input: input).solve(ridge: 1e-9)
    for token in 0..<20 {
      for output in 0..<width {
        let (wanted, given) = (0..<width).reduce((0.0, 0.0)) { sums, column in
          let value = input(token, column)
          return (sums.0 + map(output, column) * value, sums.1 + found[output * width + column] * value)
        }
        #expect((wanted - given).magnitude < 1e-5)
      }
    }
  }

  @Test func `without tokens, or with zeros alone, the map is 0`() throws {
    let width = Self.width
    #expect(try NormalEquations(width: width, threads: 1).solve(ridge: 1e-6).allSatisfy { $0 == 0 })
    #expect(try equations(tokens: 0..<5) { _, _ in 0 }.solve(ridge: 1e-6) == Array(repeating: 0, count: width * width))
  }

  @Test func `a token that is not finite is reported`() {
    let sums = NormalEquations(width: 3, threads: 1)
    var seen: [Int] = []
    let isFinite = sums.add(9) { token, _, _ in
      seen.append(token)
      return token < 4
    }
    #expect(!isFinite)
    #expect(seen == [0, 1, 2, 3, 4])
  }
}
