import Foundation
import TestSupport
import Testing

/// What a shell makes of commands as they are printed: their words, after quoting, continued lines and redirections.
///
/// Nothing is run. In place of every program stands a script that writes its words down.
struct ShellCommands {
  /// The words of each program that was called, its name first.
  let calls: [[String]]
  /// Names of the files that output was sent to.
  let redirected: Set<String>

  private static let programs = ["fp-cli", "make", "python3", "sqlite3", "jq", "pip"]
  /// Where an environment of Python has its own.
  private static let environment = ".venv/bin"

  /// - Parameter files: what the commands read through a redirection; empty files of these names are there.
  init(_ script: String, files: [String] = []) throws {
    let folder = try TemporaryFolder()
    let places = ["programs", Self.environment].map { folder.url.appending(path: $0) }
    let log = folder.path("log")
    let stub =
      "#!/bin/sh\n{ for word in \"${0##*/}\" \"$@\"; do printf '%s\\037' \"$word\"; done; printf '\\036'; } >> '\(log)'\n"
    for place in places {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for program in Self.programs {
        let file = place.appending(path: program)
        try Data(stub.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      }
    }
    for file in files { try folder.write("", to: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // Words that are no quoted pattern must not be one either.
    process.arguments = ["-efuc", script]
    process.currentDirectoryURL = folder.url
    process.environment = ["PATH": places[0].path, "HOME": folder.path]
    let messages = Pipe()
    process.standardError = messages
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = String(decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(said)\(script)")
    redirected = Set(try folder.names).subtracting(files + ["log"])
    calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\u{1E}").map { call in
      // Every word, an empty one too, ends with the separator.
      call.split(separator: "\u{1F}", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }
}
