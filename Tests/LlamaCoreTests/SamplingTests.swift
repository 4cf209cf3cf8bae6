import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Logits and what Hugging Face transformers' processors make of them, see `Fixtures/generation/make_sampling.py`.
private struct SamplingGolden {
  let logits: [Float]
  let tokens: [TokenID]
  let cases: [(sampling: Sampling, probabilities: [Double])]

  init() throws {
    let json = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/sampling.json"))
    logits = try #require(json["logits"]?.array).map { Float(try #require($0.double)) }
    tokens = try #require(json["tokens"]?.array).map { TokenID(try #require($0.integer)) }
    cases = try #require(json["cases"]?.array).map { entry in
      let setting = try #require(entry["setting"])
      let sampling = Sampling(
        temperature: setting["temperature"]?.double ?? 1, topK: setting["topK"]?.integer,
        topP: setting["topP"]?.double, minP: setting["minP"]?.double,
        repetitionPenalty: setting["repetitionPenalty"]?.double, seed: 11)
      return (sampling, try #require(entry["probabilities"]?.array).map { try #require($0.double) })
    }
  }
}

extension TokenCandidates {
  /// The probability of every id, 0 for those that are out.
  fileprivate func probabilities(of count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for (token, probability) in zip(tokens, probabilities) { result[Int(token)] = probability }
    return result
  }
}

@Suite struct SamplingTests {
  @Test func `every processor alone and all together give the probabilities of Hugging Face transformers`() throws {
    let golden = try SamplingGolden()
    #expect(golden.cases.count >= 17)
    for (sampling, expected) in golden.cases {
      let found = try sampling.candidates(of: golden.logits, after: golden.tokens).probabilities(of: expected.count)
      for (found, expected) in zip(found, expected) {
        #expect((found == 0) == (expected == 0), "\(sampling)")
        #expect(abs(found - expected) <= 1e-12, "\(sampling)")
      }
    }
  }

  /// Draws against exact probabilities: chi-squared, cells of fewer than five expected draws together.
  private func check(_ draws: [TokenID], _ probabilities: [Double], _ name: String) {
    var counts = [Double](repeating: 0, count: probabilities.count)
    for draw in draws { counts[Int(draw)] += 1 }
    var cells: [(found: Double, expected: Double)] = [(0, 0)]
    for (count, probability) in zip(counts, probabilities) {
      let expected = probability * Double(draws.count)
      if probability == 0 { #expect(count == 0, "\(name)") }
      if expected < 5 {
        cells[0].found += count
        cells[0].expected += expected
      } else {
        cells.append((count, expected))
      }
    }
    if cells[0].expected < 5, cells.count > 1 {
      cells[1].found += cells[0].found
      cells[1].expected += cells[0].expected
      cells.removeFirst()
    }
    let statistic = cells.reduce(0) { $0 + ($1.found - $1.expected) * ($1.found - $1.expected) / $1.expected }
    // The quantile at 0.999 of Wilson & Hilferty (1931).
    let degrees = Double(cells.count - 1)
    let limit = degrees > 0 ? degrees * pow(1 - 2 / (9 * degrees) + 3.09 * (2 / (9 * degrees)).squareRoot(), 3) : 1e-9
    #expect(statistic <= limit, "\(name): \(statistic), at most \(limit)")
  }

  @Test func `steps of a text are drawn from the exact distribution, whatever the processors`() throws {
    let golden = try SamplingGolden()
    for (sampling, probabilities) in golden.cases {
      let draws = try (0..<20_000).map { try sampling.token(from: golden.logits, after: golden.tokens, step: $0) }
      check(draws, probabilities, "\(sampling)")
    }
  }

  @Test func `texts and seeds are drawn from the exact distribution too, and pairs of steps are independent`() throws {
    let golden = try SamplingGolden()
    let sampling = Sampling(topK: 6)
    let probabilities = try sampling.candidates(of: golden.logits, after: []).probabilities(of: golden.logits.count)
    let texts = try (0..<20_000).map { try sampling.token(from: golden.logits, after: [], text: $0, step: 0) }
    check(texts, probabilities, "texts")
    let seeds = try (0..<20_000).map {
      try Sampling(topK: 6, seed: UInt64($0)).token(from: golden.logits, after: [], step: 0)
    }
    check(seeds, probabilities, "seeds")
    let kept = probabilities.indices.filter { probabilities[$0] > 0 }
    func place(_ token: TokenID) throws -> Int { try #require(kept.firstIndex(of: Int(token))) }
    let pairs = try (0..<40_000).map { step in
      let next = try sampling.token(from: golden.logits, after: [], step: step + 1)
      return TokenID(
        try place(sampling.token(from: golden.logits, after: [], step: step)) * kept.count + place(next))
    }
    let joint = kept.flatMap { first in kept.map { probabilities[first] * probabilities[$0] } }
    check(pairs, joint, "pairs")
  }

  @Test func `numbered draws differ by seed, text and step, and lie in the unit interval`() {
    #expect(CounterRNG.uniform(seed: 0, text: 0, step: 0) != CounterRNG.uniform(seed: 0, text: 0, step: 1))
    #expect(CounterRNG.uniform(seed: 0, text: 1, step: 0) != CounterRNG.uniform(seed: 1, text: 0, step: 0))
    let draws = (0..<10_000).map { CounterRNG.uniform(seed: .max, text: .max, step: $0) }
    #expect(draws.allSatisfy { (0..<1).contains($0) })
    #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.01)
  }

  @Test func `of equal logits the lowest ids are kept, and the lowest is taken`() throws {
    let logits: [Float] = [0, 2, 2, -1, 2, 2]
    func kept(_ sampling: Sampling) throws -> [TokenID] { try sampling.candidates(of: logits, after: []).tokens }
    #expect(try kept(Sampling(topK: 2)) == [1, 2])
    #expect(try kept(Sampling(topK: 5)) == [0, 1, 2, 4, 5])
    #expect(try kept(Sampling(topK: 99)) == [0, 1, 2, 3, 4, 5])
    #expect(try kept(Sampling(topP: 0.4)) == [1, 2])
    #expect(try kept(Sampling(topP: 1e-300)) == [1])
    #expect(try kept(Sampling(minP: 1)) == [1, 2, 4, 5])
    #expect(try kept(.greedy) == [1])
    #expect(try Sampling.greedy.token(from: logits, after: [], step: 5) == 1)
    #expect(try Sampling(temperature: 0, repetitionPenalty: 2).token(from: logits, after: [1, 4], step: 0) == 2)
  }

  @Test(arguments: [1, 3, 50, 999, 5000])
  func `a selection equals that of sorting the whole vocabulary`(count: Int) throws {
    // Far apart, close together, equal, impossible: whatever ranges the logits are counted into.
    let kinds: [(UInt64) -> Float] = [
      { Float($0 % 10_007) / 100 }, { 1 + Float($0 % 977) * 1e-7 }, { Float($0 % 5) },
      { $0 % 3 == 0 ? -.infinity : Float($0 % 71) },
      { $0 == 17 ? 3e38 : -Float($0 % 4093) },
    ]
    for kind in kinds {
      let logits = (0..<6000).map { kind(UInt64($0) &* 2_654_435_761 % 1_000_003) }
      let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
      let kept = try Sampling(topK: count).candidates(of: logits, after: []).tokens
      #expect(kept == order.prefix(count).sorted().map { TokenID($0) })
      let all = try TokenCandidates(logits).probabilities
      let nucleus = try Sampling(topP: 0.7).candidates(of: logits, after: []).tokens
      var sum = 0.0
      let expected = order.prefix { index in
        defer { sum += all[index] }
        return sum < 0.7
      }
      // Sums in another order may end one token apart.
      #expect(abs(nucleus.count - expected.count) <= 1)
      #expect(nucleus.count <= 6000)
      #expect(nucleus == order.prefix(nucleus.count).sorted().map { TokenID($0) })
    }
  }

  @Test func `logits that give no distribution are an error, never a token`() throws {
    for sampling in [Sampling.greedy, Sampling(), Sampling(temperature: 0.5, topK: 1, topP: 0.5, minP: 0.1)] {
      #expect(throws: SamplingError.notFinite(token: 2, logit: .infinity)) {
        try sampling.token(from: [0, 1, .infinity, 0], after: [], step: 0)
      }
      #expect {
        try sampling.token(from: [0, 1, .nan], after: [], step: 0)
      } throws: { error in
        "\(error)" == "logit of token 2: expected a finite number, found nan"
      }
      #expect(throws: SamplingError.noToken) { try sampling.token(from: [], after: [], step: 0) }
      #expect(throws: SamplingError.noToken) { try sampling.token(from: [-.infinity, -.infinity], after: [], step: 0) }
      #expect(try sampling.token(from: [-.infinity, 3, -.infinity], after: [9, -4], step: 0) == 1)
    }
    // Nothing overflows, however small the temperature or large the penalty.
    let extreme = Sampling(temperature: 1e-300, repetitionPenalty: 1e300)
    #expect(try extreme.token(from: [1, -2, 3], after: [1], step: 0) == 2)
  }

  @Test(arguments: [
    (Sampling(temperature: -1), "temperature: expected 0 or more, found -1.0"),
    (Sampling(temperature: .nan), "temperature: expected 0 or more, found nan"),
    (Sampling(topK: 0), "top-k: expected at least 1, found 0"),
    (Sampling(topP: 0), "top-p: expected more than 0, at most 1, found 0.0"),
    (Sampling(minP: 1.5), "min-p: expected a number from 0 to 1, found 1.5"),
    (Sampling(repetitionPenalty: 0), "repetition-penalty: expected more than 0, found 0.0"),
  ])
  func `settings out of range are refused`(sampling: Sampling, message: String) {
    #expect {
      try sampling.token(from: [1, 2], after: [], step: 0)
    } throws: { error in
      "\(error)" == message
    }
  }
}
