import Foundation
import TestSupport
import Testing

@Suite struct ProfilePlanTests {
  private func profile(_ folder: TemporaryFolder, _ more: String...) throws -> Tool.Result {
    let model = Tool.tinyModel
    return try Tool.run(
      ["profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path]
        + ["--output", folder.path("run"), "--no-report"] + more)
  }

  @Test func `timing prints where the time went, and the manifest has it always`() throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "--timing")
    #expect(result.status == 0, "\(result.messages)")
    let names = [
      "open", "tokenize", "page-in", "widen", "matmul", "attention", "vector loops", "logits", "metrics", "write",
      "idle",
    ]
    let lines = result.output.split(separator: "\n").suffix(names.count)
    #expect(zip(lines, names).allSatisfy { $0.hasPrefix($1) && $0.hasSuffix(" %") }, "\(result.output)")
    #expect(try profile(folder, "--quiet").output.contains("idle") == false)
    let manifest = try folder.json("run/manifest.json")
    let seconds = try #require(manifest["thread_seconds"] as? [String: Double])
    #expect(Set(seconds.keys) == Set(names.map { $0.replacing(/[ -]/, with: "_") }))
    #expect(seconds.values.allSatisfy { $0 >= 0 && $0 < 600 })
    #expect((seconds["matmul"] ?? 0) > 0)
    let peak = try #require(manifest["peak_resident_bytes"] as? Int)
    #expect(peak > 5_000_000)
    #expect(peak < 2_000_000_000)
  }

  @Test func `a dry run says what the run will take and writes nothing`() throws {
    let folder = try TemporaryFolder()
    let table = try profile(folder, "--dry-run")
    #expect(table.status == 0, "\(table.messages)")
    #expect(table.messages.isEmpty, "\(table.messages)")
    for name in [
      "tokens", "waves", "arithmetic", "peak memory", "sums by position, on disk", "read from disk", "time", "speed",
    ] {
      #expect(table.output.contains("\n\(name) "), "\(name)")
    }
    let json = try object(try profile(folder, "--dry-run", "--format", "json").output)
    #expect(json["tokens"] as? Int == 921)
    #expect(json["texts"] as? Int == 17)
    #expect(json["waves"] as? Int == 1)
    #expect(try #require(json["seconds"] as? Double) > 0)
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [("1MB", 1), ("0", 64), ("two", 64), ("5XB", 64), ("-1GB", 64)])
  func `a memory limit that cannot be kept or read is refused in one line`(limit: String, status: Int32) throws {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "--memory-limit=\(limit)")
    #expect(result.status == status)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains("memory"), "\(result.messages)")
    #expect((status == 64 || result.lines.count == 1), "\(result.messages)")
    #expect(try folder.names.isEmpty)
  }

  /// Where a BLAS wants rows in multiples of twelve, each of these took twelve: 1.1 GB in all 30 blocks of the shape.
  @Test func `thousands of texts of one token keep to the memory limit`() throws {
    let folder = try TemporaryFolder()
    let made = try Tool.run("random-model", "--shape", "smollm-135m", "--blocks", "1", "--output", folder.path("model"))
    #expect(made.status == 0, "\(made.messages)")
    let texts = (0..<6_000).map { "[\($0 % 400)]" }.joined(separator: ",")
    let corpus = try folder.write("{\"d\": [\(texts)]}", to: "corpus.json")
    let result = try MeasuredTool.run(
      "profile", "--model", folder.path("model"), "--corpus", corpus, "--output", folder.path("run"), "--no-report",
      "--quiet", "--memory-limit", "120MB")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.takesAtMost(seconds: 120, bytes: 120_000_000), "\(result.peakBytes) bytes")
    let settings = try #require(folder.json("run/manifest.json")["settings"] as? [String: Any])
    #expect(settings["wave_tokens"] as? Int ?? 0 >= 96)
  }

  @Test(arguments: [
    ("1MB", "MB", "1 MB"), ("0.5MB", "MB", "0.5 MB"), ("1MiB", "MiB", "1 MiB"), ("0.001GB", "GB", "0.001 GB"),
    ("1000k", "kB", "1000 kB"), ("1024KiB", "KiB", "1024 KiB"), ("1000000", "B", "1000000 B"),
    ("999999b", "B", "999999 B"),
  ])
  func `messages say sizes in the unit that was typed, and what they ask for is enough`(
    limit: String, unit: String, found: String
  ) throws {
    let folder = try TemporaryFolder()
    let message = try profile(folder, "--memory-limit", limit).messages
    let pattern = try Regex("expected a memory limit of at least ([0-9.]+) \(unit), .*, found \(found)\n$")
    let needed = try #require(message.firstMatch(of: pattern)?.output[1].substring, "\(message)")
    let table = try profile(folder, "--dry-run", "--memory-limit", needed + unit)
    #expect(table.status == 0, "\(table.messages)")
    #expect(table.output.contains(try Regex("\npeak memory +[0-9.]+ \(unit)\n")), "\(table.output)")
  }

  @Test func `a memory limit changes no number`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    let rows = try folder.text("run/texts.csv")
    let result = try profile(folder, "--quiet", "--force", "--memory-limit", "0.08GB")
    #expect(result.status == 0, "\(result.messages)")
    #expect(try folder.text("run/texts.csv") == rows)
    let settings = try #require(folder.json("run/manifest.json")["settings"] as? [String: Any])
    #expect(settings["memory_limit"] as? Int == 80_000_000)
    #expect(settings["wave_tokens"] as? Int ?? 0 > 0)
  }
}
