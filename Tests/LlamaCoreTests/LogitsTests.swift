import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// One text of a `golden.json` written by `hf_profile.py --dtype float64`.
struct GoldenText: Sendable {
  let ids: [TokenID]
  let nll: Double?
  let argmax: Int
  let lastLogits: [Double]

  static func load(_ directory: URL) throws -> [GoldenText] {
    let json = try JSONValue(contentsOf: directory.appending(path: "golden.json"))
    let domains = try #require(json.object)
    return try domains.keys.sorted().flatMap { key in
      try #require(domains[key]?.array).map { text in
        GoldenText(
          ids: try #require(text["ids"]?.array).map { TokenID($0.integer ?? -1) }, nll: text["nll"]?.double,
          argmax: try #require(text["argmax"]?.integer),
          lastLogits: try #require(text["last_logits"]?.array).map { $0.double ?? .nan })
      }
    }
  }
}

@Suite struct LogitsTests {
  private static let models =
    ["tiny-llama", "demo-model"]
    + ["biases", "linear-rope", "float16", "multi-query", "multi-head-default", "llama3-rope-old-keys"].map {
      "variants/\($0)"
    }

  @Test(arguments: models)
  func `logits of a fixture equal those of Hugging Face transformers`(name: String) throws {
    try check(Repository.fixtures.appending(path: name))
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `logits of stories260K equal those of Hugging Face transformers`() throws {
    try check(Repository.stories)
  }

  private func check(_ directory: URL) throws {
    let model = try LlamaModel(directory: directory)
    let golden = try GoldenText.load(directory)
    let logits = try model.logits(of: golden.map(\.ids), at: .all)
    #expect(logits.count == golden.count)
    for (text, logits) in zip(golden, logits) {
      let last = logits[text.ids.count - 1]
      #expect(Int(logits.argmax) == text.argmax)
      #expect(logits.argmax(at: text.ids.count - 1) == logits.argmax)
      let scale = text.lastLogits.map(abs).max() ?? 0
      for (found, expected) in zip(last, text.lastLogits) {
        #expect(abs(Double(found) - expected) <= 5e-6 * scale)
      }
      if let expected = text.nll {
        let found = negativeLogLikelihood(text.ids, logits)
        #expect(abs(found - expected) <= 1e-5 * expected, "found \(found), expected \(expected)")
      }
    }
  }

  /// Rows of -1, 2, NaN, 2, 5 and of 0, 0, 7, -∞, 0.
  private static let small = LlamaModel.Logits(
    positions: 3..<5, vocabularySize: 5, values: [-1, 2, .nan, 2, 5, 0, 0, 7, -.infinity, 0])

  @Test func `a row is found by its index and by its position`() {
    let logits = Self.small
    #expect(Array(logits.row(1)) == [0, 0, 7, -.infinity, 0])
    #expect(Array(logits[4]) == Array(logits.row(1)))
    #expect(Array(logits[3].suffix(2)) == [2, 5])
    #expect(Array(logits.row(0).prefix(2)) == [-1, 2])
  }

  /// As `torch.argmax` and a stable `torch.sort(descending=True)` have it.
  @Test func `the largest logits come first, of equal ones the lowest id, and NaN before all`() {
    let logits = Self.small
    #expect(logits.argmax == 2)
    #expect(logits.argmax(at: 3) == 2)
    #expect(logits.top(5).map { $0.token } == [2, 0, 1, 4, 3])
    #expect(logits.top(5).map { $0.logit } == [7, 0, 0, 0, -.infinity])
    #expect(logits.top(3, at: 3).map { $0.token } == [2, 4, 1])
    #expect(logits.top(9, at: 3).map { $0.token } == [2, 4, 1, 3, 0])
    #expect(logits.top(2).map { $0.token } == [2, 0])
    #expect(logits.top(0).isEmpty)
    #expect(logits.top(-1).isEmpty)
  }

  private func negativeLogLikelihood(_ ids: [TokenID], _ logits: LlamaModel.Logits) -> Double {
    var sum = 0.0
    for (position, next) in ids.dropFirst().enumerated() {
      let row = logits[position].map(Double.init)
      let maximum = row.max() ?? 0
      sum += maximum + log(row.reduce(0) { $0 + exp($1 - maximum) }) - row[Int(next)]
    }
    return sum / Double(ids.count - 1)
  }
}
