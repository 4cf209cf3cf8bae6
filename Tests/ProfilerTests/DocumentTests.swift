import Foundation
import Foundations
import TestSupport
import Testing

/// What the documents say of the repository that a program can check.
@Suite struct DocumentTests {
  static let documents: [String] = {
    let docs =
      (try? FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: "docs").path)) ?? []
    return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] + docs.filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
  }()

  @Test(arguments: documents)
  func `every relative link leads to a file`(document: String) throws {
    let url = Repository.root.appending(path: document)
    let text = try String(contentsOf: url, encoding: .utf8)
    for match in text.matches(of: /\]\(([^)#]+)\)/) where !match.output.1.contains("://") {
      let path = url.deletingLastPathComponent().appending(path: match.output.1).standardizedFileURL.path
      #expect(FileManager.default.fileExists(atPath: path), "\(document): \(match.output.1)")
    }
  }

  @Test func `every path of the architecture's table is there`() throws {
    let text = try String(contentsOf: Repository.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let paths = text.matches(of: /`((?:Sources|Fixtures)\/[^`<]*)`/).map { String($0.output.1) }
    #expect(paths.count > 15)
    for path in paths {
      #expect(FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path), "\(path)")
    }
  }

  @Test func `the newest version of the changelog is the library's`() throws {
    let text = try String(contentsOf: Repository.root.appending(path: "CHANGELOG.md"), encoding: .utf8)
    let newest = try #require(text.firstMatch(of: /\n## \[([^\]]+)\]/))
    #expect(newest.output.1 == Version.current)
  }
}
