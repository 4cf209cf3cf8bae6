import ArgumentParser
import Foundation
import LlamaCore
import Profiler

/// Windows of tokens that are cut from documents.
struct WindowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Cuts texts of N tokens from random places of documents; goes with --tokenizer.", valueName: "n")
  )
  var window: Int?

  @Option(help: ArgumentHelp("Maximum windows of a document.", valueName: "n"))
  var windowsPerDocument = 4

  @Option(
    help: ArgumentHelp("tokenizer.json, or the model directory that holds one.", valueName: "path"),
    completion: .file())
  var tokenizer: String?

  func validate() throws {
    try checkCounts([
      "--window": (window, 1...Int.max), "--windows-per-document": (windowsPerDocument, 1...Int.max),
    ])
    if (window == nil) != (tokenizer == nil) { throw ValidationError("--window and --tokenizer go together") }
    if let tokenizer { try checkPaths(["--tokenizer": tokenizer]) }
  }

  /// Returns the windows; nil if texts are kept whole.
  ///
  /// - Throws: `TokenizerError` if the tokenizer cannot be read, or a validation error for a window that is too small.
  func windows() throws -> TokenWindows? {
    guard let window, let tokenizer else { return nil }
    let read = try Tokenizer(contentsOf: URL(filePath: tokenizer))
    guard let windows = TokenWindows(size: window, perDocument: windowsPerDocument, tokenizer: read) else {
      let special = read.prefixTokens.count + read.suffixTokens.count
      throw ValidationError(
        "--window: expected more than the \(special) tokens that the tokenizer adds, found \(window)")
    }
    return windows
  }
}
