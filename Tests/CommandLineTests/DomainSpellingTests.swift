import Foundation
import TestSupport
import Testing

/// Domains whose names are one text to Unicode and two by their bytes, through every command.
@Suite struct DomainSpellingTests {
  /// é composed, é decomposed.
  private static let names = ["\u{E9}", "e\u{301}"]
  private static let files = ["%C3%A9.csv", "e%CC%81.csv"]

  @Test func `both domains are profiled, compared, drawn and chosen, each by its own bytes`() throws {
    let folder = try TemporaryFolder()
    // Other lengths, so that no number of one is taken for the other's.
    let texts = Self.names.enumerated().map { domain, name in
      let lists = (0..<4 + domain).map { text in
        "[1,\(2 + text),\((1...10 + 5 * domain).map(String.init).joined(separator: ","))]"
      }
      return "\"\(name)\":[\(lists.joined(separator: ","))]"
    }
    let corpus = try folder.write("{\(texts.joined(separator: ","))}", to: "corpus.json")
    let profile = [
      "profile", "--model", Tool.tinyModel.path, "--corpus", corpus, "--output", folder.path("run"), "--quiet",
    ]
    var result = try Tool.run(profile)
    #expect(result.status == 0, "\(result.messages)")
    for (file, count) in zip(Self.files, [4, 5]) {
      let table = try Table(folder.text("run/\(file)"))
      #expect(table[0]["texts"] == "\(count)", "\(file)")
    }
    let rows = try folder.text("run/texts.csv").split(separator: "\n").dropFirst()
    for (name, (count, tokens)) in zip(Self.names, [(4, 12), (5, 17)]) {
      let own = rows.filter { $0.utf8.starts(with: "\(name),".utf8) }
      #expect(Set(own.map { $0.split(separator: ",")[1] }).count == count)
      #expect(own.allSatisfy { $0.split(separator: ",")[2] == "\(tokens)" })
    }
    #expect(try folder.text("run/report.html").unicodeScalars.contains("\u{301}"))
    // The same run again is found whole.
    result = try Tool.run(profile)
    #expect(result.status == 0, "\(result.messages)")
    for (name, count) in zip(Self.names, [4, 5]) {
      let likelihood = try Tool.run(
        "perplexity", "--model", Tool.tinyModel.path, "--corpus", corpus, "--domains", name, "--format", "json",
        "--quiet")
      let domains = try #require(object(likelihood.output)["domains"] as? [[String: Any]])
      try #require(domains.count == 1, "\(likelihood.output)")
      #expect(domains[0]["texts"] as? Int == count, "\(likelihood.output)")
      let prune = try Tool.run("prune", folder.path("run"), "--blocks", "1", "--domain", name)
      #expect(prune.status == 0, "\(prune.messages)")
    }
  }
}
