import ProfileReport

/// Command line as typed, to be shown and typed again.
enum CommandWords {
  /// `fp-cli` and the arguments of this process.
  static var typed: String {
    (["fp-cli"] + CommandLine.arguments.dropFirst()).map(ShellWord.quoted).joined(separator: " ")
  }
}
