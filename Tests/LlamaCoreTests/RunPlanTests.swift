import Foundation
import LlamaCore
import ProfileBench
import TestSupport
import Testing

@Suite struct RunPlanTests {
  private func model(_ shape: String) throws -> (folder: TemporaryFolder, model: LlamaModel) {
    let folder = try TemporaryFolder()
    let random = try #require(RandomCheckpoint.all.first { $0.name == shape })
    try random.write(to: folder.url, seed: 1)
    return (folder, try LlamaModel(directory: folder.url))
  }

  @Test func `operations are those of the matrix products, counted by hand`() throws {
    let tiny = try model("tiny")
    let plan = try tiny.model.plan([3, 10], options: RunOptions(waveTokens: 10))
    // Query and output 64 × 64, key and value 32 × 64, three of the MLP's 160 × 64.
    let elements = [2 * 64 * 64, 2 * 32 * 64, 3 * 160 * 64].reduce(0, +)
    #expect(plan.matmulOperations == Double(2 * elements * 13 * 4))
    // Every query meets itself and what is before it: a product of 64 for the scores, another for the values.
    #expect(plan.attentionOperations == Double(4 * 64 * (6 + 55) * 4))
    #expect(plan.texts == 2)
    #expect(plan.tokens == 13)
    #expect(plan.waves == 2)
    #expect(plan.largestWave >= 10)
    // bf16 as stored, with the two norms of 64.
    #expect(plan.weightBytes == 4 * 2 * (elements + 2 * 64))
  }

  @Test func `a memory limit makes waves smaller, and is kept to`() throws {
    let small = try model("smollm-135m")
    let lengths = Array(repeating: 100, count: 100)
    var last = Int.max
    for limit in [400_000_000, 200_000_000, 120_000_000] {
      let plan = try small.model.plan(lengths, options: RunOptions(threads: 2, waveTokens: 8192, memoryLimit: limit))
      #expect(plan.peakBytes <= limit)
      #expect(plan.waveTokens < last)
      #expect(plan.waveTokens >= 100)
      last = plan.waveTokens
    }
    let error = #expect(throws: RunError.self) {
      try small.model.plan(lengths, options: RunOptions(memoryLimit: 1_000_000))
    }
    let message = try #require(error?.description)
    #expect(message.hasPrefix("expected a memory limit of at least "))
    #expect(message.hasSuffix(" MB, which the longest text takes, found 1 MB"))
  }

  @Test func `the memory that is planned does not depend on the number of texts`() throws {
    let small = try model("smollm-135m")
    // 96 rows are a multiple of every alignment.
    let options = RunOptions(threads: 2, waveTokens: 2000, memoryLimit: 1_000_000_000)
    let few = try small.model.plan(Array(repeating: 96, count: 30), options: options)
    let many = try small.model.plan(Array(repeating: 96, count: 3_000), options: options)
    #expect(few.peakBytes == many.peakBytes)
    #expect(many.waves == 150)
  }

  /// A kernel that wants rows in multiples of twelve is no reason to give each text twelve of them.
  @Test(arguments: [1, 2, 6, 7, 13], MatrixLibrary.allCases)
  func `short texts share the rows of a wave, and a wave is as many rows as was said`(
    length: Int, library: MatrixLibrary
  ) throws {
    let tiny = try model("tiny")
    var options = RunOptions(threads: 2, waveTokens: 960)
    options.library = library
    let plan = try tiny.model.plan(Array(repeating: length, count: 6_000), options: options)
    #expect(plan.largestWave <= 960)
    #expect(plan.waveTokens == 960)
    // At most twice the tokens, and what no text fits into at the end of a wave.
    #expect(plan.waves <= 6_000 * length * 2 / (960 - 24) + 1, "\(plan.waves)")
    let limited = try tiny.model.plan(
      Array(repeating: length, count: 6_000), options: RunOptions(threads: 2, memoryLimit: 65_000_000))
    #expect(limited.peakBytes <= 65_000_000)
    #expect(limited.largestWave <= limited.waveTokens)
  }

  @Test func `the time of a run is booked, and no more than there was`() throws {
    let small = try model("smollm-135m")
    var nobody = NoObserver()
    let timing = try small.model.run(
      [Array(repeating: 1, count: 300)], options: RunOptions(threads: 2), observer: &nobody)
    let booked = RunTiming.Phase.allCases.reduce(0) { $0 + timing[$1] }
    #expect(timing[.matmul] > 0)
    #expect(timing[.attention] > 0)
    #expect(timing[.vectorLoops] > 0)
    #expect(timing[.observer] == 0)
    #expect(timing.threads == 2)
    #expect(booked <= 2 * timing.wall)
    #expect(timing.idle + booked <= 2 * timing.wall * 1.0001)
  }
}
