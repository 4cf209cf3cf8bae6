import Foundation
import Testing

/// Runs the built `fp-cli` as a user's shell would.
struct Tool {
  struct Result {
    let status: Int32
    let output: String
    let messages: String
    var lines: [Substring] { messages.split(separator: "\n") }
  }

  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let fixtures = repository.appending(path: "Fixtures")
  static let shared = repository.deletingLastPathComponent().appending(path: "shared")
  static let hasShared = FileManager.default.fileExists(atPath: shared.appending(path: "README.md").path)

  /// Beside the test bundle, whatever the configuration and the scratch path of the build.
  static let executable: URL = {
    let arguments = CommandLine.arguments.map { URL(filePath: $0) }
    let folders = (arguments + [Bundle.main.bundleURL.appending(path: "x")]).flatMap { url in
      [url.deletingLastPathComponent(), url.deletingLastPathComponent().deletingLastPathComponent()]
    }
    let candidates = (folders + [repository.appending(path: ".build/release")]).map { $0.appending(path: "fp-cli") }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }()

  static func run(_ arguments: String...) throws -> Result { try run(arguments) }

  static func run(_ arguments: [String]) throws -> Result {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    // Files, not pipes: neither side can wait for the other.
    let folder = try Folder()
    let (output, messages) = (folder.url.appending(path: "out"), folder.url.appending(path: "err"))
    for file in [output, messages] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: messages)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      messages: try String(contentsOf: messages, encoding: .utf8))
  }
}

/// A folder that is removed with the value.
final class Folder {
  let url: URL
  var path: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "fp-cli-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws -> String {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Names of what is in it, hidden files too.
  func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// A CSV without quoted fields, by column.
struct Table {
  let header: [String]
  let rows: [[String]]

  init(_ url: URL) throws {
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    header = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }
}
