/// Command line as typed, to be shown and typed again.
enum CommandWords {
  /// `fp-cli` and the arguments of this process.
  static var typed: String { (["fp-cli"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ") }

  /// Quotes a word for a shell.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || "0123456789-_./=,:+@%".unicodeScalars.contains($0)
      }
    return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
