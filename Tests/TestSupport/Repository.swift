package import Foundation

/// Folders that tests read from.
package enum Repository {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  package static let fixtures = root.appending(path: "Fixtures")

  /// Third-party test data beside the repository, never inside it.
  package static let shared = root.deletingLastPathComponent().appending(path: "shared")
  package static let hasShared = FileManager.default.fileExists(atPath: shared.appending(path: "README.md").path)

  /// A small trained model of the shared data.
  package static let stories = shared.appending(path: "conformance/models/stories260K")
  package static let hasStories = FileManager.default.fileExists(
    atPath: stories.appending(path: "model.safetensors").path)
}
