import Foundation

/// Generates text with a model and its tokenizer.
///
/// ```swift
/// let generator = try TextGenerator(directory: URL(filePath: "Llama-3.2-1B"))
/// for try await event in generator.generate("Once upon a time") {
///   if case .piece(let text) = event { print(text, terminator: "") }
/// }
/// ```
///
/// A text is identical in every run and for any number of threads. It ends with an end token, a stop string, the
/// requested number of tokens, or the model's last position. Neither the end token nor the stop string is part of it.
public struct TextGenerator: Sendable {
  /// The model, which may be replaced by one of the same vocabulary, such as ``LlamaModel/edited(by:)``.
  public var model: LlamaModel
  public let tokenizer: Tokenizer
  /// Tokens that end a text.
  public var endTokens: Set<TokenID>
  /// Options for prompts and steps, see ``DecodingSession``.
  public var options: RunOptions
  /// Processors applied to the logits of every step before those of ``Sampling``, in this order.
  public var processors: [any LogitsProcessor]

  /// Creates a generator from a loaded model and tokenizer.
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

  /// Opens a Hugging Face model directory: `config.json`, safetensors, `tokenizer.json`. The tokens that end a text are
  /// those of ``GenerationConfiguration``.
  /// - Throws: the errors of ``LlamaModel/init(directory:)`` and ``Tokenizer/init(contentsOf:)``, or ``FileError``.
  public init(directory: URL, options: RunOptions = RunOptions()) throws {
    let model = try LlamaModel(directory: directory)
    self.init(
      model: model, tokenizer: try model.tokenizer(),
      endTokens: Set(try GenerationConfiguration(directory: directory).endTokens), options: options)
  }

  /// Returns the text that follows a prompt, piece by piece, and its result. Nothing is computed before the first event
  /// is requested.
  ///
  /// - Parameters:
  ///   - prompt: tokenized by ``Tokenizer/encode(_:addingSpecialTokens:)``, including a BOS token.
  ///   - sampling: settings for choosing tokens.
  ///   - maxNewTokens: maximum number of tokens to generate.
  ///   - stop: strings that end the text; empty ones are ignored.
  public func generate(
    _ prompt: String, sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = []
  ) -> GenerationEvents {
    generate(tokens: tokenizer.encode(prompt), sampling: sampling, maxNewTokens: maxNewTokens, stop: stop)
  }

  /// As above, for a prompt of token ids.
  public func generate(
    tokens: [TokenID], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = []
  ) -> GenerationEvents {
    GenerationEvents(
      generator: self, prompt: tokens,
      request: GenerationRequest(sampling: sampling, maxNewTokens: maxNewTokens, stop: stop))
  }

  /// Generates a continuation of each of several prompts, in lockstep, on the caller's thread.
  ///
  /// A text is the same as if it were generated alone, except for the random draws, which are numbered by text: the
  /// draws of the first prompt equal those of a prompt alone.
  /// - Parameters:
  ///   - prompts: token ids, including a BOS token if the model expects one.
  ///   - sampling: settings for choosing tokens.
  ///   - maxNewTokens: maximum number of tokens to generate for each prompt.
  ///   - stop: strings that end a generation; they are not part of it.
  ///   - observer: called for every block of every token that the model processes, see ``DecodingSession``.
  ///   - receive: called with every piece of text as it is generated. An error thrown here stops the generation.
  /// - Returns: a text for each prompt.
  /// - Throws: ``SamplingError`` or ``RunError``, or an error of `observer` or `receive`.
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

  /// As above, for prompts tokenized by ``Tokenizer/encode(_:addingSpecialTokens:)``, including a BOS token.
  @discardableResult
  public func generate(
    prompts: [String], sampling: Sampling = .greedy, maxNewTokens: Int = 256, stop: [String] = [],
    observer: inout some LayerObserver, receive: (_ text: Int, _ piece: String) throws -> Void = { _, _ in }
  ) throws -> [Generation] {
    try generate(
      prompts: prompts.map { tokenizer.encode($0) }, sampling: sampling, maxNewTokens: maxNewTokens, stop: stop,
      observer: &observer, receive: receive)
  }

  /// As above, for text prompts and without an observer.
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

  /// As above, without an observer.
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
