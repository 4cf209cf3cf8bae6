import LlamaCore

/// One text of a corpus: characters to be tokenised, or token ids used as they are.
public enum CorpusText: Sendable {
  case string(String)
  case tokens([TokenID])

  /// True for a text without characters or ids. Such a text keeps its index but is not run.
  public var isEmpty: Bool {
    switch self {
    case .string(let text): text.isEmpty
    case .tokens(let tokens): tokens.isEmpty
    }
  }
}

extension CorpusText: Equatable {
  /// Compares bytes or ids. The equality of `String` would treat "é" as "e" with an accent, which a tokenizer
  /// distinguishes.
  public static func == (left: CorpusText, right: CorpusText) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.tokens(let left), .tokens(let right)): left == right
    default: false
    }
  }
}
