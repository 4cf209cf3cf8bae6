import Foundation
import LlamaCore
import TestSupport
import Testing

/// `ablate --swap-from`: another checkpoint's parts one by one, from a shell.
@Suite struct SwapFromCommandTests {
  private static let corpus = Tool.tinyModel.appending(path: "corpus.json").path

  private func tool(_ command: String, _ folder: TemporaryFolder, _ run: String, _ more: [String]) throws -> Tool.Result
  {
    try Tool.run(
      [command, "--model", Tool.tinyModel.path, "--corpus", Self.corpus, "--output", folder.path(run), "--no-report"]
        + more)
  }

  private func other(_ seed: UInt64 = 1) throws -> TemporaryFolder {
    try OtherCheckpoint.random(like: LlamaModel(directory: Tool.tinyModel), [.bf16, .f32], seed: seed)
  }

  private func settings(_ folder: TemporaryFolder, _ run: String) throws -> [String: Any] {
    try #require(folder.json("\(run)/manifest.json")["settings"] as? [String: Any])
  }

  @Test func `a swap costs what --swap-weights costs, and manifest and table say what was done`() throws {
    let (folder, other) = (try TemporaryFolder(), try other())
    let result = try tool("ablate", folder, "run", ["--swap-from", other.path, "--effects"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.hasPrefix("each unit with the weights of "))
    #expect(!(result.output + result.messages).contains("remov"), "\(result.output)")
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let said = try settings(folder, "run")
    #expect(said["ablation"] as? String == "swap block:0-3 attention:0-3 mlp:0-3 effects")
    #expect(said["swap_from"] as? String == other.path)
    #expect((said["swap_weights_sample_sha256"] as? String)?.count == 64)
    // Of four places the later ones: 3 + 2 + 1 for each part, in seven domains.
    #expect(try Table(folder.text("run/effects.csv")).rows.count == 7 * 3 * 6)

    let table = try Table(folder.text("run/ablation.csv"))
    for (part, layer, words) in [
      ("block", "2", "\(other.path)@2"), ("attention", "1", "attention:\(other.path)@1"),
      ("mlp", "3", "mlp:\(other.path)@3"),
    ] {
      #expect(try tool("profile", folder, part, ["--nll", "--swap-weights", words]).status == 0)
      let alone = try Table(folder.text("\(part)/texts.csv"))
      let column = try #require(alone.header.firstIndex(of: "nll"))
      var wanted: [String: String] = [:]
      for row in alone.rows { wanted["\(row[0]) \(row[1])"] = row[column] }
      let rows = table.rows.filter { $0[3] == part && $0[4] == layer }
      #expect(rows.count == 17)
      for row in rows { #expect(row[6] == wanted["\(row[0]) \(row[1])"], "\(row)") }
      #expect(rows.contains { Double($0[7]) ?? 0 != 0 })
    }
  }

  @Test func `a run without a swap says nothing of one`() throws {
    let folder = try TemporaryFolder()
    let result = try tool("ablate", folder, "run", ["--parts", "mlp"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(!result.output.contains("with the weights of"))
    let said = try settings(folder, "run")
    #expect(said["swap_from"] == nil)
    #expect(said["swap_weights_sample_sha256"] == nil)
  }

  @Test func `a run depends on the contents of the other checkpoint, not on its path, and is exported again as it was`()
    throws
  {
    let (folder, first, same, second) = (try TemporaryFolder(), try other(), try other(), try other(2))
    #expect(try tool("ablate", folder, "run", ["--swap-from", first.path]).status == 0)
    let again = try tool("ablate", folder, "run", ["--swap-from", same.path])
    #expect(again.status == 0)
    #expect(again.messages.contains("is finished, nothing was profiled"), "\(again.messages)")
    let names = ["ablation.csv", "ablation_summary.csv", "proxies.csv"]
    let before = try names.map { try folder.text("run/\($0)") }
    for name in names { try FileManager.default.removeItem(at: folder.url.appending(path: "run/\(name)")) }
    #expect(try Tool.run("export", folder.path("run"), "--no-report").status == 0)
    #expect(try names.map { try folder.text("run/\($0)") } == before)

    let another = try tool("ablate", folder, "run", ["--swap-from", second.path])
    #expect(another.status == 1)
    #expect(another.messages.contains("another checkpoint to swap from: "), "\(another.messages)")
    #expect(!another.messages.contains("removals"), "\(another.messages)")
    let removal = try tool("ablate", folder, "run", [])
    #expect(removal.status == 1)
    #expect(
      removal.messages.contains(
        "removals or swaps swap block:0-3 attention:0-3 mlp:0-3 there, block:0-3 attention:0-3 mlp:0-3 asked for"),
      "\(removal.messages)")
    #expect(!removal.messages.contains("another checkpoint"), "\(removal.messages)")
  }

  @Test func `a dry run counts swaps and the other checkpoint's weights`() throws {
    let (folder, other) = (try TemporaryFolder(), try other())
    func plan(_ more: String...) throws -> [String: Any] {
      let result = try tool("ablate", folder, "run", ["--dry-run", "--format", "json"] + more)
      #expect(result.status == 0, "\(result.messages)")
      return try object(result.output)
    }
    func number(_ value: Any?) throws -> Double { try #require((value as? Int).map(Double.init) ?? value as? Double) }
    let (swap, removal) = (try plan("--swap-from", other.path), try plan())
    #expect(swap["swaps"] as? Int == 12)
    #expect(swap["removals"] == nil)
    #expect(removal["removals"] as? Int == 12)
    #expect(removal["swaps"] == nil)
    for name in ["weight_bytes", "block_evaluations", "operations", "peak_bytes"] {
      #expect(try number(swap[name]) > number(removal[name]), "\(name)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
  }

  @Test(arguments: [
    (["--swap-from", "nowhere"], "nowhere: "),
    (["--swap-from", ""], "--swap-from: expected a path, found an empty one"),
    (["--swap-from", "x", "--heads", "1"], "--swap-from and --heads exclude each other"),
    (["--swap-from", "x", "--keep-first"], "--swap-from and --keep-first exclude each other"),
    (["--swap-from", "x", "--remove", "2"], "--swap-from and --remove exclude each other"),
    (
      ["--swap-from", Repository.fixtures.appending(path: "variants/biases").path],
      "expected the tensors of the model whose weights are swapped; "
    ),
  ])
  func `a swap that cannot be is refused before anything is written`(words: [String], message: String) throws {
    let folder = try TemporaryFolder()
    let result = try tool("ablate", folder, "run", words)
    #expect(result.status != 0)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/profile.sqlite")))
  }
}
