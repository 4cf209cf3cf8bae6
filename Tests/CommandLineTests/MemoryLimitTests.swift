import Foundation
import TestSupport
import Testing

/// Resident memory, as the system counts it, against the limit that was asked for. Sanitizers take many times as much, and
/// statistics without optimization many times as long.
@Suite(.serialized, .enabled(if: !Sanitizer.isActive && !Tool.executable.path.contains("/debug/")))
struct MemoryLimitTests {
  private static let limit = 100_000_000

  /// Two domains of distinct texts of three token ids.
  private static func corpus(_ folder: TemporaryFolder, texts: Int) throws -> String {
    let domains = (0..<2).map { domain in
      let lists = (0..<texts / 2).map { text in
        "[\(3 + (text + 7 * domain) % 500),\(3 + text / 500),\(3 + 5 * domain)]"
      }
      return "\"\(domain == 0 ? "a" : "b")\":[\(lists.joined(separator: ","))]"
    }
    return try folder.write("{\(domains.joined(separator: ","))}", to: "corpus.json")
  }

  private static func profile(_ folder: TemporaryFolder, _ corpus: String, _ more: String...) throws
    -> MeasuredTool.Result
  {
    try MeasuredTool.run(
      ["profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--quiet"] + more)
  }

  /// 12,000 texts took 320 MB with their report while every draw was stored.
  @Test func `a profile with its report, and all that is made of it, stays within the limit`() throws {
    let folder = try TemporaryFolder()
    let corpus = try Self.corpus(folder, texts: 12_000)
    let run = try Self.profile(folder, corpus, "--memory-limit", "100MB")
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.peakBytes <= Self.limit, "profile: \(run.peakBytes) bytes")
    #expect(FileManager.default.fileExists(atPath: folder.path("run/report.html")))
    // The peak of the process in the manifest is what another process saw, but for its last milliseconds.
    let noted = try #require(folder.json("run/manifest.json")["peak_resident_bytes"] as? Int)
    #expect(abs(noted - run.peakBytes) <= 3_000_000, "noted \(noted), seen \(run.peakBytes)")

    let commands = [
      ["report", folder.path("run"), "--permutations", "200", "--output", folder.path("page")],
      ["compare", folder.path("run"), "--permutations", "200"],
      ["export", folder.path("run"), "--output", folder.path("tables"), "--no-report"],
    ]
    for command in commands {
      let result = try MeasuredTool.run(command + ["--quiet", "--memory-limit", "100MB"])
      #expect(result.status == 0, "\(command): \(result.messages)")
      #expect(result.peakBytes <= Self.limit, "\(command[0]): \(result.peakBytes) bytes")
    }
    let pruned = try MeasuredTool.run("prune", folder.path("run"), "--blocks", "1", "--quiet")
    #expect(pruned.status == 0, "prune: \(pruned.peakBytes) bytes")
    #expect(pruned.peakBytes <= Self.limit, "prune: \(pruned.peakBytes) bytes")
  }

  @Test func `a limit that the report would not keep is refused before anything is computed`() throws {
    let folder = try TemporaryFolder()
    let corpus = try Self.corpus(folder, texts: 60_000)
    let refused = try Self.profile(folder, corpus, "--memory-limit", "80MB")
    refused.expectRefusal("which comparing 60,000 texts takes, found 80 MB")
    #expect(try folder.names == ["corpus.json"])
    let needed = try #require(refused.messages.firstMatch(of: /at least ([0-9.]+)/)?.1)
    #expect(Double(needed) ?? 0 > 80)
  }

  @Test(arguments: [["--limit", "2"], ["--domain", "small"]])
  func `of a large corpus only the texts that are asked for are held`(more: [String]) throws {
    let folder = try TemporaryFolder()
    let text = "\"" + String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 200) + "\""
    let corpus = try folder.write(
      [("{\"large\":[\(text)", 1), (",\(text)", 20_000), ("],\"small\":[[5,6,7],[8,9]]}", 1)], to: "corpus.json")
    let model = Repository.fixtures.appending(path: "demo-model")
    let result = try MeasuredTool.run(
      ["profile", "--model", model.path, "--corpus", corpus, "--output", folder.path("run"), "--quiet", "--no-report"]
        + ["--max-tokens", "16"] + more)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.peakBytes <= Self.limit, "\(result.peakBytes) bytes of a corpus of 180 MB")
  }
}
