import Profiler
import Testing

@Suite struct NonFiniteTests {
  @Test(arguments: [(0, 0), (0, 4), (2, 3), (3, 8)])
  func `a sum that does not add up stops the run and names the place`(token: Int, element: Int) throws {
    var block = BlockInputs(tokens: 4, hiddenSize: 9, seed: 5)
    let index = token * 9 + element
    let sum = Double(block.before[index]) + Double(block.attention[index]) + Double(block.mlp[index])
    block.after[index] += 0.25
    let error = #expect(throws: ProfileError.self) { try block.profile() }
    #expect(
      error
        == .residualMismatch(
          text: TextIdentity(domain: "d", index: 7), layer: 0, position: token, element: element, expected: sum,
          found: Double(block.after[index])))
    #expect(error?.description.hasPrefix("text 7 of \"d\", block 0, position \(token), element \(element): ") == true)
  }

  @Test func `any order of the two additions passes the check, a few units in the last place do not`() throws {
    var block = BlockInputs(tokens: 50, hiddenSize: 64, seed: 6)
    for index in block.after.indices {
      block.after[index] = block.before[index] + (block.attention[index] + block.mlp[index])
    }
    #expect(try block.profile().nonFinite.isEmpty)
    block.after[100] += (abs(block.before[100]) + abs(block.attention[100]) + abs(block.mlp[100])) * 8 * .ulpOfOne
    #expect(throws: ProfileError.self) { try block.profile() }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `values that are not finite are counted, not averaged`(value: Float) throws {
    var block = BlockInputs(tokens: 5, hiddenSize: 10, seed: 7)
    for index in [33, 35, 41] {
      block.mlp[index] = value
      block.after[index] = value
    }
    let profile = try block.profile()
    let finding = try #require(profile.nonFinite.first)
    #expect(profile.nonFinite.count == 1)
    #expect(finding.cause == .values)
    #expect(finding.layer == 0)
    #expect(finding.position == 3)
    #expect(finding.count == 3)
    for scope in Scope.allCases {
      let row = try #require(profile.rows(scope).first)
      #expect(Metric.standard.allSatisfy { row[$0].isNaN })
    }
  }

  @Test func `a residual that turns infinite although its parts are small is an error`() throws {
    var block = BlockInputs(tokens: 2, hiddenSize: 8, seed: 8)
    block.after[11] = .infinity
    #expect(throws: ProfileError.self) { try block.profile() }
    block.after[11] = .nan
    #expect(throws: ProfileError.self) { try block.profile() }
  }

  @Test func `a residual that turns finite again is an error`() throws {
    var block = BlockInputs(tokens: 2, hiddenSize: 8, seed: 8)
    block.before[3] = .nan
    #expect(throws: ProfileError.self) { try block.profile() }
  }

  @Test func `a residual that overflows float32 is counted`() throws {
    let block = BlockInputs(hiddenSize: 2, before: [3e38, 1], attention: [3e38, 1], mlp: [-3e38, 1])
    let profile = try block.profile()
    #expect(profile.nonFinite.first?.cause == .values)
    #expect(profile.nonFinite.first?.count == 1)
  }

  @Test func `parts whose magnitudes add up beyond float32 are still checked`() throws {
    var block = BlockInputs(hiddenSize: 2, before: [3e38, 1], attention: [-2e38, 1], mlp: [1e37, 1])
    #expect(try block.profile().nonFinite.isEmpty)
    block.after[0] = .infinity
    // Too close to the limit to blame the sum: it may have overflowed on the way. It is counted at least.
    #expect(try block.profile().nonFinite.first?.count == 1)
    block.after[0] = 2e38
    #expect(throws: ProfileError.self) { try block.profile() }
  }

  @Test func `a token of zeros leaves relative metrics undefined and is reported`() throws {
    var block = BlockInputs(tokens: 3, hiddenSize: 4, seed: 9)
    for index in 0..<4 {
      block.before[index] = 0
      block.after[index] = block.attention[index] + block.mlp[index]
    }
    let profile = try block.profile()
    let finding = try #require(profile.nonFinite.first)
    #expect(finding.cause == .zeroNorm)
    #expect(finding.position == 0)
    #expect(finding.count == 1)
    let all = try #require(profile.rows(.all).first)
    #expect(all[.relativeNorm] == .infinity)
    #expect(all[.blockInfluence].isNaN)
    #expect(all[.angularDistance].isNaN)
    #expect(all[.absMean].isFinite)
    #expect(!all.isFinite())
    // The zeros are at position 0 only.
    #expect(try #require(profile.rows(.withoutFirstToken).first).isFinite())
  }

  @Test(arguments: [
    (NonFinite.Cause.values, 3, "expected finite values of attention, MLP and residual stream, found 3 that are not"),
    (.zeroNorm, 1, "expected a direction of every token's stream, found none at 1 token, where it is all zeros"),
    (.zeroChange, 2, "expected a change with a spectrum, found 2 tokens that the block does not change"),
    (.noSpectrum, 2, "expected singular values of the change of 2 tokens, found none"),
  ])
  func `what stops a strict run is said in words`(cause: NonFinite.Cause, count: Int, words: String) {
    let error = ProfileError.notFinite(
      text: TextIdentity(domain: "d", index: 7), NonFinite(cause: cause, layer: 4, position: 5, count: count))
    #expect(error.description == "text 7 of \"d\", block 4, position 5: \(words)")
  }

  @Test func `a site of the wrong size is refused`() throws {
    var block = BlockInputs(tokens: 3, hiddenSize: 4, seed: 9)
    block.mlp = []
    let error = #expect(throws: ProfileError.self) { try block.profile() }
    #expect(error?.description == "text 7 of \"d\", block 0: expected 3 x 4 elements of mlp, found 0")
  }
}
