import ArgumentParser
import Foundation
import ProfileStore

/// Folder of a run.
struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  func validate() throws { try checkPaths(["<run>": folder]) }

  var url: URL { URL(filePath: folder) }

  /// The run's database.
  var database: URL { url.appending(path: RunFolder.fileName) }
}
