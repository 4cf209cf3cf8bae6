import Foundation
import TestSupport
import Testing

/// Runs the built `fp-cli` as a user's shell would.
struct Tool {
  struct Result {
    /// Exit code, or the number of the signal that ended the process.
    let status: Int32
    let wasSignaled: Bool
    let output: String
    let messages: String
    var lines: [Substring] { messages.split(separator: "\n") }
  }

  static let tinyModel = Repository.fixtures.appending(path: "tiny-llama")

  /// A small trained model and its texts, and where they are there those beside the repository.
  static let trained: [Trained] =
    [
      Trained(
        model: Repository.fixtures.appending(path: "demo-model"),
        corpus: Repository.fixtures.appending(path: "corpora/demo.json"), texts: 224
      )
    ]
    + (Repository.hasShared
      ? [
        Trained(
          model: Repository.shared.appending(path: "conformance/models/stories260K"),
          corpus: Repository.shared.appending(path: "corpora/domains.json"), texts: 444)
      ] : [])

  /// A trained model with texts of seven domains.
  struct Trained: Sendable, CustomTestStringConvertible {
    let model: URL
    let corpus: URL
    let texts: Int
    var testDescription: String { model.lastPathComponent }
  }

  /// Our own vocabularies of the kinds of Llama 2 and 3 with the corpus that their ids are of, and theirs where they are there.
  static let vocabularies: [Vocabulary] = ["llama2", "llama3"].flatMap { name in
    let own = Vocabulary(folder: Repository.fixtures.appending(path: "vocabularies/\(name)"), corpus: trained[0])
    let real = Repository.shared.appending(path: "conformance/tokenizers/\(name)")
    return [own] + trained.dropFirst().map { Vocabulary(folder: real, corpus: $0) }
  }

  /// A folder of `tokenizer.json` and `domains.ids.json`, the ids of a corpus.
  struct Vocabulary: Sendable, CustomTestStringConvertible {
    let folder: URL
    let corpus: Trained
    var testDescription: String { folder.pathComponents.suffix(2).joined(separator: "/") }
  }

  /// Beside the test bundle, whatever the configuration and the scratch path of the build.
  static let executable: URL = {
    let arguments = CommandLine.arguments.map { URL(filePath: $0) }
    let folders = (arguments + [Bundle.main.bundleURL.appending(path: "x")]).flatMap { url in
      [url.deletingLastPathComponent(), url.deletingLastPathComponent().deletingLastPathComponent()]
    }
    let candidates = (folders + [Repository.root.appending(path: ".build/release")]).map {
      $0.appending(path: "fp-cli")
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }()

  static func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// - Parameters:
  ///   - input: what standard input holds.
  ///   - output: where standard output goes instead of the result.
  ///   - shell: a script of `sh` that runs the tool as `"$@"`.
  ///   - meanwhile: called while the process runs.
  static func run(
    _ arguments: [String], input: String? = nil, output: FileHandle? = nil, shell: String? = nil,
    meanwhile: (Process) throws -> Void = { _ in }
  ) throws -> Result {
    let process = Process()
    process.executableURL = shell == nil ? executable : URL(filePath: "/bin/sh")
    process.arguments = shell.map { ["-c", $0, "sh", executable.path] + arguments } ?? arguments
    // Files, not pipes: neither side can wait for the other.
    let folder = try TemporaryFolder()
    let files = try ["in", "out", "err"].map { URL(filePath: try folder.write($0 == "in" ? input ?? "" : "", to: $0)) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try output ?? FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    do {
      try meanwhile(process)
    } catch {
      process.terminate()
      throw error
    }
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, wasSignaled: process.terminationReason == .uncaughtSignal,
      output: try String(contentsOf: files[1], encoding: .utf8),
      messages: try String(contentsOf: files[2], encoding: .utf8))
  }
}

extension TemporaryFolder {
  func json(_ name: String) throws -> [String: Any] { try object(text(name)) }
}

/// A JSON object as another reader than ours sees it.
func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

/// A CSV without quoted fields, by column.
struct Table {
  let header: [String]
  let rows: [[String]]

  init(_ text: String) throws {
    let lines = text.split(separator: "\n")
    header = try #require(lines.first).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// The cells of a row by their columns.
  subscript(row: Int) -> [String: String] { Dictionary(zip(header, rows[row]), uniquingKeysWith: { $1 }) }
}
