import Foundation

/// The repository's own files that the benchmarks read.
enum Fixtures {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// A model of random weights: 4 blocks, hidden size 48, a vocabulary of 512.
  static let model = folder.appending(path: "tiny-llama")
  static let tokenizer = model.appending(path: "tokenizer.json")

  /// About 350 kB of prose, C++, Python, CSV and JSON: the sample texts, over and over.
  static func text() throws -> String {
    let files = FileManager.default
    let samples = folder.appending(path: "samples")
    let urls = try files.subpathsOfDirectory(atPath: samples.path).sorted().map {
      samples.appending(path: $0, directoryHint: .checkFileSystem)
    }
    let texts = try urls.filter { !$0.hasDirectoryPath }.map { try String(contentsOf: $0, encoding: .utf8) }
    return String(repeating: texts.joined(separator: "\n"), count: 6)
  }

  /// A file for a benchmark to write, in the folder for temporary ones.
  static func temporaryFile(_ name: String) -> URL {
    let process = ProcessInfo.processInfo.processIdentifier
    return FileManager.default.temporaryDirectory.appending(path: "llama-benchmarks-\(process)-\(name)")
  }
}
