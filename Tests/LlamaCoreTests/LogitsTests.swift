import Foundation
import LlamaCore
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
    try check(TestData.fixtures.appending(path: name))
  }

  @Test(.enabled(if: TestData.hasShared, "needs ../shared"))
  func `logits of stories260K equal those of Hugging Face transformers`() throws {
    try check(TestData.stories)
  }

  private func check(_ directory: URL) throws {
    let model = try LlamaModel(directory: directory)
    let golden = try GoldenText.load(directory)
    let logits = try model.logits(of: golden.map(\.ids), at: .all)
    #expect(logits.count == golden.count)
    for (text, logits) in zip(golden, logits) {
      let last = logits[text.ids.count - 1]
      let argmax = last.indices.max { last[$0] < last[$1] }.map { $0 - last.startIndex }
      #expect(argmax == text.argmax)
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
