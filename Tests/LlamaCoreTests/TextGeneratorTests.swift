import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct TextGeneratorTests {
  private static let directory = Repository.fixtures.appending(path: "demo-model")
  private static let prompts = ["def add(a, b):", "The bond", "Section 1."]

  private func generator(threads: Int = 2) throws -> TextGenerator {
    try TextGenerator(directory: Self.directory, options: RunOptions(threads: threads))
  }

  private func tokens(_ prompt: String, _ generator: TextGenerator) -> [TokenID] { generator.tokenizer.encode(prompt) }

  /// All pieces of an asynchronous generation, and its result.
  private func collect(
    _ generator: TextGenerator, _ prompt: String, _ sampling: Sampling, maxNewTokens: Int, stop: [String] = []
  ) async throws -> (pieces: [String], result: Generation?) {
    var pieces: [String] = []
    var result: Generation?
    for try await event in generator.generate(prompt, sampling: sampling, maxNewTokens: maxNewTokens, stop: stop) {
      // The result is the last event.
      #expect(result == nil)
      switch event {
      case .piece(let text): pieces.append(text)
      case .finished(let generation): result = generation
      }
    }
    return (pieces, result)
  }

  @Test func `greedy tokens are those of Hugging Face transformers, and the text is what they decode to`() async throws
  {
    let directory = Repository.fixtures.appending(path: "tiny-llama")
    var generator = try TextGenerator(directory: directory)
    #expect(generator.endTokens == [509])
    generator.endTokens = []
    let golden = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/greedy.json"))
    let entry = try #require(golden["tiny-llama"]?.array?[1])
    let expected = try #require(entry["tokens"]?.array).map { TokenID($0.integer ?? -1) }
    let (pieces, result) = try await collect(generator, "The bond yields", .greedy, maxNewTokens: 100)
    let generation = try #require(result)
    #expect(generation.tokens == expected)
    #expect(generation.reason == .maximumTokens)
    #expect(generation.promptTokens == 10)
    #expect(generation.text == generator.tokenizer.decode(expected))
    #expect(pieces.joined() == generation.text)
    #expect(pieces.count > 20)
    #expect(!pieces.contains(""))
    #expect(generation.timing.prefillTokens == 10)
    #expect(generation.timing.decodeTokens == 99)
    #expect(generation.timing.prefillSeconds > 0)
    #expect(generation.timing.decodeSeconds > 0)
  }

  /// Takes tokens out of the vocabulary.
  private struct Forbidding: LogitsProcessor {
    let tokens: Set<TokenID>
    func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
      candidates.update { token, logit in self.tokens.contains(token) ? nil : logit }
    }
  }

  @Test(arguments: [Sampling.greedy, Sampling(temperature: 0.9, topK: 20, seed: 3)])
  func `a processor of one's own has the logits of every step before sampling does`(sampling: Sampling) throws {
    var generator = try generator()
    generator.endTokens = []
    let prompt = tokens("The bond", generator)
    let plain = try generator.generate(prompts: [prompt], sampling: sampling, maxNewTokens: 12)[0]
    generator.processors = [Forbidding(tokens: Set(plain.tokens))]
    let other = try generator.generate(prompts: [prompt], sampling: sampling, maxNewTokens: 12)[0]
    #expect(other.tokens.count == 12)
    #expect(Set(other.tokens).isDisjoint(with: plain.tokens))
    // What comes first is the likeliest of the others.
    if sampling == .greedy {
      let logits = try generator.model.logits(of: [prompt])[0]
      let best = logits.top(13).first { !plain.tokens.contains($0.token) }
      #expect(best?.token == other.tokens.first)
    }
    generator.processors = []
    #expect(try generator.generate(prompts: [prompt], sampling: sampling, maxNewTokens: 12)[0].tokens == plain.tokens)
  }

  @Test func `a seed gives the same text on every run and number of threads, another seed another one`() async throws {
    var texts: Set<[TokenID]> = []
    for seed in [1, 2] as [UInt64] {
      let sampling = Sampling(temperature: 1.2, topK: 40, topP: 0.95, seed: seed)
      var first: Generation?
      for threads in [1, 2, 1, 3] {
        let generator = try generator(threads: threads)
        let found = try generator.generate(
          prompts: [tokens("The bond", generator)], sampling: sampling, maxNewTokens: 40)
        let streamed = try await collect(generator, "The bond", sampling, maxNewTokens: 40)
        #expect(streamed.result?.tokens == found[0].tokens)
        #expect(streamed.pieces.joined() == found[0].text)
        #expect(first == nil || first?.tokens == found[0].tokens)
        first = found[0]
      }
      texts.insert(first?.tokens ?? [])
    }
    #expect(texts.count == 2)
  }

  @Test func `texts side by side are those generated alone, and what an observer sees changes nothing`() throws {
    let generator = try generator()
    let prompts = Self.prompts.map { tokens($0, generator) }
    var shown = ["", "", ""]
    let together = try generator.generate(prompts: prompts, maxNewTokens: 30) { shown[$0] += $1 }
    #expect(together.map(\.text) == shown)
    #expect(together.allSatisfy { !$0.text.isEmpty })
    for (prompt, text) in zip(prompts, together) {
      #expect(try generator.generate(prompts: [prompt], maxNewTokens: 30)[0].tokens == text.tokens)
    }
    let sampling = Sampling(temperature: 1, seed: 5)
    var recorder = Recorder()
    let sampled = try generator.generate(
      prompts: prompts, sampling: sampling, maxNewTokens: 10, observer: &recorder)
    #expect(
      try generator.generate(prompts: [prompts[0]], sampling: sampling, maxNewTokens: 10)[0].tokens == sampled[0].tokens
    )
    // Every token but the last of each text goes through every block once.
    let steps = zip(prompts, sampled).map { $0.isEmpty ? 0 : $1.tokens.count }
    #expect(recorder.calls.count == steps.reduce(0, +) * generator.model.spec.layerCount)
    #expect(try generator.generate(prompts: [String]()).isEmpty)
  }

  @Test func `a text ends at an end token, a stop string, the last position, or as many tokens as asked for`() throws {
    var generator = try generator()
    let prompt = tokens("The bond", generator)
    let free = try generator.generate(prompts: [prompt], maxNewTokens: 30)[0]
    #expect(free.reason == .maximumTokens)
    #expect(free.tokens.count == 30)

    // Any token of it made an end token: its first place ends the text, and does not show.
    let end = free.tokens[12]
    generator.endTokens = [end]
    let ended = try generator.generate(prompts: [prompt], maxNewTokens: 30)[0]
    let place = try #require(free.tokens.firstIndex(of: end))
    #expect(ended.reason == .endToken)
    #expect(ended.tokens == Array(free.tokens[...place]))
    #expect(ended.text == generator.tokenizer.decode(Array(free.tokens[..<place])))
    generator.endTokens = []

    // A stop string of several tokens.
    let stop = String(free.text.dropFirst(9).prefix(9))
    var shown = ""
    let stopped = try generator.generate(prompts: [prompt], maxNewTokens: 30, stop: ["never", stop]) { shown += $1 }[0]
    let range = try #require(free.text.firstRange(of: stop))
    #expect(stopped.reason == .stopString)
    #expect(stopped.text == free.text[..<range.lowerBound])
    #expect(shown == stopped.text)

    let limit = generator.model.spec.maximumPositions
    let long = Array(repeating: prompt[1], count: limit - 3)
    let full = try generator.generate(prompts: [long], maxNewTokens: 30)[0]
    #expect(full.reason == .contextFull)
    #expect(full.tokens.count == 3)
    #expect(try generator.generate(prompts: [long + [1, 1, 1]])[0].reason == .contextFull)
    #expect(try generator.generate(prompts: [prompt], maxNewTokens: 0)[0].tokens.isEmpty)
    #expect(throws: RunError.textTooLong(0, tokens: limit + 1, limit: limit)) {
      try generator.generate(prompts: [long + [1, 1, 1, 1]])
    }
    #expect(throws: RunError.emptyText(0)) { try generator.generate(prompts: [[]]) }
    #expect(throws: SamplingError.self) { try generator.generate(prompts: [prompt], sampling: Sampling(topK: 0)) }
  }

  @Test func `prompts of text give what their tokens give, observed or not`() throws {
    let generator = try generator()
    let tokens = Self.prompts.map { generator.tokenizer.encode($0) }
    let sampling = Sampling(temperature: 1, seed: 3)
    let expected = try generator.generate(prompts: tokens, sampling: sampling, maxNewTokens: 12)
    var pieces = Self.prompts.map { _ in "" }
    let found = try generator.generate(prompts: Self.prompts, sampling: sampling, maxNewTokens: 12) {
      pieces[$0] += $1
    }
    #expect(found.map(\.tokens) == expected.map(\.tokens))
    #expect(found.map(\.text) == pieces)
    var nobody = NoObserver()
    let observed = try generator.generate(
      prompts: Self.prompts, sampling: sampling, maxNewTokens: 12, observer: &nobody)
    #expect(observed.map(\.tokens) == expected.map(\.tokens))
  }

  @Test(.timeLimit(.minutes(Hang.minutes)))
  func `a cancelled task ends the text, in a step or in the prompt`() async throws {
    let generator = try generator()
    let stream = AsyncStream.makeStream(of: GenerationEvent.self)
    let task = Task {
      var count = 0
      do {
        for try await event in generator.generate("The bond", maxNewTokens: 100_000) {
          stream.continuation.yield(event)
          count += 1
          // The context has room for far more than is let through.
          if count > 5 { try await Task.sleep(for: .seconds(30)) }
        }
        return "ended"
      } catch is CancellationError {
        return "cancelled"
      }
    }
    for await _ in stream.stream { break }
    task.cancel()
    #expect(try await task.value == "cancelled")

    // Cancelled before it begins: nothing is computed, and the next call has nothing more.
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      var iterator = generator.generate("The bond").makeAsyncIterator()
      await #expect(throws: CancellationError.self) { _ = try await iterator.next() }
      return try await iterator.next()
    }
    #expect(try await early.value == nil)
  }

  @Test @MainActor func `an actor can take the events, and leave when it likes`() async throws {
    let generator = try generator()
    var events: [GenerationEvent] = []
    for try await event in generator.generate("The bond", maxNewTokens: 100_000) {
      events.append(event)
      if events.count == 3 { break }
    }
    #expect(events.count == 3)
  }

  @Test func `a text without a piece has a result`() async throws {
    let generator = try generator()
    var iterator = generator.generate("The bond", maxNewTokens: 0).makeAsyncIterator()
    let event = try await iterator.next()
    guard case .finished(let generation) = event else {
      Issue.record("\(String(describing: event))")
      return
    }
    #expect(generation.text.isEmpty)
    #expect(generation.reason == .maximumTokens)
    #expect(try await iterator.next() == nil)
  }

  @Test func `an error of whoever takes the pieces stops the generation`() throws {
    let generator = try generator()
    var count = 0
    #expect(throws: Stop.self) {
      try generator.generate(prompts: [tokens("The bond", generator)]) { _, _ in
        count += 1
        throw Stop()
      }
    }
    #expect(count == 1)
  }
}

@Suite struct GenerationConfigurationTests {
  @Test(
    arguments: [
      (nil, #"{"eos_token_id": 2}"#, [2]), (nil, "{}", []), (nil, nil, []),
      (#"{"eos_token_id": [128009, 128001, 128001]}"#, #"{"eos_token_id": 2}"#, [128_001, 128_009]),
      (#"{"eos_token_id": null}"#, #"{"eos_token_id": [2]}"#, [2]),
    ] as [(String?, String?, [TokenID])])
  func `end tokens are an id or a list, of generation_config.json before config.json`(
    generation: String?, configuration: String?, expected: [TokenID]
  ) throws {
    let folder = try TemporaryFolder()
    if let generation { try folder.write(generation, to: "generation_config.json") }
    if let configuration { try folder.write(configuration, to: "config.json") }
    #expect(try GenerationConfiguration(directory: folder.url).endTokens == expected)
  }

  @Test(arguments: [
    ("[]", "expected an object, found an array"),
    (#"{"eos_token_id": "2"}"#, #"eos_token_id: expected a token id or a list of them, found the string "2""#),
    (#"{"eos_token_id": [1, -2]}"#, "eos_token_id: expected a token id or a list of them, found the integer -2"),
    (
      #"{"eos_token_id": 99999999999}"#,
      "eos_token_id: expected a token id or a list of them, found the integer 99999999999"
    ),
    ("{", "line 1, column 2: expected '}'"),
  ])
  func `a file that says something else is refused`(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "generation_config.json")
    #expect {
      try GenerationConfiguration(directory: folder.url)
    } throws: { error in
      "\(error)".contains("generation_config.json: \(message)")
    }
  }
}
