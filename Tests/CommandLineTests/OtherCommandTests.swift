import Foundation
import Testing

@Suite struct OtherCommandTests {
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(.enabled(if: Tool.hasShared, "needs ../shared"), arguments: ["llama2", "llama3"])
  func `a corpus becomes the ids of Hugging Face tokenizers`(name: String) throws {
    let folder = try Folder()
    let place = Tool.shared.appending(path: "conformance/tokenizers/\(name)")
    let ids = folder.url.appending(path: "ids.json")
    let result = try Tool.run(
      "tokenize", "--tokenizer", place.path, "--corpus", Tool.shared.appending(path: "corpora/domains.json").path,
      "--output", ids.path)
    #expect(result.status == 0 && result.output.isEmpty, "\(result.messages)")
    let found = try JSONDecoder().decode([String: [[Int]]].self, from: Data(contentsOf: ids))
    let golden = try Data(contentsOf: place.appending(path: "domains.ids.json"))
    #expect(try found == JSONDecoder().decode([String: [[Int]]].self, from: golden))
  }

  @Test func `a text's tokens are shown`() throws {
    let model = Tool.fixtures.appending(path: "tiny-llama").path
    let text = try Tool.run("tokenize", "--tokenizer", model, "ab\n")
    let document = try json(Tool.run("tokenize", "--tokenizer", model, "--format", "json", "ab\n").output)
    let ids = try #require(document["ids"] as? [Int])
    #expect(text.status == 0 && text.output.split(separator: "\n").count == ids.count)
    let bare = try json(
      Tool.run("tokenize", "--tokenizer", model, "--format", "json", "--no-special-tokens", "ab\n").output)
    #expect(bare["ids"] as? [Int] == Array(ids.dropFirst()))
  }

  @Test func `a random model is written, inspected and profiled`() throws {
    let folder = try Folder()
    let model = folder.url.appending(path: "model").path
    #expect(try Tool.run("random-model", "--shape", "tiny", "--seed", "7", "--output", model, "--quiet").status == 0)
    let document = try json(Tool.run("inspect", model, "--format", "json").output)
    #expect(document["parameters"] as? Int == 205_376)
    #expect(try Tool.run("inspect", model).output.contains("model.layers.*.mlp.gate_proj.weight"))
    let file = URL(filePath: model).appending(path: "model.safetensors").path
    #expect(try Tool.run("inspect", file, "--tensors").output.contains("model.layers.3.mlp.gate_proj.weight"))

    let again = folder.url.appending(path: "again").path
    _ = try Tool.run("random-model", "--shape", "tiny", "--seed", "7", "--output", again)
    let other = folder.url.appending(path: "other").path
    _ = try Tool.run("random-model", "--shape", "tiny", "--seed", "8", "--output", other)
    func weights(_ path: String) throws -> Data {
      try Data(contentsOf: URL(filePath: path).appending(path: "model.safetensors"))
    }
    #expect(try weights(model) == weights(again))
    #expect(try weights(model) != weights(other))

    let corpus = try folder.write("{\"a\": [\"some text\", \"été 🙂\"]}", to: "corpus.json")
    let run = folder.url.appending(path: "run").path
    let result = try Tool.run("profile", "--model", model, "--corpus", corpus, "--output", run, "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    #expect(try Tool.run("random-model", "--shape", "tiny", "--output", model).messages.contains("found a config.json"))
    #expect(
      try Tool.run("random-model", "--shape", "huge", "--output", other).messages.contains("expected one of tiny"))
  }

  @Test func `what cannot be inspected is told in one line`() throws {
    let folder = try Folder()
    let file = try folder.write("not a tensor", to: "x.safetensors")
    for path in [file, folder.path, folder.url.appending(path: "missing").path] {
      let result = try Tool.run("inspect", path)
      #expect(result.status != 0 && result.output.isEmpty && result.lines.count == 1, "\(result.messages)")
    }
  }

  @Test func `the samples become a corpus of seven domains`() throws {
    let folder = try Folder()
    let samples = Tool.fixtures.appending(path: "samples").path
    let output = folder.url.appending(path: "corpus.json")
    let result = try Tool.run(
      "corpus", "build", "cpp=\(samples)/cpp/*.cpp", "python=\(samples)/python",
      "finance=\(samples)/finance.jsonl:headline+body", "numbers=\(samples)/numbers.txt:paragraph",
      "legal=\(samples)/legal.txt:paragraph", "medical=\(samples)/medical.csv:note", "bills=\(samples)/bills.json:text",
      "--output", output.path)
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    #expect(result.output.split(separator: "\n").count == 8)
    let corpus = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: output))
    #expect(corpus.count == 7 && corpus.values.allSatisfy { $0.count >= 8 })
  }

  @Test(.enabled(if: Tool.hasShared, "needs ../shared"))
  func `all seven domains are built from raw files`() throws {
    let folder = try Folder()
    let raw = Tool.shared.appending(path: "corpora/raw").path
    let output = folder.url.appending(path: "corpus.json")
    let result = try Tool.run(
      "corpus", "build", "cpp=\(raw)/cpp.jsonl:prompt+canonical_solution", "python=\(raw)/python.jsonl:prompt",
      "finance=\(raw)/finance-headlines.json:title", "math=\(raw)/math.jsonl:question+answer",
      "legal=\(raw)/legal.json:original_text", "medical=\(raw)/medical.csv:section_text",
      "bills=\(raw)/bills.jsonl:text",
      "--sample", "20", "--seed", "4", "--min-characters", "30", "--output", output.path)
    #expect(result.status == 0, "\(result.messages)")
    let corpus = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: output))
    #expect(corpus.count == 7 && corpus.values.allSatisfy { $0.count == 20 })
  }

  @Test(arguments: [
    ("cpp", "expected domain=path"), ("cpp=missing/*.cpp", "missing/*.cpp"), ("a=b.csv", "b.csv"),
  ])
  func `a source that gives nothing is told in one line`(source: String, message: String) throws {
    let folder = try Folder()
    let output = folder.url.appending(path: "corpus.json").path
    let result = try Tool.run("corpus", "build", source, "--output", output)
    #expect(result.status != 0 && result.lines.count == 1 && result.messages.contains(message), "\(result.messages)")
    #expect(try folder.contents().isEmpty)
  }

  @Test(arguments: [["--help"], ["profile", "--help"], ["corpus", "build", "--help"], ["random-model", "--help"]])
  func `help shows examples`(arguments: [String]) throws {
    let result = try Tool.run(arguments)
    #expect(result.status == 0 && result.output.contains("EXAMPLES"))
  }
}
