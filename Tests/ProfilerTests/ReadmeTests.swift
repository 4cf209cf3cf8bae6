import Foundation
import LlamaCore
import Testing

/// The example of README.md, built as a reader would: in a package of its own that depends on this one by path.
private struct ReadmeExample {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let model = root.appending(path: "Fixtures/tiny-llama")
  /// Under `.build`, so that a second run finds the library compiled, and `make clean` removes it.
  static let package = root.appending(path: ".build/readme-example")

  /// The Swift blocks between the heading "Use it from Swift" and the next one.
  let blocks: [String]

  init() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    var blocks: [String] = []
    var isSection = false
    var isCode = false
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
      if isCode, line == "```" {
        isCode = false
      } else if isCode {
        blocks[blocks.count - 1] += line + "\n"
      } else if line.hasPrefix("#") {
        isSection = line == "## Use it from Swift"
      } else if isSection, line == "```swift" {
        isCode = true
        blocks.append("")
      }
    }
    self.blocks = blocks
  }

  /// Writes the package, with the model under the name that the example opens.
  func write() throws {
    let files = FileManager.default
    let sources = Self.package.appending(path: "Sources/readme-example")
    let directory = Self.package.appending(path: "Llama-3.2-1B")
    for folder in [sources, directory] { try files.createDirectory(at: folder, withIntermediateDirectories: true) }
    for name in try files.contentsOfDirectory(atPath: Self.model.path) {
      let link = directory.appending(path: name)
      try? files.removeItem(at: link)
      try files.createSymbolicLink(at: link, withDestinationURL: Self.model.appending(path: name))
    }
    // A package is known by the name of its folder, whatever that is in this clone.
    let manifest = """
      // swift-tools-version: 6.2
      import PackageDescription

      let package = Package(
        name: "readme-example",
        platforms: [.macOS("26.0")],
        dependencies: [.package(name: "forward-pass-profiler", path: "../..")],
        targets: [
          .executableTarget(
            name: "readme-example",
            dependencies: [.product(name: "LlamaCore", package: "forward-pass-profiler")])
        ]
      )

      """
    try manifest.write(to: Self.package.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
    let main = blocks.joined(separator: "\n")
    try main.write(to: sources.appending(path: "main.swift"), atomically: true, encoding: .utf8)
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
  @Test func `the README's example is an observer in ten lines and a few more to run it`() throws {
    let blocks = try ReadmeExample().blocks
    try #require(blocks.count == 2)
    #expect(blocks[0].contains("import LlamaCore\n"))
    #expect(blocks[0].contains(": LayerObserver {"))
    #expect(blocks[0].split(separator: "\n").count == 10)
  }

  @Test(.timeLimit(.minutes(5)))
  func `the README's example compiles, runs, and prints Hugging Face's numbers`() throws {
    let example = try ReadmeExample()
    try example.write()
    let build = try ReadmeExample.run(["swift", "build", "-c", "release"])
    try #require(build.status == 0, "\(build.output)")
    let run = try ReadmeExample.run([".build/release/readme-example"])
    try #require(run.status == 0, "\(run.output)")

    let printed = try JSONValue(parsing: Array(run.output.utf8).span)
    let means = try #require(printed.array).map { try #require($0.double) }
    let golden = try JSONValue(contentsOf: ReadmeExample.model.appending(path: "golden.json"))
    // The example's text is the second of the fixture's domain "finance".
    let text = try #require(golden["finance"]?.array?.dropFirst().first)
    let expected = try #require(text["layers"]?.array).map { try #require($0["abs_mean"]?.double) }
    #expect(means.count == expected.count)
    for (layer, (mean, reference)) in zip(means, expected).enumerated() {
      #expect(abs(mean - reference) <= 3e-6 * reference, "block \(layer): \(mean), not \(reference)")
    }
  }
}
