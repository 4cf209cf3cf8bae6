import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct GenerateCommandTests {
  private let demo = Repository.fixtures.appending(path: "demo-model").path

  private func generate(_ arguments: String..., input: String? = nil) throws -> Tool.Result {
    let result = try Tool.run(["generate", "--model", demo, "--quiet"] + arguments, input: input)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    return result
  }

  @Test(arguments: zip(Tool.trained, ["The bond", "Once upon a time"]))
  func `the text of a trained model is that of Hugging Face's tokens`(trained: Tool.Trained, prompt: String) throws {
    let directory = trained.model
    let golden = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/greedy.json"))
    let tokens = try #require(golden[trained.testDescription]?.array?[0]["tokens"]?.array)
      .map { TokenID($0.integer ?? -1) }
    // The golden tokens go on after an end of the text.
    let end = try #require(JSONValue(contentsOf: directory.appending(path: "config.json"))["eos_token_id"]?.integer)
    let expected = Array(tokens.prefix { $0 != TokenID(end) })
    let tokenizer = try Tokenizer(contentsOf: directory)
    let text = tokenizer.decode(expected)
    let arguments = ["generate", "--model", directory.path, "--max-new-tokens", "200", prompt]
    let result = try Tool.run(arguments)
    #expect(result.status == 0)
    #expect(result.output == text + (text.hasSuffix("\n") ? "" : "\n"))
    #expect(result.lines.count == 1)
    #expect(result.messages.hasPrefix("prefill \(tokenizer.encode(prompt).count) tokens, "))
    #expect(
      result.messages.contains(
        /^prefill \d+ tokens, [\d.,]+ tokens\/s; decode \d+ tokens, [\d.,]+ tokens\/s; ended by \w+\n$/))
    let json = try object(Tool.run(arguments + ["--format", "json"]).output)
    #expect(json["text"] as? String == text)
    #expect(try #require(json["tokens"] as? [Int]).prefix(expected.count).elementsEqual(expected.map { Int($0) }))
  }

  @Test func `a prompt comes from standard input, and a seed makes the same text again`() throws {
    let options = [
      "--max-new-tokens", "20", "--temperature", "1.1", "--top-k", "50", "--top-p", "0.9", "--min-p", "0.01",
    ]
    func text(_ more: String..., input: String? = nil) throws -> String {
      let result = try Tool.run(["generate", "--model", demo] + options + more, input: input)
      #expect(result.status == 0)
      return result.output
    }
    let first = try text("--seed", "5", "--threads", "1", "The bond")
    #expect(try text("--seed", "5", "--threads", "2", "-", input: "The bond") == first)
    // Without a seed one is drawn and named.
    let free = try Tool.run(["generate", "--model", demo] + options + ["The bond"])
    let seed = try #require(free.messages.firstMatch(of: /; seed (\d+)\n$/)).output.1
    #expect(try text("--seed", String(seed), "The bond") == free.output)
  }

  @Test func `the greedy text needs no seed, a filter alone draws`() throws {
    #expect(try generate("--seed", "1", "The bond").output == generate("The bond").output)
    let json = try object(generate("--format", "json", "--top-p", "0.9", "--seed", "18446744073709551615", "a").output)
    #expect(json["seed"] as? String == "18446744073709551615")
    #expect(json["temperature"] as? Double == 1)
    #expect(try object(generate("--format", "json", "a").output)["seed"] == nil)
  }

  @Test func `a stop string ends the text before it`() throws {
    let free = try object(generate("--format", "json", "--max-new-tokens", "30", "The bond").output)
    let text = try #require(free["text"] as? String)
    #expect(free["stop_reason"] as? String == "max_new_tokens")
    #expect((free["tokens"] as? [Int])?.count == 30)
    let stop = String(text.dropFirst(6).prefix(7))
    let stopped = try object(
      generate("--format", "json", "--max-new-tokens", "30", "--stop", "never", "--stop", stop, "The bond").output)
    let expected = text[..<(try #require(text.firstRange(of: stop)).lowerBound)]
    #expect(stopped["stop_reason"] as? String == "stop_string")
    #expect(stopped["text"] as? String == String(expected))
    #expect(stopped["decode_seconds"] as? Double != nil)
    #expect(stopped["prompt_tokens"] as? Int != nil)
  }

  @Test func `a chat prompt is in the model's format, and another format is refused by its name`() throws {
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: demo) where name != "tokenizer_config.json" {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path(name), withDestinationPath: demo + "/" + name)
    }
    func chat(_ template: String, _ more: String...) throws -> Tool.Result {
      let json = JSONValue.object(["chat_template": .string(template), "bos_token": .string("<|begin_of_text|>")])
      try folder.write(json.text(), to: "tokenizer_config.json")
      return try Tool.run(
        ["generate", "--model", folder.path, "--chat", "--format", "json", "--max-new-tokens", "5", "--quiet", "Hi"]
          + more)
    }
    let zephyr = try chat("<|user|>")
    #expect(zephyr.status == 1)
    #expect(zephyr.output.isEmpty)
    #expect(zephyr.lines.count == 1)
    #expect(zephyr.messages.hasSuffix("expected that of Llama 2, Llama 3 or ChatML, found Zephyr's\n"))
    let template = "{{ bos_token }}[INST] <<SYS>>"
    for (more, prompt) in [
      ([], "<|begin_of_text|>[INST] Hi [/INST]"),
      (["--system", "Be brief."], "<|begin_of_text|>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]"),
    ] as [([String], String)] {
      let found = more.isEmpty ? try chat(template) : try chat(template, more[0], more[1])
      let ids = try Tokenizer(contentsOf: URL(filePath: demo)).encode(prompt, addingSpecialTokens: false)
      #expect(try object(found.output)["prompt_tokens"] as? Int == ids.count, "\(found.messages)")
      let plain = try object(
        generate("--format", "json", "--max-new-tokens", "5", String(prompt.dropFirst("<|begin_of_text|>".count)))
          .output)
      #expect(try object(found.output)["tokens"] as? [Int] == plain["tokens"] as? [Int])
    }
    let bare = try Tool.run("generate", "--model", demo, "--chat", "Hi")
    #expect(bare.status == 1)
    #expect(bare.messages.contains("chat_template: expected a template, found nothing"))
  }

  @Test func `a reader that has gone ends the process without a word`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try Tool.run(["generate", "--model", demo, "The bond"], output: pipe.fileHandleForWriting)
    #expect(result.wasSignaled)
    #expect(result.status == SIGPIPE)
    #expect(result.messages.isEmpty)
  }

  @Test(arguments: [
    (["--temperature=-1"], "--temperature: expected 0 or more, found -1.0"),
    (["--top-k", "0"], "--top-k: expected at least 1, found 0"),
    (["--top-p", "0"], "--top-p: expected more than 0, at most 1, found 0.0"),
    (["--min-p", "nan"], "--min-p: expected a number from 0 to 1, found nan"),
    (["--repetition-penalty", "0"], "--repetition-penalty: expected more than 0, found 0.0"),
    (["--max-new-tokens", "0"], "--max-new-tokens: expected at least 1, found 0"),
    (["--stop", ""], "--stop: expected a text, found an empty one"),
    (["--system", "x"], "--system goes with --chat"),
  ])
  func `options out of range are mistakes`(options: [String], message: String) throws {
    let result = try Tool.run(["generate", "--model", demo, "--quiet", "a"] + options)
    #expect(result.status == 64, "\(result.messages)")
    #expect(result.output.isEmpty, "\(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test func `a prompt longer than the model's positions is refused in one line`() throws {
    let result = try Tool.run(
      ["generate", "--model", demo, "-"], input: String(repeating: "one two three ", count: 2000))
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("max_position_embeddings"))
  }
}
