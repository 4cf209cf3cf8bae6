import Foundations

/// The reason why a chat template is refused.
package struct ChatTemplateFault: Error {
  package let reason: String
}

extension ChatFormat {
  /// Classifies a template by its content.
  static func kind(of template: String) throws(ChatTemplateFault) -> Kind {
    if template.contains("<think>") || template.contains("enable_thinking") { throw unknown("one with thinking") }
    if template.contains("<|start_header_id|>") { return try llama3(template) }
    if template.contains("<|im_start|>") { return try chatML(template) }
    if template.contains("[INST]"), template.contains("<<SYS>>") {
      if template.contains("DEFAULT_SYSTEM_MESSAGE") { throw unknown("Llama 2's with a default system text") }
      return .llama2
    }
    let others = [
      ("[INST]", "Mistral's"), ("<start_of_turn>", "Gemma's"), ("<|user|>", "Zephyr's"),
      ("<|START_OF_TURN_TOKEN|>", "Cohere's"),
      ("<｜User｜>", "DeepSeek's"), ("USER:", "Vicuna's"), ("### Instruction", "Alpaca's"),
    ]
    throw unknown(others.first { template.contains($0.0) }?.1 ?? template.quoted)
  }

  private static func unknown(_ found: String) -> ChatTemplateFault {
    ChatTemplateFault(reason: "expected that of Llama 2, Llama 3 or ChatML, found \(found)")
  }

  private static func llama3(_ template: String) throws(ChatTemplateFault) -> Kind {
    guard template.contains("<|eot_id|>") else { throw unknown("one with Llama 3's headers that is not Llama 3's") }
    guard template.contains("Cutting Knowledge Date") else { return .llama3 }
    guard template.contains("Cutting Knowledge Date: December 2023"), template.contains("Today Date: ") else {
      throw unknown("Llama 3's with other dates than those of 3.1 to 3.3")
    }
    // If the template reads a clock, the other date is only its fallback without one; transformers always provides the
    // clock.
    if template.contains("strftime_now") { return .llama3Dated(today: nil) }
    guard template.contains("\"26 Jul 2024\"") || template.contains("'26 Jul 2024'") else {
      throw unknown("Llama 3's with other dates than those of 3.1 to 3.3")
    }
    return .llama3Dated(today: "26 Jul 2024")
  }

  private static func chatML(_ template: String) throws(ChatTemplateFault) -> Kind {
    guard template.contains("<|im_end|>") else { throw unknown("one with ChatML's beginnings only") }
    if template.contains("trim") || template.contains("strip") { throw unknown("ChatML with contents trimmed") }
    // The system text in a literal of the template; if it is computed, a quote follows at once.
    var defaults: Set<String> = []
    for opening in ["<|im_start|>system\\n", "<|im_start|>system\n"] {
      for part in template.split(separator: opening, omittingEmptySubsequences: false).dropFirst() {
        if part.first == "'" || part.first == "\"" { continue }
        guard let end = part.firstRange(of: "<|im_end|>") else { throw unknown("ChatML with a system text of its own") }
        let text = part[..<end.lowerBound]
        // Escapes and expressions would need a Jinja interpreter.
        guard !text.contains(where: { "'\"\\{}".contains($0) }) else {
          throw unknown("ChatML with a system text of its own")
        }
        defaults.insert(String(text))
      }
    }
    guard defaults.count <= 1 else { throw unknown("ChatML with several system texts of its own") }
    return .chatML(system: defaults.first)
  }
}
