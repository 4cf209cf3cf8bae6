import Foundation

/// Generates text with a model and its tokenizer.
///
/// ```swift
/// let generator = try TextGenerator(directory: URL(filePath: "Llama-3.2-1B"))
/// for try await piece in generator.generate("Once upon a time") {
///   print(piece, terminator: "")
/// }
/// ```
///
/// A text is the same on every run and number of threads. It ends with a token that ends texts, a stop string, the number of
/// tokens asked for, or the model's last position. Neither the end token nor the stop string is part of it.
public struct TextGenerator: Sendable {
  public let model: LlamaModel
  public let tokenizer: Tokenizer
  /// Tokens that end a text.
  public var endTokens: Set<TokenID>
  /// How prompts and steps use the machine, see ``DecodingSession``.
  public var options: RunOptions
  /// What happens to the logits of every step before ``Sampling`` has them, in this order.
  public var processors: [any LogitsProcessor]

  /// A generator of parts that are there.
  public init(
    model: LlamaModel, tokenizer: Tokenizer, endTokens: Set<TokenID> = [], options: RunOptions = RunOptions(),
    processors: [any LogitsProcessor] = []
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.endTokens = endTokens
    self.options = options
    self.processors = processors
  }

  /// Opens a Hugging Face model directory: `config.json`, safetensors, `tokenizer.json`; see ``GenerationConfiguration`` for the
  /// tokens that end a text.
  /// - Throws: what ``LlamaModel/init(directory:)`` and ``Tokenizer/init(contentsOf:)`` throw, or ``FileError``.
  public init(directory: URL, options: RunOptions = RunOptions()) throws {
    let model = try LlamaModel(directory: directory)
    self.init(
      model: model, tokenizer: try model.tokenizer(),
      endTokens: Set(try GenerationConfiguration(directory: directory).endTokens), options: options)
  }

  /// The text that follows a prompt, piece by piece. Nothing is computed before the first piece is asked for.
  ///
  /// - Parameters:
  ///   - prompt: becomes tokens as ``Tokenizer/encode(_:addingSpecialTokens:)`` has it, a BOS token included.
  ///   - sampling: how tokens are chosen.
  ///   - maxNewTokens: most tokens to generate.
  ///   - stop: texts that end the text; empty ones are passed over.
  ///   - finished: called with the whole text and what it took, before the sequence ends.
  public func generate(
    _ prompt: String, sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    finished: (@Sendable (Generation) -> Void)? = nil
  ) -> GeneratedPieces {
    generate(
      tokens: tokenizer.encode(prompt), sampling: sampling, maxNewTokens: maxNewTokens, stop: stop, finished: finished)
  }

  /// The text that follows a prompt of token ids, piece by piece.
  public func generate(
    tokens: [TokenID], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    finished: (@Sendable (Generation) -> Void)? = nil
  ) -> GeneratedPieces {
    GeneratedPieces(
      generator: self, prompt: tokens,
      request: GenerationRequest(sampling: sampling, maxNewTokens: maxNewTokens, stop: stop), finished: finished)
  }

  /// Generates what follows each of several prompts, side by side, on the caller's thread.
  ///
  /// A text is the same as if it were generated alone, but for the random draws, which are numbered by text: those of the
  /// first prompt are those of a prompt alone.
  /// - Parameters:
  ///   - prompts: token ids, a BOS token included where the model wants one.
  ///   - sampling: how the next token is chosen.
  ///   - maxNewTokens: most tokens to generate for each prompt.
  ///   - stop: texts that end a generation; they are not part of it.
  ///   - observer: sees every block of every token that the model is given, see ``DecodingSession``.
  ///   - receive: called with every piece of text as it comes. An error thrown here stops the generation.
  /// - Returns: a text for each prompt.
  /// - Throws: ``SamplingError`` or ``RunError``, or what `observer` or `receive` throws.
  @discardableResult
  public func generate(
    prompts: [[TokenID]], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    observer: inout some LayerObserver, receive: (_ text: Int, _ piece: String) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    let request = GenerationRequest(sampling: sampling, maxNewTokens: maxNewTokens, stop: stop)
    let run = try GenerationRun(self, prompts, request)
    while !run.isFinished {
      for (text, piece) in try run.advance(observer: &observer) { try receive(text, piece) }
    }
    return run.results
  }

  /// The same for prompts that become tokens as ``Tokenizer/encode(_:addingSpecialTokens:)`` has it, a BOS token included.
  @discardableResult
  public func generate(
    prompts: [String], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    observer: inout some LayerObserver, receive: (_ text: Int, _ piece: String) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    try generate(
      prompts: prompts.map { tokenizer.encode($0) }, sampling: sampling, maxNewTokens: maxNewTokens, stop: stop,
      observer: &observer, receive: receive)
  }

  /// The same for prompts of text, where nobody observes.
  @discardableResult
  public func generate(
    prompts: [String], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    receive: (_ text: Int, _ piece: String) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    var nobody = NoObserver()
    return try generate(
      prompts: prompts, sampling: sampling, maxNewTokens: maxNewTokens, stop: stop, observer: &nobody,
      receive: receive)
  }

  /// The same, where nobody observes.
  @discardableResult
  public func generate(
    prompts: [[TokenID]], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    receive: (_ text: Int, _ piece: String) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    var nobody = NoObserver()
    return try generate(
      prompts: prompts, sampling: sampling, maxNewTokens: maxNewTokens, stop: stop, observer: &nobody,
      receive: receive)
  }
}
