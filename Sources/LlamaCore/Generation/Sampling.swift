public import Foundations

/// Settings for choosing the next token from a model's logits.
///
/// ```swift
/// let sampling = Sampling(temperature: 0.8, topP: 0.95, seed: 7)
/// let next = try sampling.token(from: logits.values, after: tokens, step: 0)
/// ```
///
/// The logits go through the repetition penalty, temperature, top-k, top-p and min-p, in this order, as in Hugging Face
/// transformers; a step that is nil is skipped. Then a token is drawn. The draw depends only on the seed and the
/// numbers of the text and the step, not on threads or on other texts generated at the same time.
public struct Sampling: Sendable, Equatable {
  /// Divisor of the logits; 0 selects the likeliest token, the lowest id among equals.
  public var temperature: Double
  /// See ``TopK``.
  public var topK: Int?
  /// See ``TopP``.
  public var topP: Double?
  /// See ``MinP``.
  public var minP: Double?
  /// See ``RepetitionPenalty``. It also applies at temperature 0.
  public var repetitionPenalty: Double?
  /// Seed of all random draws.
  public var seed: UInt64

  public init(
    temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil,
    repetitionPenalty: Double? = nil, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }

  /// Always selects the likeliest token.
  public static let greedy = Sampling(temperature: 0)

  /// The processors, in the order of application.
  public var processors: [any LogitsProcessor] {
    var steps: [any LogitsProcessor] = []
    if let repetitionPenalty, repetitionPenalty != 1 { steps.append(RepetitionPenalty(repetitionPenalty)) }
    if temperature == 0 { return steps }
    if temperature != 1 { steps.append(Temperature(temperature)) }
    if let topK { steps.append(TopK(topK)) }
    if let topP { steps.append(TopP(topP)) }
    if let minP { steps.append(MinP(minP)) }
    return steps
  }

  /// Throws for settings out of range.
  public func check() throws(SamplingError) {
    func check(_ name: String, _ value: Double?, _ expected: String, _ isValid: (Double) -> Bool) throws(SamplingError)
    {
      guard let value, !(value.isFinite && isValid(value)) else { return }
      throw .setting(name, expected: expected, found: "\(value)")
    }
    try check("temperature", temperature, "0 or more") { $0 >= 0 }
    try check("top-p", topP, "more than 0, at most 1") { $0 > 0 && $0 <= 1 }
    try check("min-p", minP, "a number from 0 to 1") { $0 >= 0 && $0 <= 1 }
    try check("repetition-penalty", repetitionPenalty, "more than 0") { $0 > 0 }
    if let topK, topK < 1 { throw .setting("top-k", expected: "at least 1", found: "\(topK)") }
  }

  /// Returns the tokens that can be drawn, with the logits whose softmax is their distribution.
  ///
  /// - Parameters:
  ///   - logits: `[vocabularySize]`.
  ///   - tokens: the sequence so far, including the prompt.
  public func candidates(
    of logits: [Float], after tokens: [TokenID]
  ) throws(SamplingError) -> TokenCandidates {
    try Sampler(self).candidates(of: logits, after: tokens)
  }

  /// Draws a token.
  ///
  /// - Parameters:
  ///   - logits: `[vocabularySize]`.
  ///   - tokens: the sequence so far, including the prompt.
  ///   - text: index of the text among those generated with this seed.
  ///   - step: number of tokens generated before for this text.
  /// - Throws: ``SamplingError`` for settings out of range, and for logits that are NaN or ∞.
  public func token(
    from logits: [Float], after tokens: [TokenID], text: Int = 0, step: Int
  ) throws(SamplingError) -> TokenID {
    try Sampler(self).token(from: logits, after: tokens, text: text, step: step)
  }
}

/// The reason why no token could be chosen.
public enum SamplingError: DescribedError, Equatable, Sendable {
  /// A setting is out of range.
  case setting(String, expected: String, found: String)
  /// A logit is NaN or ∞.
  case notFinite(token: Int, logit: Double)
  /// No token has a probability.
  case noToken

  /// One line saying what was expected and what was found.
  public var description: String {
    switch self {
    case .setting(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
    case .notFinite(let token, let logit): "logit of token \(token): expected a finite number, found \(logit)"
    case .noToken: "logits: expected a token that can come next, found none"
    }
  }
}
