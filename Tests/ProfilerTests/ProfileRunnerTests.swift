import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct ProfileRunnerTests {
  private static let directory = Repository.fixtures.appending(path: "tiny-llama")

  /// The example of README.md, with other paths.
  private static func example(_ llama: URL, _ run: URL) throws -> RunExport.Contents {
    // README
    let model = try LlamaModel(directory: llama)
    let texts = ["finance": ["The bond yields 4.75% and matures in 2031."], "code": ["while (true) { i += 1; }"]]
    let runner = try ProfileRunner(model, TokenizedCorpus(texts, for: model), in: run)
    try runner.run { print($0.finishedTexts, "of", $0.texts) }
    let files = try RunFiles(of: run).finish(runner)
    // README
    return files.contents
  }

  @Test func `the README's ten lines profile, and again they find the run finished`() throws {
    let source = try String(contentsOfFile: #filePath, encoding: .utf8)
    let lines = try #require(source.components(separatedBy: "// README\n").dropFirst().first)
      .replacing("directory: llama", with: #"directory: URL(filePath: "Llama-3.2-1B")"#)
      .replacing("in: run)", with: #"in: URL(filePath: "run"))"#).replacing(
        "of: run)", with: #"of: URL(filePath: "run"))"#
      )
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let readme = try String(contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    #expect(
      readme.contains("```swift\nimport Foundation\nimport LlamaCore\nimport ProfileReport\nimport ProfileStore\n"))
    #expect(lines.count <= 10)
    #expect(readme.contains("\n" + lines.joined(separator: "\n") + "\n```"))

    let folder = try TemporaryFolder()
    let first = try Self.example(Self.directory, folder.url)
    #expect(first.profile.texts == 2)
    #expect(first.profile.domains.map(\.name) == ["code", "finance"])
    let rows = try Data(contentsOf: folder.url.appending(path: "texts.csv"))
    #expect(try Self.example(Self.directory, folder.url).manifest == first.manifest)
    #expect(try Data(contentsOf: folder.url.appending(path: "texts.csv")) == rows)
    // The abs_mean that Hugging Face measures of this text.
    let golden = try JSONValue(contentsOf: Self.directory.appending(path: "golden.json"))
    let expected = try #require(golden["finance"]?.array?[1]["layers"]?.array?[0]["abs_mean"]?.double)
    let found = try #require(first.profile.domains[1][.all, 0, .absMean].mean)
    #expect(abs(found - expected) <= 3e-6 * expected)
  }

  @Test func `a run that is stopped after a wave is resumed there, and its rows are those of one that was not`() throws
  {
    let model = try LlamaModel(directory: Self.directory)
    let texts = ["a": (0..<7).map { "text number \($0) of the first" }, "b": (0..<5).map { "another, \($0)" }]
    let corpus = try TokenizedCorpus(texts, for: model)
    var options = RunOptions(threads: 2)
    options.waveTokens = 40
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var states: [Int] = []
    do {
      let runner = try ProfileRunner(model, corpus, options: options, in: whole.url)
      try runner.run { states.append($0.finishedTexts) }
      try RunExport(runner.finish()).write(to: whole.url)
      #expect(runner.session.texts == 12)
      #expect(runner.timing != nil)
    }
    #expect(states.count >= 3)
    #expect(states == states.sorted())
    #expect(states.last == 12)

    do {
      let runner = try ProfileRunner(model, corpus, options: options, in: parts.url)
      #expect(throws: Stop.self) { try runner.run { _ in throw Stop() } }
      #expect(throws: StoreError.self) { try RunExport(runner.finish()) }
    }
    do {
      let runner = try ProfileRunner(model, corpus, options: options, in: parts.url)
      #expect(runner.initial.finished == states[0])
      #expect(!runner.initial.isFinished)
      try runner.run()
      #expect(runner.session.texts == 12 - states[0])
      try RunExport(runner.finish()).write(to: parts.url)
    }
    let files = [whole, parts].map { try? Data(contentsOf: $0.url.appending(path: "texts.csv")) }
    #expect(files[0] != nil)
    #expect(files[0] == files[1])

    // Finished: there is nothing to run, and other texts are refused.
    do {
      let runner = try ProfileRunner(model, corpus, options: options, in: parts.url)
      #expect(runner.initial.isFinished)
      try runner.run { _ in Issue.record("there was nothing to run") }
      try runner.finish()
    }
    let other = try TokenizedCorpus(["a": ["something else"]], for: model)
    #expect(throws: StoreError.self) { try ProfileRunner(model, other, options: options, in: parts.url) }
  }
}
