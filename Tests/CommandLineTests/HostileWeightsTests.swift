import Foundation
import LlamaCore
import TestSupport
import Testing

/// Weights that are not finite.
@Suite struct HostileWeightsTests {
  private let corpus = #"{"a": [[5, 6, 7], [7, 8, 9], [9]]}"#

  /// Writes bfloat16 numbers into a tensor of a copy of the tiny model.
  private func poison(_ folder: TemporaryFolder, _ tensor: String, _ values: [(row: Int, column: Int, bits: UInt16)])
    throws
  {
    let checkpoint = try Checkpoint(directory: folder.url.appending(path: "model"))
    for file in checkpoint.files {
      guard let info = file.tensors.first(where: { $0.name == tensor }) else { continue }
      let header = file.byteCount - (file.tensors.last?.byteRange.upperBound ?? 0)
      let handle = try FileHandle(forUpdating: URL(filePath: file.path))
      for (row, column, bits) in values {
        let element = row * (info.shape.last ?? 1) + column
        try handle.seek(toOffset: UInt64(header + info.byteRange.lowerBound + 2 * element))
        try handle.write(contentsOf: Data([UInt8(bits & 0xFF), UInt8(bits >> 8)]))
      }
      try handle.close()
    }
  }

  private func profile(_ folder: TemporaryFolder) throws -> [String: Any] {
    let texts = try folder.write(corpus, to: "corpus.json")
    let result = try Tool.run(
      "profile", "--model", folder.path("model"), "--corpus", texts, "--output", folder.path("run"), "--quiet",
      "--no-report", "--force", "--format", "json")
    #expect(result.status == 0, "\(result.messages)")
    return try object(result.output)
  }

  private let nan: UInt16 = 0x7FC0
  private let infinity: UInt16 = 0x7F80

  @Test func `check names every tensor with the place of the first, and fails`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try poison(
      folder, "model.layers.1.mlp.down_proj.weight", [(3, 4, nan), (3, 5, infinity), (47, 79, infinity | 0x8000)])
    try poison(folder, "model.norm.weight", [(0, 11, 0xFFFF)])
    let text = try Tool.measure(["inspect", model, "--check"])
    #expect(text.result.status == 1)
    #expect(text.result.lines.count == 1)
    #expect(
      text.result.messages
        == "Error: \(model): expected finite weights, found 2 NaN and 2 infinite: "
        + "model.layers.1.mlp.down_proj.weight, row 3, column 4, the first of 2 such tensors\n")
    #expect(
      text.result.output.contains(
        /\nnot finite +dtype +shape +NaN +infinite +first row +column\nmodel\.layers\.1\.mlp\.down_proj\.weight +BF16 +\[48, 80\] +1 +2 +3 +4\nmodel\.norm\.weight +BF16 +\[48\] +1 +0 +0 +11\n$/
      ), "\(text.result.output)")
    text.expectSmall()
    let json = try Tool.run("inspect", model, "--check", "--format", "json")
    #expect(json.status == 1)
    #expect(json.messages == text.result.messages)
    let found = try #require(try object(json.output)["non_finite"] as? [[String: Any]])
    #expect(found.map { $0["name"] as? String } == ["model.layers.1.mlp.down_proj.weight", "model.norm.weight"])
    #expect(found.map { $0["nan"] as? Int } == [1, 1])
    #expect(found.map { $0["infinite"] as? Int } == [2, 0])
    #expect(found.map { $0["first"] as? [String: Int] } == [["row": 3, "column": 4], ["row": 0, "column": 11]])
  }

  @Test func `check says so where every value is finite`() throws {
    let model = Tool.tinyModel.path
    let text = try Tool.run("inspect", model, "--check")
    #expect(text.status == 0)
    #expect(try text.output == Tool.run("inspect", model).output + "\nevery value is finite\n")
    let json = try object(Tool.run("inspect", model, "--check", "--format", "json").output)
    #expect((json["non_finite"] as? [Any])?.isEmpty == true)
    #expect(try object(Tool.run("inspect", model, "--format", "json").output)["non_finite"] == nil)
  }

  @Test(arguments: [0x7FC0, 0x7F80] as [UInt16])
  func `a profile names the first block that breaks`(bits: UInt16) throws {
    let folder = try TemporaryFolder()
    _ = try folder.model()
    try poison(folder, "model.layers.2.mlp.down_proj.weight", [(3, 4, bits)])
    let manifest = try profile(folder)
    #expect(manifest["non_finite_blocks"] as? Int == 3)
    let incidents = try #require(manifest["non_finite"] as? [[String: Any]])
    #expect(incidents.count == 3)
    #expect(incidents.allSatisfy { $0["layer"] as? Int == 2 && $0["cause"] as? String == "values" })
    let table = try Table(folder.text("run/texts.csv"))
    for row in table.rows.indices {
      let layer = try #require(table[row]["layer"].flatMap { Int($0) })
      #expect((table[row]["abs_mean"] == "nan") == (layer >= 2))
    }
  }

  @Test func `a strict profile stops at it, and says in words why and how to go on`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try poison(folder, "model.layers.2.mlp.down_proj.weight", [(3, 4, nan)])
    let texts = try folder.write(corpus, to: "corpus.json")
    let command = [
      "profile", "--model", model, "--corpus", texts, "--output", folder.path("run"), "--no-report", "--memory-limit",
      "1GB",
    ]
    let result = try Tool.run(command + ["--strict"])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(
      result.messages.contains(
        /Error: text 0 of "a", block 2, position \d+: expected finite values of attention, MLP and residual stream, found \d+ that are not\n/
      ), "\(result.messages)")
    #expect(result.messages.contains("stopped: 0 of 3 texts are done and kept in "))
    #expect(result.messages.contains("; the same command without --strict goes on\n"))
    let again = try Tool.run(command)
    #expect(again.status == 0 && again.output.contains("; no such value is part of a mean\n"), "\(again.messages)")
  }

  @Test func `a broken row of the embedding touches only texts with that token`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.model()
    let sound = try profile(folder)
    #expect(sound["non_finite_blocks"] as? Int == 0)
    let before = try Table(folder.text("run/texts.csv"))
    try poison(folder, "model.embed_tokens.weight", [(8, 40, nan)])
    let manifest = try profile(folder)
    #expect(manifest["non_finite_blocks"] as? Int == 1)
    let incident = try #require((manifest["non_finite"] as? [[String: Any]])?.first)
    #expect(incident["layer"] as? Int == 0)
    #expect(incident["text"] as? Int == 1)
    let after = try Table(folder.text("run/texts.csv"))
    #expect(after.rows.count == before.rows.count)
    for row in after.rows.indices {
      if after[row]["text"] == "1" {
        #expect(after[row]["abs_mean"] == "nan")
      } else {
        #expect(after.rows[row] == before.rows[row])
      }
    }
  }
}
