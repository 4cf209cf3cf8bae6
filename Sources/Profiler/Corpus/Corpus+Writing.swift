import Foundation
import LlamaCore

extension Corpus {
  /// Writes the corpus as `{"domain": [text, …], …}`, one text per line, whole or not at all.
  ///
  /// Reading the file gives this corpus again. A flat list is written as an object of one domain.
  ///
  /// - Throws: `CorpusError.cannotWrite`.
  public func write(to url: URL) throws(CorpusError) {
    do {
      var file = try WholeFile(at: url)
      try file.write("{")
      for (number, domain) in domains.enumerated() {
        try file.write(number == 0 ? "\n  " : ",\n  ")
        try file.write(domain.name.jsonLiteral)
        try file.write(": [")
        for (index, text) in domain.texts.enumerated() {
          try file.write(index == 0 ? "\n    " : ",\n    ")
          switch text {
          case .string(let text): try file.write(text.jsonLiteral)
          case .tokens(let tokens): try file.write("[" + tokens.map(String.init).joined(separator: ",") + "]")
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

extension String {
  /// The text as a JSON string in UTF-8, quotes included. Only what RFC 8259 requires is escaped.
  fileprivate var jsonLiteral: [UInt8] {
    var literal: [UInt8] = [UInt8(ascii: "\"")]
    literal.reserveCapacity(utf8.count + 2)
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): literal += "\\n".utf8
      case UInt8(ascii: "\r"): literal += "\\r".utf8
      case UInt8(ascii: "\t"): literal += "\\t".utf8
      case 0..<0x20: literal += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: literal.append(byte)
      }
    }
    literal.append(UInt8(ascii: "\""))
    return literal
  }
}
