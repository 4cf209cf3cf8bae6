/// Validated sampling settings with their processors.
struct Sampler: Sendable {
  private let steps: [any LogitsProcessor]
  private let temperature: Double
  private let seed: UInt64

  /// - Parameter processors: applied before those of `sampling`.
  /// - Throws: ``SamplingError/setting(_:expected:found:)``.
  init(_ sampling: Sampling, processors: [any LogitsProcessor] = []) throws(SamplingError) {
    try sampling.check()
    steps = processors + sampling.processors
    (temperature, seed) = (sampling.temperature, sampling.seed)
  }

  /// Returns the tokens that can be drawn, see ``Sampling/candidates(of:after:)``.
  func candidates(of logits: [Float], after tokens: [TokenID]) throws(SamplingError) -> TokenCandidates {
    var candidates = try TokenCandidates(logits)
    for step in steps { step.process(&candidates, after: tokens) }
    if temperature == 0 { candidates.keepLargest() }
    return candidates
  }

  /// Draws a token, see ``Sampling/token(from:after:text:step:)``.
  func token(from logits: [Float], after tokens: [TokenID], text: Int, step: Int) throws(SamplingError) -> TokenID {
    if temperature == 0, steps.isEmpty {
      try logits.checkLogits()
      var (best, largest) = (0, -Float.infinity)
      for index in logits.indices where logits[index] > largest { (best, largest) = (index, logits[index]) }
      return TokenID(best)
    }
    let candidates = try candidates(of: logits, after: tokens)
    return try candidates.token(at: CounterRNG.uniform(seed: seed, text: text, step: step))
  }
}
