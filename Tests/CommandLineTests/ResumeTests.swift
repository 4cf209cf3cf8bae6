import Foundation
import Foundations
import GRDB
import ProfileStore
import TestSupport
import Testing

/// What becomes of a run that did not come to its end. Runs that are killed at random are `make torture`'s.
@Suite struct ResumeTests {
  private func profile(_ folder: TemporaryFolder, _ more: String..., corpus: String? = nil) throws -> Tool.Result {
    let model = Tool.tinyModel
    return try Tool.run(
      [
        "profile", "--model", model.path, "--corpus", corpus ?? model.appending(path: "corpus.json").path, "--output",
        folder.path("run"), "--no-report",
      ] + more)
  }

  @Test func `a finished run is not run again, unless it is forced to`() throws {
    let folder = try TemporaryFolder()
    let first = try profile(folder)
    let manifest = try folder.text("run/manifest.json")
    let again = try profile(folder)
    #expect(again.status == 0)
    #expect(again.output == first.output)
    #expect(again.lines == ["the run in \(folder.path("run")) is finished, nothing was profiled; --force starts anew"])
    #expect(try profile(folder, "--format", "json", "--quiet").output == manifest)
    #expect(try folder.text("run/manifest.json") == manifest)
    let forced = try profile(folder, "--force")
    #expect(forced.lines.first == "17 texts, 921 tokens, 4 blocks")
    #expect(try folder.text("run/manifest.json") != manifest)
  }

  @Test func `a run of other settings is refused, and left as it is`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    let before = try Data(contentsOf: folder.url.appending(path: "run/profile.sqlite"))
    let other = try profile(folder, "--max-tokens", "7", "--skip-first-block")
    #expect(other.status == 1)
    #expect(other.output.isEmpty)
    #expect(other.lines.count == 1)
    #expect(
      other.messages.contains("--max-tokens 384 there, 7 asked for; --skip-first-block asked for"), "\(other.messages)")
    // The command that began it, to be typed again.
    #expect(other.messages.contains("; it was begun by fp-cli profile --model \(Tool.tinyModel.path) --corpus "))
    let corpus = try folder.write(#"{"a": [[1, 2]]}"#, to: "corpus.json")
    let texts = try profile(folder, corpus: corpus)
    #expect(texts.messages.contains("corpus.json there, \(corpus) asked for, first at domain"), "\(texts.messages)")
    #expect(try Data(contentsOf: folder.url.appending(path: "run/profile.sqlite")) == before)
  }

  @Test func `options that differ are named as they are typed, and so is the command that began the run`() throws {
    let folder = try TemporaryFolder()
    #expect(
      try profile(folder, "--domains", "cpp", "it's", "--nll", "--limit", "2", corpus: Self.quoted(folder)).status == 0)
    let other = try profile(folder, "--spectrum", corpus: Self.quoted(folder))
    #expect(
      other.messages.contains(
        ": holds another run, which is finished: --limit 2 there, none asked for; --spectrum asked for, not there; "
          + "--nll there, not asked for; --domain cpp,it's there, cpp,it's,x asked for; it was begun by fp-cli profile "
      ),
      "\(other.messages)")
    let command = try #require(other.messages.firstMatch(of: /begun by (fp-cli .*?); choose another/)?.1)
    #expect(command.hasSuffix(#"--domains cpp 'it'\''s' --nll --limit 2"#), "\(command)")
    // A shell takes the command back: the run is found finished.
    let again = try Tool.run([], shell: #"PATH="${1%/*}:$PATH"; \#(command)"#)
    #expect(again.status == 0, "\(again.messages)")
    #expect(again.messages.contains("is finished, nothing was profiled"), "\(again.messages)")
  }

  private static func quoted(_ folder: TemporaryFolder) throws -> String {
    try folder.write(#"{"cpp": [[1, 2], [3]], "it's": [[4]], "x": [[5]]}"#, to: "corpus.json")
  }

  @Test func `an old run is found whole by its own command after a new one was stopped, which goes on with its own`()
    throws
  {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    let manifest = try folder.text("run/manifest.json")
    // What a new run leaves whose process is killed before it is done: begun, its first wave not committed.
    let other = try TemporaryFolder()
    #expect(try profile(other, "--max-tokens", "7", "--quiet").status == 0)
    let next = folder.path("run/profile.next.sqlite")
    try FileManager.default.copyItem(atPath: other.path("run/profile.sqlite"), toPath: next)
    try DatabaseQueue(path: next).writeWithoutTransaction {
      try $0.execute(
        sql: "PRAGMA journal_mode = WAL; DELETE FROM block; DELETE FROM position; UPDATE text SET state = 'pending'")
      try $0.execute(sql: "DELETE FROM session; DELETE FROM session_time")
    }
    let old = try profile(folder)
    #expect(old.status == 0)
    #expect(old.lines.last?.contains("is finished, nothing was profiled") == true)
    #expect(try folder.text("run/manifest.json") == manifest)
    #expect(try folder.names(in: "run").contains("profile.next.sqlite"))
    let new = try profile(folder, "--max-tokens", "7")
    #expect(new.status == 0, "\(new.messages)")
    #expect(try folder.text("run/texts.csv") == other.text("run/texts.csv"))
    #expect(try folder.names(in: "run").filter { $0.hasPrefix("profile.") } == ["profile.sqlite"])
    #expect(try profile(folder).messages.contains("--max-tokens 7 there, 384 asked for"))
  }

  @Test func `two processes on one folder: the second is refused`() throws {
    let folder = try TemporaryFolder()
    let held = try RunFolder(folder.url.appending(path: "run"))
    let result = try profile(folder)
    #expect(result.status == 1)
    #expect(result.messages == "Error: \(folder.path("run")): another process is profiling into this folder\n")
    withExtendedLifetime(held) {}
  }

  @Test func `files that were not written yet are written by the same command`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    let texts = try folder.text("run/texts.csv")
    let export = try Tool.run("export", folder.path("run"), "--output", folder.path("other"), "--no-report", "--quiet")
    #expect(export.status == 0)
    #expect(export.output.isEmpty)
    #expect(try folder.text("other/texts.csv") == texts)
    #expect(try folder.names(in: "other") == folder.names(in: "run").filter { $0 != "profile.sqlite" })
  }

  @Test func `a text that cannot be profiled is recorded and stops nothing, unless it is to`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write(#"{"a": [[1, 2], [1, 99999], [3]], "b": [[4]]}"#, to: "corpus.json")
    let strict = try profile(folder, "--strict", corpus: corpus)
    let reason = "position 1: expected a token id from 0 to 511, found 99999"
    #expect(strict.status == 1)
    #expect(strict.messages == "Error: \(corpus): text 1 of \"a\", \(reason)\n")
    #expect(try folder.names == ["corpus.json"])
    let result = try profile(folder, corpus: corpus)
    #expect(result.status == 0)
    #expect(result.lines.contains("1 text cannot be profiled, see manifest.json"))
    #expect(result.output.contains("1 text not profiled, first text 1 of \"a\", \(reason)\n"))
    let manifest = try folder.json("run/manifest.json")
    #expect((manifest["counts"] as? [String: Any])?["failed_texts"] as? Int == 1)
    let failed = try #require(manifest["failed"] as? [[String: Any]])
    try #require(failed.count == 1)
    #expect(failed[0]["text"] as? Int == 1)
    #expect(failed[0]["reason"] as? String == reason)
    let texts = try Table(folder.text("run/texts.csv"))
    #expect(Set(texts.rows.filter { $0[0] == "a" }.map { $0[1] }) == ["0", "2"])
  }

  @Test(.enabled(if: !Sanitizer.isActive, "ThreadSanitizer's own files may not grow either"))
  func `a file that may not grow is a clear error, and the run goes on without it`() throws {
    let folder = try TemporaryFolder()
    let model = Tool.tinyModel
    let arguments = [
      "profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path, "--output",
      folder.path("run"), "--no-report",
    ]
    let limited = try Tool.run(arguments, shell: #"ulimit -f 8; "$@""#)
    #expect(limited.status == 1)
    #expect(limited.output.isEmpty)
    #expect(limited.lines.last?.hasSuffix("cannot write: File too large") == true, "\(limited.messages)")
    #expect(limited.lines.count { $0.hasPrefix("Error: ") } == 1)
    #expect(try Tool.run(arguments).status == 0)
    #expect(try folder.names(in: "run").contains("manifest.json"))
  }
}
