// Escaping of names and values from files for one-line messages.

extension String {
  /// The text with control characters, such as line breaks, escaped.
  package var onOneLine: String {
    // The common case: nothing to escape.
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var line = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      case "\t": line += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: line += "\\u{\(String(scalar.value, radix: 16))}"
        default: line.unicodeScalars.append(scalar)
        }
      }
    }
    return line
  }

  /// The text on one line between double quotes, cut after 60 scalars.
  package var quoted: String { "\"\(head(60))\"" }

  /// The text on one line, truncated after 200 scalars: a file may contain a name of megabytes.
  package var clipped: String { head(200) }

  private func head(_ count: Int) -> String {
    if utf8.count <= count { return onOneLine }
    let head = String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    return head.onOneLine + (head.utf8.count < utf8.count ? "…" : "")
  }
}

extension [String] {
  /// The first twelve names, each quoted.
  package var quotedList: String {
    prefix(12).map(\.quoted).joined(separator: ", ") + (count > 12 ? ", …" : "")
  }
}
