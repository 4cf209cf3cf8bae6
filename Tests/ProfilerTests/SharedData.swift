import Foundation

/// The test data that lies beside the repository and is not part of it.
enum SharedData {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

  static let stories = directory.appending(path: "conformance/models/stories260K")

  static var hasStories: Bool {
    FileManager.default.fileExists(atPath: stories.appending(path: "model.safetensors").path)
  }
}
