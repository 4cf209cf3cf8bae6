import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct KernelTests {
  @Test func `exp is within two units in the last place over its whole range`() {
    var worst: Float = 0
    for step in 0..<200_000 {
      let x = -87 + Float(step) * (175.0 / 200_000)
      let exact = exp(Double(x))
      let found = exponential(SIMD8(repeating: x))[step % 8]
      worst = max(worst, Float(abs(Double(found) - exact)) / Float(exact).ulp)
    }
    #expect(worst <= 2)
    #expect(exponential(SIMD8(repeating: 0))[0] == 1)
    #expect(exponential(SIMD8(repeating: .nan))[0].isNaN)
    #expect(exponential(SIMD8(repeating: .infinity))[0].isNaN)
  }

  @Test func `every half widens to the same number as the standard library's`() {
    let halves = (0...UInt16.max).map(\.littleEndian)
    var widened = [Float](repeating: 0, count: halves.count)
    halves.withUnsafeBytes { Widening.widen($0, of: .f16, into: &widened) }
    for bits in 0...UInt16.max {
      let expected = Float(Float16(bitPattern: bits))
      let found = widened[Int(bits)]
      #expect(found.bitPattern == expected.bitPattern || found.isNaN && expected.isNaN, "\(bits)")
    }
  }

  @Test func `every bfloat16 widens to the upper half of a float, from any address`() {
    var bytes: [UInt8] = [0]
    for bits in 0...UInt16.max { bytes += [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)] }
    var widened = [Float](repeating: 0, count: 65536)
    bytes.withUnsafeBytes { Widening.widen(UnsafeRawBufferPointer(rebasing: $0[1...]), of: .bf16, into: &widened) }
    #expect((0..<65536).allSatisfy { widened[$0].bitPattern == UInt32($0) << 16 })
  }

  @Test func `rounding to bfloat16 is to nearest, ties to even, and keeps what is not finite`() {
    let cases: [(UInt32, UInt16)] = [
      (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
      (0x3F81_8000, 0x3F82), (0x8000_0000, 0x8000), (0x7F7F_FFFF, 0x7F80), (0x7F80_0000, 0x7F80),
      (0xFF80_0000, 0xFF80), (0x7F80_0001, 0x7FC0), (0xFFFF_FFFF, 0xFFFF), (0x0000_8001, 0x0001),
    ]
    for count in [1, cases.count] {
      let input = cases.prefix(count).map { Float(bitPattern: $0.0) }
      var output = [UInt16](repeating: 0, count: count)
      Rounding.round(input, into: &output, count: count)
      #expect(output == cases.prefix(count).map(\.1))
    }
  }

  @Test(arguments: [1, 7, 8, 9, 64, 1001])
  func `softmax agrees with double precision and zeroes what is masked`(count: Int) {
    var scores = (0..<count + 5).map { Float(sin(Double($0))) * 30 }
    let exact = scores.prefix(count).map { exp(Double($0) * 0.125 - 3.75) }
    let sum = exact.reduce(0, +)
    let factor = Softmax.unnormalized(&scores, scale: 0.125, valid: count, count: count + 5)
    for index in 0..<count {
      #expect(abs(Double(scores[index] * factor) - exact[index] / sum) <= 4e-7 * exact[index] / sum)
    }
    #expect(scores[count...].allSatisfy { $0 == 0 })
  }

  @Test(arguments: [1, 7, 8, 13, 63])
  func `what is masked changes no bit of a softmax`(valid: Int) {
    let visible = (0..<valid).map { Float(cos(Double($0))) * 20 }
    var alone = visible
    let factor = Softmax.unnormalized(&alone, scale: 0.125, valid: valid, count: valid)
    for masked in [[Float.nan], [Float](repeating: .infinity, count: 20), [Float](repeating: 1e30, count: 7)] {
      var scores = visible + masked
      let other = Softmax.unnormalized(&scores, scale: 0.125, valid: valid, count: scores.count)
      #expect(other.bitPattern == factor.bitPattern)
      #expect(scores == alone + [Float](repeating: 0, count: masked.count))
    }
  }

  @Test(arguments: [0, 5, 12])
  func `a NaN among the scores reaches every weight`(place: Int) {
    var scores = [Float](repeating: 1, count: 13)
    scores[place] = .nan
    let factor = Softmax.unnormalized(&scores, scale: 1, valid: 13, count: 13)
    #expect(scores.allSatisfy { ($0 * factor).isNaN })
  }

  @Test func `the gated activation is SiLU times up`() {
    var gate = (0..<37).map { Float($0 - 18) * 1.5 }
    let up = (0..<37).map { Float($0) * 0.25 - 2 }
    let exact = zip(gate, up).map { Double($0) / (1 + exp(-Double($0))) * Double($1) }
    GatedActivation.apply(.silu, &gate, with: up, count: 37)
    for (found, expected) in zip(gate, exact) { #expect(abs(Double(found) - expected) <= 5e-7 * abs(expected) + 1e-12) }
  }

  @Test(arguments: [false, true])
  func `a worker's scratch is never shared and every task runs once`(keepsThreadsSpinning: Bool) {
    for threads in [1, 2, 4] {
      let busy = UnsafeMutablePointer<Int>.allocate(capacity: threads)
      let ran = UnsafeMutablePointer<Int>.allocate(capacity: 1000)
      busy.initialize(repeating: 0, count: threads)
      ran.initialize(repeating: 0, count: 1000)
      defer {
        busy.deallocate()
        ran.deallocate()
      }
      Workers(threads, keepsThreadsSpinning: keepsThreadsSpinning).forEach(1000) { task, worker in
        busy[worker] += 1
        ran[task] += 1
      }
      #expect((0..<1000).allSatisfy { ran[$0] == 1 })
      #expect((0..<threads).reduce(0) { $0 + busy[$1] } == 1000)
    }
  }
  @Test
  func `standing workers run loop after loop, whether they look for work or sleep, and more of them than processors`() {
    for threads in [2, 7] {
      let workers = Workers(threads, keepsThreadsSpinning: true)
      var expected = 0
      let sums = UnsafeMutablePointer<Int>.allocate(capacity: threads)
      sums.initialize(repeating: 0, count: threads)
      defer { sums.deallocate() }
      for loop in 0..<2000 {
        // Longer than they look for work.
        if loop % 500 == 499 { usleep(2000) }
        let tasks = loop % 9
        workers.forEach(tasks) { task, worker in sums[worker] += task + loop }
        expected += (0..<tasks).reduce(0) { $0 + $1 + loop }
      }
      #expect((0..<threads).reduce(0) { $0 + sums[$1] } == expected)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"), "needs /proc"))
  func `standing workers end with whoever asked for them`() throws {
    func names() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
        let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
        return name?.hasPrefix("llama worker 23") == true
      }
    }
    /// Threads come and go when the machine has time for them.
    func become(_ count: Int) throws -> Bool {
      let end = Date().addingTimeInterval(60 * Double(Hang.minutes))
      while try names() != count, Date() < end { usleep(10_000) }
      return try names() == count
    }
    do {
      let workers = Workers(24, keepsThreadsSpinning: true)
      workers.forEach(100) { _, _ in }
      #expect(try become(1))
      workers.forEach(100) { _, _ in }
    }
    #expect(try become(0))
  }
}
