import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Greedy continuations against those of Hugging Face transformers, see `Fixtures/generation`.
@Suite struct GenerationTests {
  private struct Golden {
    let prompt, tokens: [TokenID]

    static func load(_ model: String) throws -> [Golden] {
      let json = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/greedy.json"))
      return try #require(json[model]?.array).map { entry in
        func ids(_ key: String) throws -> [TokenID] {
          try #require(entry[key]?.array).map { TokenID($0.integer ?? -1) }
        }
        return Golden(prompt: try ids("prompt"), tokens: try ids("tokens"))
      }
    }
  }

  /// What follows each prompt, and the logits of every step.
  private func generate(
    _ model: LlamaModel, _ prompts: [[TokenID]], count: Int, options: RunOptions = RunOptions()
  ) throws -> (tokens: [[TokenID]], logits: [[[Float]]]) {
    let session = try DecodingSession(model, options: options)
    var logits = try session.prefill(prompts)
    var tokens = prompts.map { _ in [TokenID]() }
    var steps = prompts.map { _ in [[Float]]() }
    for step in 0..<count {
      for index in prompts.indices {
        let values = logits[index].values
        steps[index].append(values)
        tokens[index].append(TokenID(try #require(values.indices.max { values[$0] < values[$1] })))
      }
      if step + 1 < count { logits = try session.decode(tokens.compactMap(\.last)) }
    }
    return (tokens, steps)
  }

  private func check(_ model: LlamaModel, _ golden: [Golden], count: Int) throws {
    #expect(golden.count == 3)
    #expect(golden.allSatisfy { $0.tokens.count == count })
    let together = try generate(model, golden.map(\.prompt), count: count)
    #expect(together.tokens == golden.map(\.tokens))
    // One at a time, and on other numbers of threads: not only the tokens, the bits.
    for (index, text) in golden.enumerated() {
      let alone = try generate(model, [text.prompt], count: count, options: RunOptions(threads: 1 + 2 * (index % 2)))
      #expect(alone.tokens == [text.tokens])
      #expect(alone.logits[0] == together.logits[index], "prompt \(index)")
    }
  }

  @Test func `a hundred greedy tokens of the fixture equal those of Hugging Face transformers`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    try check(model, Golden.load("tiny-llama"), count: 100)
  }

  @Test func `two hundred greedy tokens of a trained model equal those of Hugging Face transformers`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "demo-model"))
    try check(model, Golden.load("demo-model"), count: 200)
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `two hundred greedy tokens of stories260K equal those of Hugging Face transformers`() throws {
    let golden = try Golden.load("stories260K")
    // The prompts that are promised: the beginning of every story, and nothing but a BOS.
    let tokenizer = try Tokenizer(contentsOf: Repository.stories.appending(path: "tokenizer.json"))
    #expect(golden[0].prompt == tokenizer.encode("Once upon a time"))
    #expect(golden[1].prompt == [1])
    try check(LlamaModel(directory: Repository.stories), golden, count: 200)
  }
}
