import Foundation
import TestSupport
import Testing

/// docs/architecture.md shows code; it must be the code that runs.
@Suite struct ArchitectureDocumentTests {
  private static func read(_ path: String) throws -> String {
    try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
  }

  /// Lines without white space around them, and without those that are empty.
  private static func lines(_ text: some StringProtocol) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  @Test(arguments: ["Execution/Block.swift", "Architectures/ModelSpec.swift", "Architectures/Llama.swift"])
  func `the block, the spec and the family stand in the document as they are`(file: String) throws {
    let document = try Self.read("docs/architecture.md")
    let start = try #require(document.range(of: "`Sources/LlamaCore/\(file)`"))
    let opening = try #require(document.range(of: "```swift\n", range: start.upperBound..<document.endIndex))
    let closing = try #require(document.range(of: "\n```", range: opening.upperBound..<document.endIndex))
    let shown = Self.lines(document[opening.upperBound..<closing.lowerBound])
    // In the order of the source, which may have comments and initializers between.
    var source = Self.lines(try Self.read("Sources/LlamaCore/\(file)"))[...]
    #expect(shown.count >= 12)
    for line in shown {
      let place = try #require(source.firstIndex(of: line), "\(line)")
      source = source[(place + 1)...]
    }
  }

  @Test func `every path that the document names is there`() throws {
    let root = Repository.root
    let document = try Self.read("docs/architecture.md")
    let paths = document.matches(of: /`((?:Sources|Tests|Fixtures|Benchmarks|scripts|docs)\/[^`<>]*)`/).map {
      String($0.1)
    }
    #expect(paths.count > 60)
    for path in paths {
      #expect(FileManager.default.fileExists(atPath: root.appending(path: path).path), "\(path)")
    }
  }
}
