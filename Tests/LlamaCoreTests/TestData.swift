import Foundation

/// Where the tests find their data. The shared folder is third-party data beside the repository, never inside it.
enum TestData {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let fixtures = repository.appending(path: "Fixtures")
  static let shared = repository.deletingLastPathComponent().appending(path: "shared")
  static let hasShared = FileManager.default.fileExists(atPath: shared.appending(path: "README.md").path)
  static let stories = shared.appending(path: "conformance/models/stories260K")
}

/// A folder that is removed with the value.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "llama-core-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a text file into the folder.
  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }
}
