/// A run that generates several texts in lockstep. Not thread-safe.
final class GenerationRun {
  /// A text that is not finished.
  private struct Text {
    /// Prompt and generated tokens.
    var sequence: [TokenID]
    var decoder: IncrementalDecoder
    var stops: StopStrings
    var text = ""
  }

  /// Final text of one of the texts.
  typealias Piece = (text: Int, piece: String)

  private let generator: TextGenerator
  private let request: GenerationRequest
  private let sampler: Sampler
  private let session: DecodingSession
  private let prompts: [[TokenID]]
  private var texts: [Text]
  private var reasons: [Generation.StopReason?]
  private var hasBegun = false
  private var timing = GenerationTiming()

  /// - Throws: ``SamplingError`` or ``RunError`` before any computation.
  init(_ generator: TextGenerator, _ prompts: [[TokenID]], _ request: GenerationRequest) throws {
    sampler = try Sampler(request.sampling, processors: generator.processors)
    self.generator = generator
    self.request = request
    self.prompts = prompts
    session = try DecodingSession(generator.model, options: generator.options)
    texts = prompts.map {
      Text(sequence: $0, decoder: IncrementalDecoder(generator.tokenizer), stops: StopStrings(request.stop))
    }
    reasons = prompts.map { _ in nil }
  }

  /// True once every text has ended.
  var isFinished: Bool { hasBegun && session.sequences.isEmpty }

  /// The texts, once all have ended.
  var results: [Generation] {
    texts.indices.compactMap { index in
      reasons[index].map { reason in
        Generation(
          text: texts[index].text, tokens: Array(texts[index].sequence.dropFirst(prompts[index].count)),
          promptTokens: prompts[index].count, reason: reason, timing: timing)
      }
    }
  }

  /// Computes the next token of every text that has not ended, beginning with the prompts.
  func advance(observer: inout some LayerObserver) throws -> [Piece] {
    let clock = ContinuousClock()
    let start = clock.now
    var pieces: [Piece] = []
    if hasBegun {
      let sequences = session.sequences
      let logits = try session.decode(sequences.compactMap { texts[$0].sequence.last }, observer: &observer)
      for (text, logits) in zip(sequences, logits) { try take(logits.values, text, &pieces) }
      timing.decodeTokens += sequences.count
      timing.decodeSeconds += (clock.now - start) / .seconds(1)
    } else {
      let logits = try session.prefill(prompts, observer: &observer)
      hasBegun = true
      for (text, logits) in logits.enumerated() {
        if let reason = limit(text) {
          try end(text, reason, &pieces)
        } else {
          try take(logits.values, text, &pieces)
        }
      }
      timing.prefillTokens = prompts.reduce(0) { $0 + $1.count }
      timing.prefillSeconds = (clock.now - start) / .seconds(1)
    }
    return pieces
  }

  /// Chooses a text's next token.
  private func take(_ logits: [Float], _ text: Int, _ pieces: inout [Piece]) throws {
    let sequence = texts[text].sequence
    let token = try sampler.token(
      from: logits, after: sequence, text: text, step: sequence.count - prompts[text].count)
    texts[text].sequence.append(token)
    if generator.endTokens.contains(token) { return try end(text, .endToken, &pieces) }
    show(texts[text].decoder.append(token), text, &pieces)
    if texts[text].stops.isFound {
      try end(text, .stopString, &pieces)
    } else if let reason = limit(text) {
      try end(text, reason, &pieces)
    }
  }

  /// Returns the reason why a text can have no further token, if any.
  private func limit(_ text: Int) -> Generation.StopReason? {
    let count = texts[text].sequence.count
    if count - prompts[text].count >= request.maxNewTokens { return .maximumTokens }
    return count >= generator.model.spec.maximumPositions ? .contextFull : nil
  }

  private func end(_ text: Int, _ reason: Generation.StopReason, _ pieces: inout [Piece]) throws {
    try session.finish(text)
    show(texts[text].decoder.finish(), text, &pieces)
    reasons[text] = texts[text].stops.isFound ? .stopString : reason
    let rest = texts[text].stops.finish()
    append(rest, text, &pieces)
  }

  private func show(_ decoded: String, _ text: Int, _ pieces: inout [Piece]) {
    let shown = texts[text].stops.append(decoded)
    append(shown, text, &pieces)
  }

  private func append(_ piece: String, _ text: Int, _ pieces: inout [Piece]) {
    if piece.isEmpty { return }
    texts[text].text += piece
    pieces.append((text, piece))
  }
}
