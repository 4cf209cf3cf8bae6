import Foundation
import LlamaCore
import TestSupport
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
    let folder = try TemporaryFolder()
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
      // Waves are begun to be stored just before the first block.
      wait { (try? folder.names(in: "run"))?.contains("profile.sqlite-wal") == true }
      try #require(truncate(weights, off_t(after)) == 0)
    }
    #expect(result.status == 1)
    #expect(!result.wasSignaled)
    #expect(result.output.isEmpty)
    #expect(
      result.messages
        == "Error: \(weights): the file became shorter while it was read: expected \(before) bytes, found \(after)\n")
    #expect(try folder.names(in: "run").allSatisfy { $0.hasPrefix("profile.sqlite") })
  }

  @Test(.enabled(if: hasMaps, "needs /proc")) func `a page that is gone when it is touched is an error`() throws {
    let folder = try TemporaryFolder()
    // So long that reading takes a while.
    let texts = Array(repeating: "\"a text of some words\"", count: 3_000_000).joined(separator: ",\n")
    let path = try folder.write("[\(texts)]", to: "corpus.json")
    let bytes = try size(path)
    let result = try Tool.run([
      "profile", "--model", Tool.tinyModel.path, "--corpus", path, "--output", folder.path("run"),
    ]) { process in
      wait {
        let maps = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/maps", encoding: .utf8)
        return maps?.contains("corpus.json") != false
      }
      // At a page's end: what is beyond is a fault, not zeros.
      try #require(truncate(path, 98_304) == 0)
    }
    #expect(result.status == 1)
    #expect(!result.wasSignaled)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.hasPrefix("Error: \(path): "))
    let message = "the file became shorter while it was read: expected \(bytes) bytes, found 98304\n"
    #expect(result.messages.hasSuffix(message), "\(result.messages)")
  }

  @Test(.enabled(if: hasMaps, "needs /proc"), arguments: ["txt:line", "txt", "jsonl:a", "csv:a"])
  func `a corpus is not built from a file that is cut inside its last page`(kind: String) throws {
    let folder = try TemporaryFolder()
    let (head, line) =
      switch kind {
      case "jsonl:a": ("", "{\"a\":\"a text of some words\"}\n")
      case "csv:a": ("a\n", "a text of some words\n")
      default: ("", "a text of some words\n")
      }
    // So long that reading takes a while.
    let name = "big." + kind.prefix { $0 != ":" }
    let path = try folder.write(head + String(repeating: line, count: 3_000_000), to: name)
    let bytes = try size(path)
    let output = folder.path("corpus.json")
    let source = "x=\(path)" + kind.drop { $0 != ":" }
    let result = try Tool.run(["corpus", "build", source, "--skip-invalid", "--output", output]) { process in
      wait {
        let maps = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/maps", encoding: .utf8)
        return maps?.contains(name) != false
      }
      try #require(truncate(path, off_t(bytes - 1)) == 0)
    }
    #expect(result.status == 1)
    #expect(!result.wasSignaled)
    #expect(result.output.isEmpty)
    let reason = "cannot read: the file became shorter while it was read: expected \(bytes) bytes, found \(bytes - 1)"
    #expect(result.messages == "Error: \(path): \(reason)\n")
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
