import Foundation
import LlamaCore
import TestSupport
import Testing

@Suite struct ProfileCommandTests {
  private static let metrics =
    "mean,abs_mean,std,relative_norm,block_influence,angular_distance,attention_abs_mean,mlp_abs_mean,"
    + "attention_relative_norm,mlp_relative_norm,residual_max_abs,cosine,attention_cosine,mlp_cosine,"
    + "attention_influence,mlp_influence,residual_norm"

  private func profile(_ folder: TemporaryFolder, reports: Bool = false, _ more: String...) throws -> Tool.Result {
    let model = Tool.tinyModel
    return try Tool.run(
      ["profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path]
        + ["--output", folder.path("run")] + (reports ? [] : ["--no-report"]) + more)
  }

  @Test func `a profile writes every file and prints a table`() throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, reports: true)
    #expect(result.status == 0)
    #expect(result.output.contains("abs_mean"))
    #expect(result.output.contains("cpp, all tokens: "))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(result.output.hasSuffix("\n"))
    #expect(!result.output.hasSuffix("\n\n"))
    #expect(result.lines.first == "17 texts, 921 tokens, 4 blocks")
    #expect(result.lines.count == 3, "\(result.messages)")
    #expect(result.messages.contains(" tokens/s; results in "), "\(result.messages)")
    #expect(result.lines[1].hasPrefix("report in \(folder.path("run"))/report.html, "), "\(result.messages)")
    let domains = ["bills", "cpp", "finance", "legal", "medical", "numbers", "python"]
    #expect(
      try folder.names(in: "run")
        == (domains.map { "\($0).csv" }
        + [
          "comparison.csv", "figures", "groups.csv", "identification.csv", "manifest.json", "massive.csv",
          "profile.sqlite", "report.html", "shape.csv", "summary.csv",
          "texts.csv",
        ]).sorted()
    )

    let texts = try Table(folder.text("run/texts.csv"))
    #expect(texts.header.joined(separator: ",") == "domain,text,tokens,scope,layer," + Self.metrics)
    // 17 texts, one of a single token, which has no row without its first token.
    #expect(texts.rows.count == (17 + 16 + 17) * 4)
    #expect(texts.rows.allSatisfy { $0.count == 22 })
    let domain = try Table(folder.text("run/cpp.csv"))
    #expect(domain.header.prefix(6) == ["layer", "texts", "mean", "mean_variance", "abs_mean", "abs_mean_variance"])
    #expect(domain.header.count == 2 + 2 * 17)
    #expect(domain.rows.count == 4)
    let summary = try Table(folder.text("run/summary.csv"))
    #expect(summary.header == ["domain", "scope", "layer", "metric", "texts", "mean", "variance", "std", "min", "max"])
    #expect(summary.rows.count == 7 * 3 * 4 * 17)
    let counts = try #require(folder.json("run/manifest.json")["counts"] as? [String: Any])
    #expect(counts["texts"] as? Int == 17)
    #expect(counts["tokens"] as? Int == 921)
  }

  private static let refusesBFloat16 = Precision.bfloat16.unavailableReason != nil

  @Test(.enabled(if: refusesBFloat16, "this machine computes in bfloat16"))
  func `bfloat16 is refused with the reason where the processor lacks it`() throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "--precision", "bfloat16", "--quiet")
    #expect(result.status == 64, "\(result.messages)")
    #expect(result.messages.contains("--precision bfloat16: "), "\(result.messages)")
    #expect(try folder.names.isEmpty)
  }

  @Test(.enabled(if: !refusesBFloat16, "no bfloat16 on this processor or in this build"))
  func `bfloat16 is recorded and near float32`() throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "--precision", "bfloat16", "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    let settings = try #require(folder.json("run/manifest.json")["settings"] as? [String: Any])
    #expect(settings["precision"] as? String == "bfloat16")
    let rounded = try Table(folder.text("run/texts.csv")).rows.map { Double($0[6]) ?? .nan }
    #expect(try profile(folder, "--quiet", "--force").status == 0)
    let exact = try Table(folder.text("run/texts.csv")).rows.map { Double($0[6]) ?? .nan }
    #expect(rounded != exact)
    #expect(rounded.count == exact.count)
    #expect(zip(rounded, exact).allSatisfy { abs($0 - $1) <= 0.02 * $1 })
    // A scale that is off by a hundredth must not pass for rounding, whose mean is zero.
    let slope = zip(rounded, exact).reduce(0) { $0 + $1.0 * $1.1 } / exact.reduce(0) { $0 + $1 * $1 }
    #expect(abs(slope - 1) <= 4e-3, "\(slope)")
  }

  @Test func `quiet is silent and json prints the manifest`() throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "--quiet", "--format", "json")
    #expect(result.status == 0)
    #expect(result.messages.isEmpty)
    #expect(try result.output == folder.text("run/manifest.json"))
  }

  @Test(arguments: [
    ["--domain", "legal", "--domain", "cpp"], ["--domain", "legal,cpp"], ["--domains", "legal", "cpp"],
    ["--domains", "legal,", "cpp"],
  ])
  func `options choose domains, texts, tokens and blocks`(domains: [String]) throws {
    let folder = try TemporaryFolder()
    let model = Tool.tinyModel
    let result = try Tool.run(
      ["profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path]
        + ["--output", folder.path("run")] + domains
        + ["--limit", "1", "--max-tokens", "5", "--skip-first-block", "--threads", "1", "--quiet", "--no-report"])
    #expect(result.status == 0, "\(result.messages)")
    let texts = try Table(folder.text("run/texts.csv"))
    #expect(Set(texts.rows.map { $0[0] }) == ["cpp", "legal"])
    #expect(Set(texts.rows.map { $0[1] }) == ["0"])
    #expect(Set(texts.rows.map { $0[2] }) == ["5"])
    #expect(Set(texts.rows.map { $0[4] }) == ["1", "2", "3"])
    let manifest = try folder.json("run/manifest.json")
    #expect((manifest["counts"] as? [String: Any])?["truncated_texts"] as? Int == 2)
    let settings = try #require(manifest["settings"] as? [String: Any])
    #expect(settings["threads"] as? Int == 1)
    #expect(settings["text_limit"] as? Int == 1)
    #expect(settings["precision"] as? String == "float32")
    #expect(settings["maximum_tokens"] as? Int == 5)
    #expect(settings["skip_first_block"] as? Bool == true)
  }

  @Test func `a domain whose name holds a comma is found by it`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write(#"{"a,b": [[1]], "a": [[2]], "b": [[3]]}"#, to: "corpus.json")
    for (domains, files) in [("a,b", ["a%2Cb.csv"]), ("b,a", ["a.csv", "b.csv"])] {
      let result = try Tool.run(
        "profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path(domains), "--domain",
        domains, "--quiet", "--no-report")
      #expect(result.status == 0, "\(result.messages)")
      #expect(
        try folder.names(in: domains)
          == (files + ["groups.csv", "manifest.json", "massive.csv", "profile.sqlite", "summary.csv", "texts.csv"])
          .sorted())
    }
  }

  @Test func `a corpus may come through a pipe, and is hashed as it came`() throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOf: Tool.tinyModel.appending(path: "corpus.json"), encoding: .utf8)
    let arguments = [
      "profile", "--model", Tool.tinyModel.path, "--output", folder.path("run"), "--quiet", "--no-report",
    ]
    let piped = try Tool.run(arguments + ["--corpus", "/dev/stdin"], input: text, shell: #"cat | "$@""#)
    #expect(piped.status == 0, "\(piped.messages)")
    let rows = try folder.text("run/texts.csv")
    let hash = try #require(folder.json("run/manifest.json")["corpus"] as? [String: String])["sha256"]
    #expect(try profile(folder, "--quiet").status == 0)
    #expect(try folder.text("run/texts.csv") == rows)
    #expect(try #require(folder.json("run/manifest.json")["corpus"] as? [String: String])["sha256"] == hash)
  }

  @Test(arguments: Tool.trained)
  func `seven domains go through a trained model, the same bytes with one thread and two`(trained: Tool.Trained) throws
  {
    let folder = try TemporaryFolder()
    let (model, corpus) = (trained.model.path, trained.corpus.path)
    for threads in ["1", "2"] {
      let result = try Tool.run(
        "profile", "--model", model, "--corpus", corpus, "--output", folder.path(threads), "--threads", threads,
        "--quiet", "--no-report")
      #expect(result.status == 0, "\(result.messages)")
    }
    let domains = ["bills", "cpp", "finance", "legal", "math", "medical", "python"]
    let files = domains.map { "\($0).csv" } + ["groups.csv", "massive.csv", "summary.csv", "texts.csv"]
    #expect(try folder.names(in: "1") == (files + ["manifest.json", "profile.sqlite"]).sorted())
    for file in files { #expect(try folder.text("1/\(file)") == folder.text("2/\(file)"), "\(file)") }
    let texts = try Table(folder.text("1/texts.csv"))
    let layers = try ModelSpec(contentsOf: trained.model).layerCount
    #expect(texts.rows.count == trained.texts * 3 * layers)
    #expect(texts.rows.allSatisfy { row in row.dropFirst(5).allSatisfy { Double($0)?.isFinite == true } })
  }

  @Test func `a domain's name may be longer than a file's`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "数", count: 27)
    let corpus = try folder.write("{\"\(name)\": [[1, 2]], \"\(name)x\": [[3]]}", to: "corpus.json")
    let result = try Tool.run(
      "profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--no-report",
      "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    let domains = try #require(folder.json("run/manifest.json")["domains"] as? [[String: Any]])
    let files = domains.compactMap { $0["file"] as? String }
    #expect(Set(files).count == 2)
    #expect(files.allSatisfy { $0.contains("~") })
    #expect(try Set(folder.names(in: "run")).isSuperset(of: files))
    #expect(domains.map { $0["name"] as? String } == [name, name + "x"])
  }
}
