import Foundation
import TestSupport
import Testing

@Suite struct RandomModelCommandTests {
  @Test func `a random model is a function of its seed, and complete`() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("one", "7"), ("same", "7"), ("other", "8")] {
      let result = try Tool.run("random-model", "--shape", "tiny", "--seed", seed, "--output", folder.path(name))
      #expect(result.status == 0)
      #expect(result.output.isEmpty)
      #expect(result.messages == "wrote tiny, 410.8 kB, to \(folder.path(name))\n")
    }
    #expect(try folder.names(in: "one") == ["config.json", "model.safetensors", "tokenizer.json"])
    func weights(_ name: String) throws -> Data {
      try Data(contentsOf: folder.url.appending(path: "\(name)/model.safetensors"))
    }
    #expect(try weights("one") == weights("same"))
    #expect(try weights("one") != weights("other"))

    let document = try object(Tool.run("inspect", folder.path("one"), "--format", "json").output)
    #expect(document["parameters"] as? Int == 205_376)
    let corpus = try folder.write(#"{"a": ["some text", "été 🙂"]}"#, to: "corpus.json")
    let result = try Tool.run(
      "profile", "--model", folder.path("one"), "--corpus", corpus, "--output", folder.path("run"), "--quiet",
      "--no-report")
    #expect(result.status == 0, "\(result.messages)")
    // One token for each byte and one to begin with.
    #expect(try Set(Table(folder.text("run/texts.csv")).rows.map { $0[2] }) == ["10", "11"])
  }

  @Test func `a random model may have another number of blocks`() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run(
      "random-model", "--shape", "tiny", "--blocks", "6", "--output", folder.path("deep"), "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    let document = try object(Tool.run("inspect", folder.path("deep"), "--format", "json").output)
    // Two blocks of 43,136 parameters more than the shape's four.
    #expect(document["parameters"] as? Int == 205_376 + 2 * 43_136)
    #expect(
      try Tool.run("random-model", "--shape", "tiny", "--blocks", "0", "--output", folder.path("no")).status == 64)
  }

  @Test(arguments: ["config.json", "model.safetensors", "model.safetensors.index.json"])
  func `a model is never overwritten`(file: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: file)
    let result = try Tool.run("random-model", "--shape", "tiny", "--output", folder.path)
    #expect(result.status == 1)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("expected a directory without a model, found a \(file)"))
    #expect(try folder.names == [file])
    #expect(try folder.text(file) == "mine")
  }

  @Test func `a place that cannot be written is told in one line`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    let result = try Tool.run("random-model", "--shape", "tiny", "--output", file)
    #expect(result.status == 1)
    #expect(result.messages == "Error: \(file): expected a folder, found a file\n")
  }

  @Test func `an unknown shape is refused with those that are known`() throws {
    let result = try Tool.run("random-model", "--shape", "huge", "--output", "x")
    #expect(result.status == 64)
    #expect(result.messages.contains(#"expected one of tiny, "#))
    #expect(result.messages.contains(#"llama-3.2-3b, "#))
    #expect(result.messages.contains(#"found "huge""#))
  }
}
