import CorpusBuilder
import Foundation
import Profiler
import TestSupport

/// A folder of files made for one test and removed after it.
final class CorpusFolder {
  let url: URL
  var path: String { url.path }

  /// Contents by path beneath the folder.
  init(_ files: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "corpus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (path, content) in files { try write(path, Data(content.utf8)) }
  }

  func write(_ path: String, _ content: Data) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try content.write(to: file)
  }

  /// Builds from sources written with `@` for this folder.
  func build(
    _ sources: String..., options: CorpusBuilder.Options = .init(), windows: TokenWindows? = nil
  ) throws -> CorpusBuild {
    let sources = try sources.map { try CorpusSource(parsing: $0.replacing("@", with: path)) }
    return try CorpusBuilder(sources: sources, options: options, windows: windows).build()
  }

  /// The texts of a source of one domain.
  func texts(_ path: String, options: CorpusBuilder.Options = .init()) throws -> [String] {
    try build("x=@/\(path)", options: options).corpus.domains[0].texts.map(\.string)
  }

  /// The message with which a source is refused, this folder written as `@`; nil where it is not.
  func refusal(_ source: String, options: CorpusBuilder.Options = .init()) -> String? {
    do {
      _ = try build(source, options: options)
      return nil
    } catch {
      return "\(error)".replacing(path, with: "@")
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

extension CorpusText {
  var string: String { if case .string(let text) = content { text } else { "" } }
}

/// Files of the repository, and beside it.
enum CorpusFixtures {
  static let folder = Repository.fixtures.appending(path: "corpus")
  static let samples = Repository.fixtures.appending(path: "samples")
  static let shared = Repository.shared.appending(path: "corpora")
  static let hasShared = FileManager.default.fileExists(atPath: shared.path)

  /// A golden file of `make_goldens.py`.
  static func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
  }
}
