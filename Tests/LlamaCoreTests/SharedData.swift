import Foundation
import LlamaCore

/// Where the tests find their data. The shared folder is third-party data beside the repository, never inside it.
enum TestData {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let fixtures = repository.appending(path: "Fixtures")
  static let shared = repository.deletingLastPathComponent().appending(path: "shared")
  static let hasShared = FileManager.default.fileExists(atPath: shared.appending(path: "README.md").path)
  static let stories = shared.appending(path: "conformance/models/stories260K")
}
