import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct ChatFormatTests {
  @Test func `prompts are those of Hugging Face transformers' apply_chat_template`() throws {
    let golden = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/chat.json"))
    let seconds = try #require(golden["today"]?["seconds"]?.integer)
    let formats = try #require(golden["formats"]?.array)
    #expect(formats.count == 7)
    for entry in formats {
      let name = try #require(entry["name"]?.string)
      let format = try ChatFormat(
        template: try #require(entry["template"]?.string), begin: try #require(entry["bos_token"]?.string))
      #expect(name.hasPrefix(format.name))
      for conversation in try #require(entry["cases"]?.array) {
        let prompt = format.prompt(
          user: try #require(conversation["user"]?.string), system: conversation["system"]?.string,
          today: Date(timeIntervalSince1970: Double(seconds)))
        #expect(Array(prompt.utf8) == Array(try #require(conversation["prompt"]?.string).utf8), "\(name)")
      }
    }
  }

  @Test(arguments: [
    ("{{ '<|user|>\\n' + message['content'] }}", "Zephyr's"), ("{{ '[INST] ' + content + ' [/INST]' }}", "Mistral's"),
    ("{{ '<start_of_turn>user\\n' }}", "Gemma's"), ("{{ x }}", "\"{{ x }}\""),
    ("<|start_header_id|>", "one with Llama 3's headers that is not Llama 3's"),
    (
      "<|start_header_id|><|eot_id|>Cutting Knowledge Date: June 2025",
      "Llama 3's with other dates than those of 3.1 to 3.3"
    ),
    ("<|im_start|><|im_end|>{{ content | trim }}", "ChatML with contents trimmed"),
    ("<|im_start|>system\\nIt\\'s you<|im_end|>", "ChatML with a system text of its own"),
    ("<|im_start|>system\\nA<|im_end|><|im_start|>system\\nB<|im_end|>", "ChatML with several system texts of its own"),
    ("<|im_start|><|im_end|><think>", "one with thinking"),
  ])
  func `another template is refused by its name`(template: String, name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      JSONValue.object(["chat_template": .string(template), "bos_token": .string("<s>")]).text(),
      to: "tokenizer_config.json")
    #expect {
      try ChatFormat(directory: folder.url)
    } throws: { error in
      "\(error)".hasSuffix(
        "tokenizer_config.json: chat_template: expected that of Llama 2, Llama 3 or ChatML, found \(name)")
    }
  }

  @Test func `the template is a file of its own, one of several by name, or a string`() throws {
    let folder = try TemporaryFolder()
    let llama2 = "{{ bos_token + '[INST] <<SYS>>' }}"
    try folder.write(
      #"{"bos_token": {"content": "<s>"}, "chat_template": [{"name": "tool_use", "template": "x"}, {"name": "default", "template": "\#(llama2)"}]}"#,
      to: "tokenizer_config.json")
    #expect(try ChatFormat(directory: folder.url).prompt(user: "a") == "<s>[INST] a [/INST]")
    try folder.write("<|im_start|><|im_end|>", to: "chat_template.jinja")
    #expect(try ChatFormat(directory: folder.url).name == "ChatML")
    try folder.write(#"{"chat_template": "\#(llama2)"}"#, to: "tokenizer_config.json")
    try FileManager.default.removeItem(at: folder.url.appending(path: "chat_template.jinja"))
    #expect {
      try ChatFormat(directory: folder.url)
    } throws: { error in
      "\(error)".hasSuffix("expected the bos_token that the template writes, found none")
    }
  }
}
