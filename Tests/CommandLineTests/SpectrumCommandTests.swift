import Foundation
import TestSupport
import Testing

@Suite struct SpectrumCommandTests {
  private static let metrics = ["effective_rank", "stable_rank", "top_direction_share"]

  private func profile(_ folder: TemporaryFolder, _ run: String, _ more: [String]) throws -> Tool.Result {
    let model = Tool.tinyModel
    return try Tool.run(
      ["profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path]
        + ["--output", folder.path(run)] + more)
  }

  /// A file's first columns, as many as the header of the other has.
  private func prefix(_ text: String, columns: Int) throws -> [[String]] {
    let table = try Table(text)
    return ([table.header] + table.rows).map { Array($0.prefix(columns)) }
  }

  @Test func `the spectrum is three more columns, which one thread and two write alike`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "plain", ["--quiet"]).status == 0)
    for (run, threads) in [("one", "1"), ("two", "2")] {
      let result = try profile(folder, run, ["--spectrum", "--threads", threads])
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.output.contains("effective rank"))
      #expect(result.output.contains("top direction"))
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
    let compared = ["comparison.csv", "shape.csv", "identification.csv"]
    let files = try folder.names(in: "plain").filter { $0.hasSuffix(".csv") && !compared.contains($0) }
    #expect(try folder.names(in: "one").filter(files.contains) == files)
    for file in files {
      let text = try folder.text("one/\(file)")
      #expect(try text == folder.text("two/\(file)"), "\(file)")
      let plain = try Table(folder.text("plain/\(file)"))
      if file == "summary.csv" {
        let rows = try Table(text).rows
        #expect(rows.filter { !Self.metrics.contains($0[3]) } == plain.rows)
        #expect(rows.count * 17 == plain.rows.count * 20)
        continue
      }
      if ["massive.csv", "groups.csv"].contains(file) { continue }
      let names = file == "texts.csv" ? Self.metrics : Self.metrics.flatMap { [$0, "\($0)_variance"] }
      #expect(try Table(text).header == plain.header + names, "\(file)")
      #expect(try prefix(text, columns: plain.header.count) == [plain.header] + plain.rows, "\(file)")
    }
    let listed = try ["plain", "one"].map { try folder.json("\($0)/manifest.json")["metrics"] as? [String] }
    #expect(listed[0]?.count == 17)
    #expect(listed[1] == (listed[0] ?? []) + Self.metrics)
  }

  @Test func `texts_csv holds the singular values of numpy on Hugging Face's streams`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "run", ["--spectrum", "--quiet"]).status == 0)
    let table = try Table(folder.text("run/texts.csv"))
    let data = try Data(contentsOf: Tool.tinyModel.appending(path: "spectrum.json"))
    let golden = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[String: [Any]]]])
    for index in table.rows.indices {
      let row = table[index]
      if row["scope"] == "without_sinks" {
        #expect(Self.metrics.allSatisfy { row[$0] == "" })
        continue
      }
      let (number, layer) = (try #require(Int(row["text"] ?? "")), try #require(Int(row["layer"] ?? "")))
      let text = try #require(golden[row["domain"] ?? ""])[number]
      let layers = try #require(text[row["scope"] == "all" ? "layers" : "layers_without_first_token"])
      let expected = try #require(layers[layer] as? [String: Double])
      for metric in Self.metrics {
        let (found, value) = (try #require(Double(row[metric] ?? "")), try #require(expected[metric]))
        #expect(abs(found - value) <= 3e-6 * value, "\(row["domain"] ?? "") \(metric): \(found), expected \(value)")
        if row["tokens"] == "1" { #expect(found == 1) }
      }
    }
    #expect(table.rows.count == (17 + 16 + 17) * 4)
  }

  @Test func `a dry run counts the memory of the spectrum`() throws {
    let folder = try TemporaryFolder()
    let peaks = try [[], ["--spectrum"]].map { more in
      let result = try profile(folder, "run", ["--dry-run", "--format", "json"] + more)
      return try #require(object(result.output)["peak_bytes"] as? Int)
    }
    #expect(peaks[1] > peaks[0])
  }
}
