import LlamaCore

/// One text of a corpus: characters still to be tokenised, or token ids taken as they are.
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
  /// Equal bytes or equal ids. `String`'s own equality would take "é" for "e" with an accent, which a tokenizer tells
  /// apart.
  public static func == (left: CorpusText, right: CorpusText) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.tokens(let left), .tokens(let right)): left == right
    default: false
    }
  }
}
