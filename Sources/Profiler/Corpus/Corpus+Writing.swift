import Foundation
import Foundations

extension Corpus {
  /// Writes the corpus as `{"domain": [text, …], …}`, one text per line, atomically.
  ///
  /// A text with a group is written as `{"text": …, "group": …}`. Reading the file gives an equal corpus. A flat list is written as an object of one domain.
  ///
  /// - Throws: `CorpusError.cannotWrite`.
  public func write(to url: URL) throws(CorpusError) {
    do {
      var file = try AtomicFile(at: url)
      try file.write("{")
      for (number, domain) in domains.enumerated() {
        try file.write(number == 0 ? "\n  " : ",\n  ")
        try file.write(domain.name.jsonLiteral)
        try file.write(": [")
        for (index, text) in domain.texts.enumerated() {
          try file.write(index == 0 ? "\n    " : ",\n    ")
          if text.group != nil { try file.write(text.isString ? "{\"text\": " : "{\"tokens\": ") }
          switch text.content {
          case .string(let text): try file.write(text.jsonLiteral)
          case .tokens(let tokens): try file.write("[" + tokens.map(String.init).joined(separator: ",") + "]")
          }
          if let group = text.group {
            try file.write(", \"group\": ")
            try file.write(group.jsonLiteral)
            try file.write("}")
          }
        }
        try file.write(domain.texts.isEmpty ? "]" : "\n  ]")
      }
      try file.write("\n}\n")
      try file.commit()
    } catch {
      throw .cannotWrite(file: url.relativePath, reason: error.reason.description)
    }
  }
}

extension CorpusText {
  /// True for a text of characters.
  fileprivate var isString: Bool { if case .string = content { true } else { false } }
}

extension String {
  /// The text as a JSON string in UTF-8, including quotes.
  fileprivate var jsonLiteral: [UInt8] {
    var writer = JSONWriter()
    writer.string(self)
    return writer.bytes
  }
}
