import Foundation
import Foundations

/// The conversation format of a chat model, recognised by its `chat_template`.
///
/// Templates are Jinja programs. Those of Llama 2, Llama 3 (with and without the dated header of 3.1 to 3.3) and ChatML
/// are recognised by their content, and their output for a system text and one question is produced here; any other
/// template is refused by name.
public struct ChatFormat: Sendable, Equatable {
  enum Kind: Equatable {
    case llama2
    case llama3
    /// Llama 3.1 to 3.3: the system text begins with dates. `today` is nil if the template reads the clock.
    case llama3Dated(today: String?)
    /// `system` is the default system text.
    case chatML(system: String?)
  }

  let kind: Kind
  /// The text of the BOS token if the template writes it.
  let begin: String

  /// Reads `chat_template.jinja` or the `chat_template` of `tokenizer_config.json`, as transformers does, in a model
  /// directory.
  /// - Throws: ``FileError`` naming the file, also for a model without a template or with an unknown one.
  public init(directory: URL) throws {
    let configuration = directory.appending(path: "tokenizer_config.json")
    let json = try JSONValue(contentsOf: configuration, limit: 100_000_000)
    func malformed(_ reason: String) -> FileError {
      FileError(path: configuration.relativePath, reason: .malformed(reason))
    }
    let file = directory.appending(path: "chat_template.jinja")
    let isFile = FileManager.default.fileExists(atPath: file.path)
    let template: String
    if isFile {
      let bytes = try RegularFile.bytes(of: file, limit: 1_000_000)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw FileError(path: file.relativePath, reason: .malformed("expected UTF-8, found something else"))
      }
      template = text
    } else {
      // One template, or several with names.
      let found = json["chat_template"]
      let named = found?.array?.first { $0["name"]?.string == "default" }?["template"]
      guard let text = (named ?? found)?.string else {
        throw malformed("chat_template: expected a template, found \(found?.found ?? "nothing")")
      }
      template = text
    }
    let begin = json["bos_token"]?.string ?? json["bos_token"]?["content"]?.string
    do throws(ChatTemplateFault) {
      try self.init(template: template, begin: begin)
    } catch {
      let path = isFile ? file.relativePath : configuration.relativePath
      throw FileError(path: path, reason: .malformed("chat_template: \(error.reason)"))
    }
  }

  /// - Parameter begin: text of the BOS token.
  package init(template: String, begin: String?) throws(ChatTemplateFault) {
    kind = try Self.kind(of: template)
    let writesBegin = template.contains("bos_token")
    guard let begin = writesBegin ? begin : "" else {
      throw ChatTemplateFault(reason: "expected the bos_token that the template writes, found none")
    }
    self.begin = begin
  }

  /// Name of the format.
  public var name: String {
    switch kind {
    case .llama2: "Llama 2"
    case .llama3, .llama3Dated: "Llama 3"
    case .chatML: "ChatML"
    }
  }

  /// The token that ends an answer, in the spelling of the tokenizer.
  public var endToken: String {
    switch kind {
    case .llama2: "</s>"
    case .llama3, .llama3Dated: "<|eot_id|>"
    case .chatML: "<|im_end|>"
    }
  }

  /// Returns a conversation up to the start of the answer, equal to transformers'
  /// `apply_chat_template(add_generation_prompt=True)`.
  ///
  /// It begins with the BOS token if the template writes one: encode it without adding special tokens. Special tokens
  /// written out in `user` or `system` become special tokens, as with transformers.
  /// - Parameters:
  ///   - user: the question.
  ///   - system: the system text.
  ///   - today: the date for templates that include it.
  public func prompt(user: String, system: String? = nil, today: Date = Date()) -> String {
    switch kind {
    case .llama2:
      let instruction = system.map { "<<SYS>>\n\($0)\n<</SYS>>\n\n\(user)" } ?? user
      return "\(begin)[INST] \(instruction.strippedAsPython) [/INST]"
    case .llama3:
      return begin + (system.map { Self.header("system") + $0.strippedAsPython + "<|eot_id|>" } ?? "") + Self.turn(user)
    case .llama3Dated(let date):
      let dates = "Cutting Knowledge Date: December 2023\nToday Date: \(date ?? Self.day(today))\n\n"
      return begin + Self.header("system") + dates + (system ?? "").strippedAsPython + "<|eot_id|>" + Self.turn(user)
    case .chatML(let defaultSystem):
      let told = (system ?? defaultSystem).map { "<|im_start|>system\n\($0)<|im_end|>\n" } ?? ""
      return "\(begin)\(told)<|im_start|>user\n\(user)<|im_end|>\n<|im_start|>assistant\n"
    }
  }

  private static func header(_ role: String) -> String { "<|start_header_id|>\(role)<|end_header_id|>\n\n" }

  private static func turn(_ user: String) -> String {
    header("user") + user.strippedAsPython + "<|eot_id|>" + header("assistant")
  }

  /// Formats a date as `strftime("%d %b %Y")` does in English, in local time.
  private static func day(_ date: Date) -> String {
    let parts = Calendar(identifier: .gregorian).dateComponents([.day, .month, .year], from: date)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let (day, month) = (parts.day ?? 1, max(1, min(parts.month ?? 1, 12)))
    return "\(day < 10 ? "0" : "")\(day) \(months[month - 1]) \(parts.year ?? 0)"
  }
}

extension String {
  /// The text without white space at both ends; Python's `str.strip` strips four more characters than Unicode defines.
  fileprivate var strippedAsPython: String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
    }
    var scalars = unicodeScalars[...]
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(scalars)
  }
}
