import Foundation
import TestSupport
import Testing

/// Streams that are closed or full, and signals: the ends a run can come to from outside.
@Suite struct StreamTests {
  private let tiny = Tool.tinyModel.path

  private func profile(_ folder: TemporaryFolder, _ more: String...) -> [String] {
    ["profile", "--model", tiny, "--corpus", tiny + "/corpus.json", "--output", folder.path("run"), "--no-report"]
      + more
  }

  @Test func `a reader that has gone ends the process as it ends any filter`() throws {
    let folder = try TemporaryFolder()
    for arguments in [["inspect", tiny], profile(folder)] {
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let result = try Tool.run(arguments, output: pipe.fileHandleForWriting)
      #expect(result.wasSignaled)
      #expect(result.status == SIGPIPE)
      #expect(!result.messages.contains("Error"))
    }
    // The table was all that was lost.
    #expect(try folder.names(in: "run").contains("manifest.json"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func `output that cannot be written is an error`() throws {
    let result = try Tool.run(["inspect", tiny], shell: #""$@" > /dev/full"#)
    #expect(result.status == 1)
    #expect(result.messages == "Error: standard output: No space left on device\n")
    let closed = try Tool.run(["inspect", tiny], shell: #""$@" >&-"#)
    #expect(closed.status == 1)
    #expect(closed.messages == "Error: standard output: Bad file descriptor\n")
  }

  @Test func `closed streams do not let messages into the files`() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run(profile(folder), shell: #""$@" <&- 2>&-"#)
    #expect(result.status == 0)
    #expect(try folder.text("run/texts.csv").hasPrefix("domain,text,tokens,scope,layer,"))
    #expect(try folder.names(in: "run").count == 13)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGBUS])
  func `a signal leaves the waves that are done, and says how to go on`(number: Int32) throws {
    // A shell that runs the tests in the background would have them, and so the tool, ignore it.
    signal(number, SIG_DFL)
    let folder = try TemporaryFolder()
    let text = String(repeating: "a", count: 2000)
    let texts = (0..<2000).map { "\"\($0) \(text)\"" }.joined(separator: ",")
    let corpus = try folder.write("[\(texts)]", to: "corpus.json")
    let model = folder.path("model")
    #expect(try Tool.run("random-model", "--shape", "tiny", "--output", model, "--quiet").status == 0)
    let arguments = ["profile", "--model", model, "--corpus", corpus, "--output", folder.path("run")]
    let result = try Tool.run(arguments) { process in
      let end = Date().addingTimeInterval(60)
      while Date() < end, (try? folder.names(in: "run"))?.contains("profile.sqlite-wal") != true { usleep(20_000) }
      kill(process.processIdentifier, number)
    }
    #expect(result.wasSignaled)
    #expect(result.status == number)
    let last = try #require(result.lines.last)
    #expect(result.output.isEmpty)
    #expect(last.hasPrefix("stopped: "), "\(last)")
    #expect(last.hasSuffix("profile.sqlite; the same command goes on"), "\(last)")
    #expect(try folder.names(in: "run").allSatisfy { $0.hasPrefix("profile.sqlite") })
  }

  @Test func `a signal that the caller ignores stays ignored`() throws {
    let folder = try TemporaryFolder()
    let script = """
      trap '' HUP; "$@" & for i in 1 2 3 4 5 6 7 8; do kill -HUP $!; sleep 0.01; done 2>/dev/null; wait $!
      """
    let result = try Tool.run(profile(folder, "--quiet"), shell: script)
    #expect(result.status == 0)
    #expect(try folder.names(in: "run").contains("manifest.json"))
  }
}
