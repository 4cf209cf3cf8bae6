import Foundation
import TestSupport
import Testing

/// What the command writes against `golden.json` of the same model: Hugging Face transformers in float64.
@Suite struct ProfileGoldenTests {
  private typealias Golden = [String: [[String: Any]]]

  static let models: [URL] = {
    let fixtures = [Tool.tinyModel, Repository.fixtures.appending(path: "variants/biases")]
    return fixtures + Tool.trained.map(\.model)
  }()

  private func run(_ model: URL, _ folder: TemporaryFolder) throws -> Golden {
    let result = try Tool.run(
      "profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path, "--output",
      folder.path("run"), "--quiet", "--no-report")
    #expect(result.status == 0, "\(result.messages)")
    let data = try Data(contentsOf: model.appending(path: "golden.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? Golden)
  }

  @Test(arguments: models)
  func `texts_csv holds Hugging Face's numbers`(model: URL) throws {
    let folder = try TemporaryFolder()
    let golden = try run(model, folder)
    let table = try Table(folder.text("run/texts.csv"))
    var compared = 0
    for index in table.rows.indices {
      let row = table[index]
      let (number, layer) = (try #require(Int(row["text"] ?? "")), try #require(Int(row["layer"] ?? "")))
      let text = try #require(golden[row["domain"] ?? ""])[number]
      #expect(text["tokens"] as? Int == Int(row["tokens"] ?? ""))
      // Without sinks there is nothing to leave out.
      let key = row["scope"] == "without_first_token" ? "layers_without_first_token" : "layers"
      let layers = try #require(text[key] as? [Any])
      let expected = try #require(layers[layer] as? [String: Double])
      // The other six are compared in `GoldenProfileTests`.
      #expect(Set(table.header.dropFirst(5)).subtracting(expected.keys).count == 6)
      for (metric, value) in expected {
        let found = try #require(Double(row[metric] ?? ""))
        let tolerance = metric == "mean" ? 1e-6 * (expected["abs_mean"] ?? 0) : 3e-6 * abs(value)
        #expect(abs(found - value) <= tolerance, "\(row["domain"] ?? "") \(metric): \(found), expected \(value)")
        compared += 1
      }
    }
    let texts = golden.values.joined()
    let layers = try #require(texts.first?["layers"] as? [Any]).count
    let scopes = texts.reduce(0) { $0 + (($1["tokens"] as? Int ?? 0) > 1 ? 3 : 2) }
    #expect(compared == scopes * layers * 11)
  }

  @Test func `a domain's file holds the mean over texts and the sample variance`() throws {
    let folder = try TemporaryFolder()
    for (domain, texts) in try run(Tool.tinyModel, folder) {
      let table = try Table(folder.text("run/\(domain).csv"))
      for index in table.rows.indices {
        let values = try texts.map { text in
          try #require((text["layers"] as? [[String: Double]])?[index]["block_influence"])
        }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let row = table[index]
        #expect(row["texts"] == "\(values.count)")
        #expect(try abs(#require(Double(row["block_influence"] ?? "")) - mean) <= 3e-6 * mean)
        #expect(try abs(#require(Double(row["block_influence_variance"] ?? "")) - variance) <= 1e-4 * variance)
      }
    }
  }
}
