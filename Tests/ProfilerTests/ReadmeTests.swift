import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// The examples of README.md, built as a reader would: in a package of their own that depends on this one by path.
private struct ReadmeExamples {
  static let model = Repository.fixtures.appending(path: "tiny-llama")
  /// Under `.build`, so that a second run finds the library compiled, and `make clean` removes it.
  static let package = Repository.root.appending(path: ".build/readme-example")
  static let names = ["generate", "observe", "likelihood"]

  /// The Swift blocks of the section "Use it from Swift", by the heading they stand under, in lower case.
  let blocks: [String: [String]]

  init() throws {
    let readme = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    var blocks: [String: [String]] = [:]
    var isSection = false
    var heading = ""
    var code: String?
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
      if let text = code {
        code = line == "```" ? nil : text + line + "\n"
        if code == nil { blocks[heading, default: []].append(text) }
      } else if line.hasPrefix("## ") {
        isSection = line == "## Use it from Swift"
      } else if line.hasPrefix("### ") {
        heading = line.dropFirst(4).lowercased()
      } else if isSection, line == "```swift" {
        code = ""
      }
    }
    self.blocks = blocks
  }

  /// Writes the package, with the model under the name that the examples open.
  func write() throws {
    let files = FileManager.default
    let directory = Self.package.appending(path: "Llama-3.2-1B")
    try? files.removeItem(at: Self.package.appending(path: "Sources"))
    try files.createDirectory(at: directory, withIntermediateDirectories: true)
    for name in try files.contentsOfDirectory(atPath: Self.model.path) {
      let link = directory.appending(path: name)
      try? files.removeItem(at: link)
      try files.createSymbolicLink(at: link, withDestinationURL: Self.model.appending(path: name))
    }
    // A clone has whatever name its user gave it; this is one that no clone has.
    let clone = Self.package.appending(path: "a-clone-of-mine")
    try? files.removeItem(at: clone)
    try files.createSymbolicLink(at: clone, withDestinationURL: Repository.root)
    let lines = try #require(blocks["in your package"]?.first)
    let example = lines.replacing("../forward-pass-profiler", with: clone.lastPathComponent)
    try #require(example.contains(#"path: "\#(clone.lastPathComponent)""#) && example.contains("\"my-tool\""))
    let manifest = """
      // swift-tools-version: 6.2
      import PackageDescription

      let package = Package(
        name: "readme-example",
        platforms: [.macOS("26.0")],
      \(example.replacing("my-tool", with: Self.names[0])))
      for name in \(Self.names.dropFirst()) {
        package.targets.append(.executableTarget(name: name, dependencies: package.targets[0].dependencies))
      }

      """
    try manifest.write(to: Self.package.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
    for name in Self.names {
      let sources = Self.package.appending(path: "Sources/\(name)")
      try files.createDirectory(at: sources, withIntermediateDirectories: true)
      let main = try #require(blocks[name]).joined(separator: "\n")
      try main.write(to: sources.appending(path: "main.swift"), atomically: true, encoding: .utf8)
    }
  }

  /// Runs a program in the package's folder and returns all that it prints.
  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = package
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

@Suite struct ReadmeTests {
  @Test func `five lines generate, an observer has ten and a few more run it`() throws {
    let blocks = try ReadmeExamples().blocks
    func lines(_ name: String, _ block: Int) throws -> [Substring] {
      try #require(blocks[name]?[block]).split(separator: "\n")
    }
    #expect(ReadmeExamples.names.map { blocks[$0]?.count } == [1, 2, 1])
    #expect(try lines("generate", 0).filter { !$0.hasPrefix("import ") && $0 != "}" }.count <= 5)
    let observer = try lines("observe", 0)
    #expect(observer[0] == "import LlamaCore")
    #expect(observer[1].contains(": LayerObserver {"))
    #expect(observer.count == 10)
  }

  @Test(.timeLimit(.minutes(Hang.minutes)))
  func `the README's examples compile in a package of their own, run, and print what Hugging Face computes`() throws {
    try ReadmeExamples().write()
    let build = try ReadmeExamples.run(["swift", "build", "-c", "release"])
    try #require(build.status == 0, "\(build.output)")
    func output(_ name: String) throws -> String {
      let run = try ReadmeExamples.run([".build/release/\(name)"])
      try #require(run.status == 0, "\(run.output)")
      return run.output
    }
    let golden = try JSONValue(contentsOf: ReadmeExamples.model.appending(path: "golden.json"))
    let finance = try #require(golden["finance"]?.array)

    let greedy = try JSONValue(contentsOf: Repository.fixtures.appending(path: "generation/greedy.json"))
    let continuation = try #require(greedy["tiny-llama"]?.array?[1]["tokens"]?.array)
    let tokens = continuation.prefix(100).map { TokenID($0.integer ?? -1) }
    #expect(try output("generate") == Tokenizer(contentsOf: ReadmeExamples.model).decode(tokens))

    // The observed text is the second of the fixture's domain "finance".
    let means = try JSONValue(parsing: Array(output("observe").utf8).span)
    let layers = try #require(finance[1]["layers"]?.array).map { try #require($0["abs_mean"]?.double) }
    try compare(#require(means.array).map { try #require($0.double) }, layers, within: 3e-6)

    let likelihood = try output("likelihood").split(separator: "\n").map { try #require(Double($0)) }
    try compare(likelihood, [#require(finance[1]["nll"]?.double)], within: 1e-5)
  }

  private func compare(_ found: [Double], _ expected: [Double], within tolerance: Double) throws {
    #expect(found.count == expected.count)
    for (place, (found, expected)) in zip(found, expected).enumerated() {
      #expect(abs(found - expected) <= tolerance * expected, "\(place): \(found), not \(expected)")
    }
  }
}
