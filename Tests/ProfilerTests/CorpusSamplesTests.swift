import CorpusBuilder
import Foundation
import Profiler
import Testing

/// The sample texts of the repository, built as their README says.
@Suite struct CorpusSamplesTests {
  @Test func `the samples make seven domains of readable length`() throws {
    let readme = try String(contentsOf: CorpusFixtures.samples.appending(path: "README.md"), encoding: .utf8)
    let arguments = readme.split(whereSeparator: \.isWhitespace).filter { $0.contains("=Fixtures/samples/") }
    let sources = try arguments.map { argument in
      let unquoted = String(argument).replacing("'", with: "")
      return try CorpusSource(
        parsing: unquoted.replacing("=Fixtures/samples", with: "=\(CorpusFixtures.samples.path)"))
    }
    let build = try CorpusBuilder(sources: sources).build()
    #expect(
      build.corpus.domains.map(\.name) == ["cpp", "python", "finance", "numbers", "legal", "medical", "bills"])
    #expect(build.corpus.domains.map(\.texts.count) == [8, 8, 10, 10, 10, 10, 8])
    for domain in build.corpus.domains {
      for text in domain.texts {
        #expect(
          (80...300).contains(text.string.split(whereSeparator: \.isWhitespace).count), "\(text.string.prefix(60))")
      }
    }
  }
}
