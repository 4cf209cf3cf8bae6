import Foundation
import LlamaCore
import TestSupport
import Testing

@Suite struct BenchCommandTests {
  /// Runs a short bench of the smallest shape with a temporary folder of its own, which must be empty afterwards.
  private func bench(_ more: String...) throws -> Tool.Result {
    let folder = try TemporaryFolder()
    let arguments = ["bench", "--short", "--shape", "tiny", "--runs", "1"] + more
    let result = try Tool.run(arguments, shell: "TMPDIR='\(folder.path)' exec \"$@\"")
    #expect(try folder.names.isEmpty)
    return result
  }

  @Test func `json holds finite positive numbers for every precision there is`() throws {
    let result = try bench("--format", "json", "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let document = try object(result.output)
    let precisions = Precision.allCases.filter { $0.unavailableReason == nil }.map(\.rawValue)

    let products = try #require(document["matmul"] as? [[String: Any]])
    #expect(Set(products.compactMap { $0["precision"] as? String }) == Set(precisions))
    // Both shapes of the MLP.
    let shapes = products.map { product in
      ["library", "precision", "columns", "calls"].map { "\(product[$0] ?? "")" }.joined(separator: " ")
    }
    #expect(shapes.starts(with: ["cblas float32 160 whole", "cblas float32 64 whole"]))
    #expect(Set(shapes).count == shapes.count)
    for product in products { try isPositive(product, ["gflops"]) }

    let profiles = try #require(document["profile"] as? [String: [String: Any]])
    #expect(Set(profiles.keys) == Set(precisions))
    for (precision, figures) in profiles {
      #expect(figures["tokens"] as? Int == 3020)
      #expect(figures["texts"] as? Int == 20)
      try isPositive(
        figures,
        [
          "seconds", "tokens_per_second", "gflops", "operations", "share_of_peak", "share_of_plain_peak",
          "peak_gflops", "peak_gflops_afterwards", "peak_resident_bytes", "first_result_seconds",
        ])
      if precision == "float32" { try isPositive(figures, ["share_of_cblas_sgemm"]) }
      let shares = try #require(figures["time_shares"] as? [String: Double])
      #expect(shares.values.allSatisfy { (0...1).contains($0) })
      #expect(abs(shares.values.reduce(0, +) - 1) < 0.01)
      let cost = try #require(figures["observing_cost"] as? Double)
      #expect(cost.isFinite)
      #expect(cost > -1)
    }

    let decoding = try #require(document["decoding"] as? [String: Any])
    try isPositive(decoding, ["read_bandwidth_gb_per_second"])
    // Four blocks of the smallest shape and its 512 rows of 64 embeddings, tied, in bf16.
    let block = 2 * 64 * 64 + 2 * 32 * 64 + 3 * 160 * 64 + 2 * 64
    #expect(decoding["weight_bytes"] as? Int == 2 * (4 * block + 512 * 64))
    let steps = try #require(decoding["steps"] as? [[String: Any]])
    #expect(steps.map { $0["sequences"] as? Int } == [1, 4])
    for point in steps {
      try isPositive(
        point,
        [
          "tokens_per_second", "seconds_per_step", "weights_gb_per_second", "share_of_read_bandwidth",
          "peak_resident_bytes",
        ])
      let seconds = try #require(point["step_seconds"] as? [Double])
      #expect(seconds.count >= 3)
      #expect(seconds.allSatisfy { $0 > 0 })
    }

    let points = try #require(document["curve"] as? [[String: Any]])
    for curve in ["tokens", "text_length", "blocks"] {
      let found = Set(points.filter { $0["by"] as? String == curve }.compactMap { $0["precision"] as? String })
      #expect(found == Set(precisions))
    }
    for point in points {
      let unobserved = point["by"] as? String == "text_length" ? ["unobserved_nanoseconds_per_token_and_block"] : []
      try isPositive(
        point, ["tokens_per_second_per_block", "nanoseconds_per_token_and_block", "peak_resident_bytes"] + unobserved)
    }
  }

  private func isPositive(_ members: [String: Any], _ keys: [String]) throws {
    for key in keys {
      let value = try #require(members[key] as? Double, "\(key)")
      #expect(value.isFinite, "\(key): \(value)")
      #expect(value > 0, "\(key): \(value)")
    }
  }

  @Test func `the tables fit a terminal of 100 columns`() throws {
    let result = try bench("--precision", "float32", "--threads", "3")
    #expect(result.status == 0, "\(result.messages)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    for title in [
      "Matrix products", "Profile of", "Decoding", "Cost by tokens", "Cost by text length", "Cost by blocks",
    ] {
      #expect(lines.contains { $0.hasPrefix(title) }, "\(title)")
    }
    #expect(!result.output.contains("bfloat16"))
    #expect(!result.output.contains("nan"))
    #expect(result.lines.last?.hasPrefix("measured in ") == true)
  }

  @Test func `a model and a corpus of one's own are measured`() throws {
    let model = Tool.tinyModel.path
    let arguments = ["--model", model, "--corpus", model + "/corpus.json", "--precision", "float32"]
    let result = try Tool.run(["bench", "--short", "--format", "json", "--quiet"] + arguments)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let document = try object(result.output)
    #expect((document["model"] as? [String: Any])?["name"] as? String == model)
    let profile = try #require((document["profile"] as? [String: [String: Any]])?["float32"])
    #expect(profile["tokens"] as? Int != 3020)
    try isPositive(profile, ["tokens_per_second", "first_result_seconds"])
  }

  @Test func `an unknown shape is refused in one line`() throws {
    let result = try Tool.run("bench", "--shape", "huge")
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    let mistakes = result.lines.filter { $0.hasPrefix("Error: ") }
    try #require(mistakes.count == 1)
    #expect(mistakes[0].contains("--shape: expected one of tiny, "))
    #expect(mistakes[0].hasSuffix(#"found "huge""#))
  }

  @Test func `arguments that exclude each other are refused`() throws {
    let both = try Tool.run("bench", "--model", "m", "--shape", "tiny")
    #expect(both.status == 64)
    #expect(both.messages.contains("expected --model or --shape, found both"))
    #expect(try Tool.run("bench", "--runs", "0").status == 64)
  }

  @Test func `a corpus that is not there is told before a model is written`() throws {
    let result = try bench("--corpus", "/nowhere/c.json")
    #expect(result.status == 1)
    #expect(result.lines.count == 1)
    #expect(result.messages == "Error: /nowhere/c.json: cannot read: no such file\n")
  }

  @Test func `a signal leaves no model behind`() throws {
    signal(SIGINT, SIG_DFL)
    let folder = try TemporaryFolder()
    let result = try Tool.run(
      ["bench", "--shape", "tinyllama-1.1b", "--quiet"], shell: "TMPDIR='\(folder.path)' exec \"$@\""
    ) { process in
      let end = Date().addingTimeInterval(60)
      while Date() < end, try folder.names.isEmpty { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.wasSignaled)
    #expect(result.status == SIGINT)
    #expect(try folder.names.isEmpty)
  }
}
