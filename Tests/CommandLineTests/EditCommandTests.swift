import Foundation
import LlamaCore
import TestSupport
import Testing

/// Changed models from a shell: `--layers`, `--skip`, `--keep-first`, `--scale`, `--steer`, `--swap-weights`.
@Suite struct EditCommandTests {
  private static let corpus = Tool.tinyModel.appending(path: "corpus.json").path

  private func profile(_ folder: TemporaryFolder, _ run: String, _ more: [String]) throws -> Tool.Result {
    try Tool.run(
      ["profile", "--model", Tool.tinyModel.path, "--corpus", Self.corpus, "--output", folder.path(run), "--no-report"]
        + more)
  }

  private func manifest(_ folder: TemporaryFolder, _ run: String) throws -> [String: Any] {
    try #require(folder.json("\(run)/manifest.json")["settings"] as? [String: Any])
  }

  @Test func `a changed model's run says what was changed, has a row for each place, and is resumed as it is`() throws {
    let folder = try TemporaryFolder()
    let words = ["--layers", "0,2,2,1,3", "--scale", "mlp:1=0.5"]
    #expect(try profile(folder, "run", words).status == 0)
    let settings = try manifest(folder, "run")
    #expect(settings["edits"] as? String == "--layers 0,2,2,1,3 --scale mlp:1=0.5")
    #expect(settings["program"] as? [Int] == [0, 2, 2, 1, 3])
    let layers = try Set(Table(folder.text("run/texts.csv")).rows.map { $0[4] })
    #expect(layers == ["0", "1", "2", "3", "4"])
    let again = try profile(folder, "run", words)
    #expect(again.status == 0)
    let other = try profile(folder, "run", [])
    #expect(other.status == 1)
    #expect(other.messages.contains("the model --layers 0,2,2,1,3 --scale mlp:1=0.5 there, unchanged asked for"))
    let scaled = try profile(folder, "run", ["--scale", "mlp:1=0.25"])
    #expect(scaled.messages.contains("there, --scale mlp:1=0.25 asked for"), "\(scaled.messages)")
  }

  @Test func `edits that change nothing are the run without them`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "run", []).status == 0)
    let same = try profile(folder, "run", ["--layers", "0-3", "--scale", "block:1=1"])
    #expect(same.status == 0, "\(same.messages)")
    #expect(try manifest(folder, "run")["edits"] is NSNull)
    #expect(try manifest(folder, "run")["program"] is NSNull)
  }

  @Test func `a run depends on the contents of a vector's file, not on its path`() throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "edits/tiny-llama-vectors.safetensors")
    for name in ["a.safetensors", "b.safetensors"] {
      try FileManager.default.copyItem(at: source, to: folder.url.appending(path: name))
    }
    #expect(try profile(folder, "run", ["--steer", "\(folder.path("a.safetensors")):v@1*2"]).status == 0)
    #expect(try profile(folder, "run", ["--steer", "\(folder.path("b.safetensors")):v@1*2"]).status == 0)
    #expect(try profile(folder, "run", ["--steer", "\(folder.path("b.safetensors")):v@1*3"]).status == 1)
    #expect(try profile(folder, "run", ["--steer", "\(folder.path("b.safetensors")):half@1*2"]).status == 1)
  }

  @Test func `a skipped block has rows with no change, and its text in perplexity and generate`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "run", ["--skip", "block:1"]).status == 0)
    let table = try Table(folder.text("run/texts.csv"))
    let change = try #require(table.header.firstIndex(of: "abs_mean"))
    for row in table.rows { #expect((Double(row[change]) == 0) == (row[4] == "1")) }

    func nll(_ more: String...) throws -> String {
      try Tool.run(
        ["perplexity", "--model", Tool.tinyModel.path, "--corpus", Self.corpus, "--format", "json", "--quiet"] + more
      ).output
    }
    #expect(try nll("--skip", "block:1") == nll("--layers", "0,2,3"))
    #expect(try nll("--skip", "block:1") != nll())
    func text(_ more: String...) throws -> String {
      try Tool.run(
        ["generate", "--model", Tool.tinyModel.path, "if x", "--max-new-tokens", "12", "--quiet"] + more
      ).output
    }
    #expect(try text("--skip", "block:1") == text("--layers", "0,2,3"))
    #expect(try text("--skip", "block:1") != text())
  }

  @Test(arguments: [
    (
      ["--skip", "neck:1"],
      "--skip: expected block:, attention:, mlp: or head: and numbers, such as mlp:3-5, found \"neck:1\""
    ),
    (["--layers", "3-1"], "--layers: expected numbers of blocks, such as 0-11,16-29, found \"3-1\""),
    (["--keep-first"], "--keep-first goes with --skip"),
    (["--scale", "mlp:1=x"], "--scale: expected a part and a finite factor, such as mlp:20=0.5, found \"mlp:1=x\""),
    (["--scale", "mlp:1=2", "--scale", "mlp:0-1=3"], "--scale mlp:1: expected one factor, found two"),
    (["--steer", "a@1"], "--steer: expected FILE.safetensors:TENSOR@BLOCK*FACTOR"),
    (["--swap-weights", "a"], "--swap-weights: expected DIR@BLOCKS"),
    (["--skip", "block:4"], "--skip block:4: expected a block from 0 to 3, found 4"),
    (["--layers", "0", "--skip", "block:0", "--keep-first"], "--keep-first and --layers exclude each other"),
    (["--swap-weights", "nowhere@1"], "nowhere"),
  ])
  func `an edit that cannot be is refused in one line before anything is written`(words: [String], message: String)
    throws
  {
    let folder = try TemporaryFolder()
    let result = try profile(folder, "run", words)
    #expect(result.status != 0)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
  }
}
