import Foundation
import TestSupport
import Testing

/// What `profile` says of massive activations, with the model of `Fixtures/massive`.
@Suite struct SinkCommandTests {
  private func profile(_ corpus: String) throws -> (output: String, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    try Data(corpus.utf8).write(to: folder.url.appending(path: "corpus.json"))
    let result = try Tool.run(
      "profile", "--model", Repository.fixtures.appending(path: "massive").path, "--corpus", folder.path("corpus.json"),
      "--output",
      folder.path("run"), "--no-report")
    #expect(result.status == 0, "\(result.messages)")
    return (result.output, folder)
  }

  @Test func `massive activations are the first thing said, with block, token and dimension`() throws {
    let (output, folder) = try profile(#"{"a": ["\nfor i in range", "\nwhile 1:."], "b": ["\ndef f"]}"#)
    let lines = output.split(separator: "\n").map(String.init)
    #expect(
      lines[0].hasPrefix(
        "massive activations: in 3 of 3 texts, first at block 1, largest in dimension 11 (|Y| up to 2,136, "))
    #expect(
      lines[1] == "sinks: the first token of 3 texts, always \"\\n\" (id 0); 1 later token of 1 text, \".\" (id 1)")
    #expect(lines[2].isEmpty == false)
    #expect(lines[2].hasPrefix("a, all tokens: 2 texts"))
    #expect(output.contains("\nabs_mean, without sinks: mean over texts\n"))
    let massive = try String(contentsOf: folder.url.appending(path: "run/massive.csv"), encoding: .utf8)
    #expect(massive.split(separator: "\n").count == 1 + 4 * 3)
    #expect(massive.contains("\na,1,1,9,1,11,-2136"))
  }

  @Test func `texts without massive activations are not said to have any`() throws {
    let (output, folder) = try profile(#"{"a": ["for i in range", "while 1:"]}"#)
    #expect(output.hasPrefix("a, all tokens: 2 texts"))
    #expect(!output.contains("massive"))
    let massive = try String(contentsOf: folder.url.appending(path: "run/massive.csv"), encoding: .utf8)
    #expect(massive == "domain,text,layer,position,token,dimension,value\n")
  }
}
