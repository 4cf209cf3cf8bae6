import ArgumentParser
import Foundation

/// Folder for what is made of a run.
struct OutputOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder to write into; by default that of the run.", valueName: "dir"), completion: .directory)
  var output: String?

  func validate() throws { try checkPaths(["--output": output]) }

  /// Folder to write into; nil for that of the run.
  var url: URL? { output.map { URL(filePath: $0) } }
}

/// Folder for what a command makes without a run.
struct NewFolderOption: ParsableArguments {
  @Option(help: ArgumentHelp("Folder to write; made where it is missing.", valueName: "dir"), completion: .directory)
  var output: String

  func validate() throws { try checkPaths(["--output": output]) }

  var url: URL { URL(filePath: output) }
}
