import Foundation
import Testing

@Suite struct ProfileCommandTests {
  private let model = Tool.fixtures.appending(path: "tiny-llama").path
  private let corpus = Tool.fixtures.appending(path: "tiny-llama/corpus.json").path
  private static let metrics =
    "mean,abs_mean,std,relative_norm,block_influence,angular_distance,attention_abs_mean,mlp_abs_mean,"
    + "attention_relative_norm,mlp_relative_norm,residual_max_abs"

  private func manifest(_ folder: Folder) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.url.appending(path: "run/manifest.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func profile(_ folder: Folder, _ more: String...) throws -> Tool.Result {
    let run = folder.url.appending(path: "run").path
    return try Tool.run(["profile", "--model", model, "--corpus", corpus, "--output", run] + more)
  }

  @Test func `a profile writes every file and prints a table`() throws {
    let folder = try Folder()
    let result = try profile(folder)
    #expect(result.status == 0)
    #expect(result.output.contains("abs_mean") && result.output.contains("cpp: "))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(result.lines.count == 2, "\(result.messages)")
    let domains = ["bills", "cpp", "finance", "legal", "medical", "numbers", "python"]
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "run").path).sorted()
    #expect(files == (domains.map { "\($0).csv" } + ["manifest.json", "summary.csv", "texts.csv"]).sorted())

    let texts = try Table(folder.url.appending(path: "run/texts.csv"))
    #expect(texts.header.joined(separator: ",") == "domain,text,tokens,scope,layer," + Self.metrics)
    // 17 texts, one of a single token, which has no row without its first token.
    #expect(texts.rows.count == (17 + 16) * 4)
    #expect(texts.rows.allSatisfy { $0.count == 16 })
    let domain = try Table(folder.url.appending(path: "run/cpp.csv"))
    #expect(domain.header.prefix(6) == ["layer", "texts", "mean", "mean_variance", "abs_mean", "abs_mean_variance"])
    #expect(domain.header.count == 2 + 2 * 11 && domain.rows.count == 4)
    let summary = try Table(folder.url.appending(path: "run/summary.csv"))
    #expect(summary.header == ["domain", "scope", "layer", "metric", "texts", "mean", "variance", "std", "min", "max"])
    #expect(summary.rows.count == 7 * 2 * 4 * 11)
    #expect(try (manifest(folder)["counts"] as? [String: Any])?["texts"] as? Int == 17)
  }

  @Test func `quiet is silent and json prints the manifest`() throws {
    let folder = try Folder()
    let result = try profile(folder, "--quiet", "--format", "json")
    #expect(result.status == 0 && result.messages.isEmpty)
    let written = try String(contentsOf: folder.url.appending(path: "run/manifest.json"), encoding: .utf8)
    #expect(result.output == written)
  }

  @Test func `options choose domains, texts, tokens and blocks`() throws {
    let folder = try Folder()
    let result = try profile(
      folder, "--domains", "legal", "cpp", "--limit", "1", "--max-tokens", "5", "--skip-first-block", "--threads", "1",
      "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    let texts = try Table(folder.url.appending(path: "run/texts.csv"))
    #expect(Set(texts.rows.map { $0[0] }) == ["cpp", "legal"])
    #expect(Set(texts.rows.map { $0[1] }) == ["0"] && Set(texts.rows.map { $0[2] }) == ["5"])
    #expect(Set(texts.rows.map { $0[4] }) == ["1", "2", "3"])
    #expect(try (manifest(folder)["counts"] as? [String: Any])?["truncated_texts"] as? Int == 2)
  }

  @Test(.enabled(if: Tool.hasShared, "needs ../shared"))
  func `seven real domains go through a trained model, the same bytes with one thread and two`() throws {
    let folder = try Folder()
    let corpus = Tool.shared.appending(path: "corpora/domains.json").path
    let model = Tool.shared.appending(path: "conformance/models/stories260K").path
    for threads in ["1", "2"] {
      let run = folder.url.appending(path: threads).path
      let result = try Tool.run(
        "profile", "--model", model, "--corpus", corpus, "--output", run, "--threads", threads, "--quiet")
      #expect(result.status == 0, "\(result.messages)")
    }
    let domains = ["bills", "cpp", "finance", "legal", "math", "medical", "python"]
    for file in domains.map({ "\($0).csv" }) + ["summary.csv", "texts.csv"] {
      let one = try Data(contentsOf: folder.url.appending(path: "1/\(file)"))
      #expect(try one == Data(contentsOf: folder.url.appending(path: "2/\(file)")), "\(file)")
    }
    let texts = try Table(folder.url.appending(path: "1/texts.csv"))
    #expect(texts.rows.count == 444 * 2 * 5)
    #expect(texts.rows.allSatisfy { row in row.dropFirst(5).allSatisfy { Double($0)?.isFinite == true } })
  }

  /// Arguments that cannot work, with what the one line on standard error must say.
  @Test(arguments: [
    ("no model", "config.json: No such file or directory"),
    ("no corpus", "missing.json: cannot read: no such file"),
    ("broken corpus", "broken.json, line 2, column 3: expected a value"),
    ("unknown domain", "no domain \"law\""),
    ("output is a file", "cannot write"),
    ("token out of range", "text 0 of \"a\", position 1: expected a token id from 0 to 511, found 512"),
    ("only empty texts", "expected at least one text with a token, found none"),
    ("no tokenizer", "tokenizer.json"),
    ("missing shard", "1 of 2 shards are missing: model-00002-of-00002.safetensors"),
  ])
  func `an error is one line and leaves nothing behind`(situation: String, message: String) throws {
    let folder = try Folder()
    var (model, corpus, more) = (self.model, self.corpus, [String]())
    var output = folder.url.appending(path: "run").path
    func copy(without file: String) throws -> String {
      let place = folder.url.appending(path: "model")
      try FileManager.default.copyItem(at: URL(filePath: self.model), to: place)
      try FileManager.default.removeItem(at: place.appending(path: file))
      return place.path
    }
    switch situation {
    case "no model": model = folder.path
    case "no corpus": corpus = folder.url.appending(path: "missing.json").path
    case "broken corpus": corpus = try folder.write("{\"a\":\n  }", to: "broken.json")
    case "unknown domain": more = ["--domains", "law"]
    case "output is a file": output = try folder.write("", to: "run")
    case "token out of range": corpus = try folder.write("{\"a\": [[1, 512]]}", to: "ids.json")
    case "only empty texts": corpus = try folder.write("{\"a\": [\"\", []]}", to: "empty.json")
    case "no tokenizer": model = try copy(without: "tokenizer.json")
    default: model = try copy(without: "model-00002-of-00002.safetensors")
    }
    let before = try folder.contents()
    let result = try Tool.run(
      ["profile", "--model", model, "--corpus", corpus, "--output", output, "--quiet"] + more)
    #expect(result.status != 0 && result.output.isEmpty)
    #expect(result.lines.count == 1 && result.messages.contains(message), "\(result.messages)")
    #expect(try folder.contents() == before)
  }

  @Test(arguments: ["--limit", "--max-tokens", "--threads"])
  func `a count of zero is refused`(option: String) throws {
    let folder = try Folder()
    let result = try profile(folder, option, "0")
    #expect(result.status == 64 && result.messages.contains("\(option): expected at least 1, found 0"))
  }
}
