import Foundation
import TestSupport

/// A headless Chromium, where there is one.
enum Browser {
  static let executable: URL? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
      folders.map { URL(filePath: $0).appending(path: name) }
    }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  /// Opens a page, lets its scripts run, and returns the document as it is then.
  ///
  /// - Parameter width: of the window, in pixels.
  static func document(of page: URL, width: Int) throws -> String {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
      "--user-data-dir=\(folder.path("profile"))", "--window-size=\(width),900", "--virtual-time-budget=10000",
      "--dump-dom", page.absoluteString,
    ]
    let output = URL(filePath: try folder.write("", to: "out"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try String(contentsOf: output, encoding: .utf8)
  }
}
