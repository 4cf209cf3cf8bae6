import Foundation
import LlamaCore
import TestSupport
import Testing

@Suite struct LikelihoodCommandTests {
  private func profile(_ folder: TemporaryFolder, _ run: String, corpus: String, _ more: String...) throws
    -> Tool.Result
  {
    try Tool.run(
      ["profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path(run), "--no-report"]
        + more)
  }

  @Test(arguments: [[], ["--spectrum"]])
  func `nll is a value of the text: one more column of texts.csv, one row of the summary, no block's`(
    more: [String]
  ) throws {
    let folder = try TemporaryFolder()
    let texts: [[TokenID]] = [[1, 17, 30, 5], [9], Array(repeating: 12, count: 300)]
    let lists = texts.map { "[\($0.map(String.init).joined(separator: ","))]" }.joined(separator: ",")
    let corpus = try folder.write("{\"a\": [\(lists)]}", to: "c.json")
    let arguments = ["--nll", "--memory-limit", "75MB"] + more
    let result = try Tool.run(
      ["profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--no-report"]
        + arguments)
    #expect(result.status == 0, "\(result.messages)")
    let plain = try profile(folder, "plain", corpus: corpus, "--quiet")
    #expect(plain.status == 0)
    let model = try LlamaModel(directory: Tool.tinyModel)
    let expected = try model.negativeLogLikelihood(of: texts).map(\.mean)
    let table = try Table(folder.text("run/texts.csv"))
    let spectrum = more.isEmpty ? [] : ["effective_rank", "stable_rank", "top_direction_share"]
    #expect(table.header.suffix(1 + spectrum.count) == ["nll"] + spectrum)
    // Three scopes of the long texts; the one of a token has nothing without its first.
    #expect(table.rows.count == 2 * 4 + 2 * 3 * 4)
    for row in table.rows.indices {
      let text = try #require(table[row]["text"].flatMap { Int($0) })
      #expect(table[row]["nll"] == expected[text].map { "\($0)" } ?? "")
    }
    // What else is measured does not depend on it.
    let rows = try Table(folder.text("plain/texts.csv")).rows
    #expect(table.rows.map { Array($0.prefix(22)) } == rows)
    let mean = [expected[0], expected[2]].compactMap { $0 }.reduce(0, +) / 2
    #expect(try Table(folder.text("run/a.csv")).header.allSatisfy { !$0.contains("nll") })
    let summary = try Table(folder.text("run/summary.csv"))
    let found = summary.rows.indices.map { summary[$0] }.filter { $0["metric"] == "nll" }
    try #require(found.count == 1)
    #expect(found[0]["scope"] == "")
    #expect(found[0]["layer"] == "")
    #expect(found[0]["texts"] == "2")
    #expect(found.first?["mean"].flatMap { Double($0) }.map { abs($0 - mean) < 1e-12 } == true)
    #expect(result.output.components(separatedBy: "nll ").count == 2)
    #expect(result.output.contains(" nats per token"))
    let manifest = try folder.json("run/manifest.json")
    #expect((manifest["metrics"] as? [String])?.contains("nll") == true)
  }

  @Test func `a dry run counts the vocabulary's products`() throws {
    let folder = try TemporaryFolder()
    let corpus = Tool.tinyModel.appending(path: "corpus.json").path
    let operations = try [[], ["--nll"]].map { more in
      let result = try Tool.run(
        [
          "profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--dry-run",
          "--format", "json",
        ] + more)
      return try #require(object(result.output)["operations"] as? Double)
    }
    #expect(operations[1] > 1.1 * operations[0])
  }
}
