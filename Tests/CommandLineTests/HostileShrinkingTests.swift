import Foundation
import LlamaCore
import Testing

/// Files that another process cuts while they are read.
@Suite struct HostileShrinkingTests {
  private static let hasMaps = FileManager.default.fileExists(atPath: "/proc/self/maps")

  /// Waits until `condition` holds, half a minute at most.
  private func wait(_ condition: () throws -> Bool) rethrows {
    let end = Date().addingTimeInterval(30)
    while try !condition(), Date() < end { usleep(200) }
  }

  private func size(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test(arguments: Precision.allCases.filter { $0.unavailableReason == nil }, [60_000_000, -10])
  func `a model that is cut during a profile is an error`(precision: Precision, cut: Int) throws {
    let folder = try Folder()
    let model = folder.path("model")
    #expect(
      try Tool.run("random-model", "--shape", "smollm-135m", "--blocks", "8", "--output", model, "--quiet").status == 0)
    let corpus = try folder.write(
      "[\((0..<40).map { "[\(Array(repeating: "\($0)", count: 200).joined(separator: ","))]" }.joined(separator: ","))]",
      to: "corpus.json")
    let weights = model + "/model.safetensors"
    let before = try size(weights)
    let after = cut > 0 ? cut : before + cut
    let arguments = [
      "profile", "--model", model, "--corpus", corpus, "--output", folder.path("run"), "--quiet", "--precision",
      precision.rawValue,
    ]
    let result = try Tool.run(arguments) { _ in
      // The first file of the results is begun just before the first block.
      wait { (try? folder.contents("run"))?.isEmpty == false }
      try #require(truncate(weights, off_t(after)) == 0)
    }
    #expect(result.status == 1 && !result.wasSignaled && result.output.isEmpty)
    #expect(
      result.messages
        == "Error: \(weights): the file became shorter while it was read: expected \(before) bytes, found \(after)\n")
    #expect(try folder.contents("run").isEmpty)
  }

  @Test(.enabled(if: hasMaps, "needs /proc")) func `a page that is gone when it is touched is an error`() throws {
    let folder = try Folder()
    let tiny = Tool.tinyModel.path
    let profile = try Tool.run(
      "profile", "--model", tiny, "--corpus", tiny + "/corpus.json", "--output", folder.path("run"), "--quiet",
      "--no-report")
    #expect(profile.status == 0)
    // One text over and over, so that reading takes a while.
    let lines = try folder.read("run/texts.csv").split(separator: "\n")
    let first = lines.dropFirst().filter { $0.hasPrefix("cpp,0,") }.map { $0.dropFirst(6) }
    var text = lines[0] + "\n"
    for number in 0..<20_000 { for row in first { text += "cpp,\(number),\(row)\n" } }
    let path = try folder.write(String(text), to: "run/texts.csv")
    let bytes = try size(path)
    let result = try Tool.run(["compare", folder.path("run")]) { process in
      wait {
        (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/maps", encoding: .utf8))?.contains("texts.csv")
          != false
      }
      try #require(truncate(path, 100_000) == 0)
    }
    #expect(result.status == 1 && !result.wasSignaled && result.output.isEmpty)
    #expect(
      result.messages
        == "Error: \(path): the file became shorter while it was read: expected \(bytes) bytes, found 100000\n")
  }
}
