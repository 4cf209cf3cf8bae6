/// A generation request, without the prompt.
struct GenerationRequest: Sendable {
  let sampling: Sampling
  let maxNewTokens: Int
  let stop: [String]
}
