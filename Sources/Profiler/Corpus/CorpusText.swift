import Foundations
public import LlamaCore

/// One text of a corpus: characters to be tokenised, or token ids used as they are; and its group, if it has one.
public struct CorpusText: Sendable {
  /// What a text consists of.
  public enum Content: Sendable {
    case string(String)
    case tokens([TokenID])
  }

  public let content: Content
  /// What the text was taken from or belongs to (a document, a task, a source file): texts of one group are not
  /// independent, and statistics count them as one observation. The same group in two domains is one group. Nil for a
  /// text that is a group of its own.
  public let group: String?

  /// - Parameters:
  ///   - content: the characters or ids.
  ///   - group: the text's group, if it has one: not empty, of at most ``groupLimit`` bytes, without a NUL.
  public init(_ content: Content, group: String? = nil) {
    self.content = content
    self.group = group
  }

  /// Returns a text of characters without a group.
  public static func string(_ text: String) -> CorpusText { CorpusText(.string(text)) }

  /// Returns a text of token ids without a group.
  public static func tokens(_ tokens: [TokenID]) -> CorpusText { CorpusText(.tokens(tokens)) }

  /// Maximum length of the name of a group in bytes.
  public static let groupLimit = 1_000

  /// Returns what is wrong with the name of a group; nil if it can be one.
  package static func fault(inGroup name: String) -> String? {
    if name.isEmpty { return "expected a group that is not empty, found \"\"" }
    if name.utf8.contains(0) { return "expected a group without a NUL, found \(name.quoted)" }
    guard name.utf8.count > groupLimit else { return nil }
    return "expected a group of at most \(groupLimit) bytes, found \(name.utf8.count)"
  }

  /// True for a text without characters or ids. Such a text keeps its index but is not run.
  public var isEmpty: Bool {
    switch content {
    case .string(let text): text.isEmpty
    case .tokens(let tokens): tokens.isEmpty
    }
  }
}

extension CorpusText: Equatable {
  /// Compares bytes or ids. The equality of `String` would treat "é" as "e" with an accent, which a tokenizer
  /// distinguishes.
  public static func == (left: CorpusText, right: CorpusText) -> Bool {
    guard left.group.map({ ByteString($0) }) == right.group.map({ ByteString($0) }) else { return false }
    switch (left.content, right.content) {
    case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
    case (.tokens(let left), .tokens(let right)): return left == right
    default: return false
    }
  }
}
