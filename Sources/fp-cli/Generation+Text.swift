import LlamaCore
import ProfileReport

/// Output of `generate`.
extension Generation {
  /// Lengths, speeds, the reason of the end and the seed, in one line.
  func statistics(_ sampling: Sampling) -> String {
    let prefill = "prefill \(TextTable.count(timing.prefillTokens, "token"))"
    var parts = ["\(prefill), \(speed(Double(timing.prefillTokens), timing.prefillSeconds))"]
    if timing.decodeTokens > 0 {
      let decode = "decode \(TextTable.count(timing.decodeTokens, "token"))"
      parts.append("\(decode), \(speed(Double(timing.decodeTokens), timing.decodeSeconds))")
    }
    parts.append("ended by \(reason.rawValue)")
    if sampling.temperature > 0 { parts.append("seed \(sampling.seed)") }
    return parts.joined(separator: "; ")
  }

  /// Result as one line of JSON.
  func json(_ sampling: Sampling) -> String {
    var members: JSONObject = [
      "text": .string(text), "tokens": .array(tokens.map { .integer(Int($0)) }),
      "stop_reason": .string(reason.rawValue), "prompt_tokens": .integer(promptTokens),
      "prefill_seconds": .number(timing.prefillSeconds), "decode_tokens": .integer(timing.decodeTokens),
      "decode_seconds": .number(timing.decodeSeconds), "temperature": .number(sampling.temperature),
    ]
    // A string, since most readers treat JSON numbers as doubles.
    if sampling.temperature > 0 { members["seed"] = .string("\(sampling.seed)") }
    return JSONValue.object(members).text() + "\n"
  }
}
