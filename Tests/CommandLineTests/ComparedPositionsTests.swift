import Foundation
import Profiler
import TestSupport
import Testing

/// First tokens and positions of a run's texts, compared without a run of that length.
@Suite struct ComparedPositionsTests {
  /// Texts of up to 40 tokens in two domains, some of them alike in their first eight.
  private static func corpus(_ folder: TemporaryFolder) throws -> String {
    let domains = (0..<2).map { domain in
      (0..<7).map { text -> [Int] in
        let start = text == 6 ? [3, 4, 5, 6, 7, 8, 9, 10] : []
        return start + (0..<(text == 5 ? 6 : 34)).map { 3 + ($0 * 7 + text * 11 + domain * 5 + $0 * text) % 200 }
      }
    }
    let twin = domains[0][6].prefix(8) + [11, 12, 13, 14, 15]
    let all = ["a": domains[0] + [Array(twin)], "b": domains[1]]
    let path = folder.path("corpus.json")
    try JSONSerialization.data(withJSONObject: all).write(to: URL(filePath: path))
    return path
  }

  private func profile(_ folder: TemporaryFolder, _ run: String, _ more: String...) throws {
    let words = [
      "profile", "--model", Tool.tinyModel.path, "--corpus", try Self.corpus(folder), "--output", folder.path(run),
      "--no-report", "--quiet",
    ]
    let result = try Tool.run(words + more)
    #expect(result.status == 0, "\(result.messages)")
  }

  private func rows(_ text: String) throws -> [[String: String]] {
    let table = try Table(text)
    return table.rows.indices.map { table[$0] }
  }

  @Test(arguments: [8, 32])
  func `the first tokens of longer texts compare like a run cut to them`(tokens: Int) throws {
    let folder = try TemporaryFolder()
    try profile(folder, "whole")
    try profile(folder, "cut", "--max-tokens", "\(tokens)")
    func compare(_ run: String) throws -> [[String: String]] {
      let result = try Tool.run(
        "compare", folder.path(run), "--match-tokens", "\(tokens)", "--permutations", "500", "--format", "csv",
        "--quiet")
      #expect(result.status == 0, "\(result.messages)")
      return try rows(result.output)
    }
    let (whole, cut) = (try compare("whole"), try compare("cut"))
    #expect(whole.count == cut.count && !whole.isEmpty)
    for (one, other) in zip(whole, cut) {
      // The twin is a copy within eight tokens, and the short text is not there.
      for name in ["metric", "scope", "layer", "n_a", "n_b", "verdict", "prefix", "tokens_a"] {
        #expect(one[name] == other[name])
      }
      for name in ["difference", "hedges_g", "t", "ratio"] {
        guard let found = Double(one[name] ?? ""), let wanted = Double(other[name] ?? "") else {
          #expect(one[name] == other[name])
          continue
        }
        #expect(found == wanted || abs(found - wanted) <= 1e-12 * max(1, abs(wanted)) || found.isNaN, "\(name): \(one)")
      }
    }
    #expect(Set(whole.map { $0["prefix"] }) == ["\(tokens)"])
  }

  @Test func `a bucket of positions can be compared, and other lengths are refused by name`() throws {
    let folder = try TemporaryFolder()
    try profile(folder, "whole")
    let bucket = try Tool.run(
      "compare", folder.path("whole"), "--positions", "8-31", "--metric", "abs_mean", "--format", "csv")
    #expect(bucket.status == 0, "\(bucket.messages)")
    #expect(try Set(rows(bucket.output).map { $0["prefix"] }) == ["8-31"])
    #expect(bucket.messages.contains("compared: positions 8-31 of the texts that have them"))
    #expect(try !folder.names(in: "whole").contains("comparison.csv.tmp"))

    let other = try Tool.run("compare", folder.path("whole"), "--match-tokens", "20")
    #expect(other.status != 0)
    #expect(
      other.messages.contains("(1, 8, 32, 128), found 20; make a run of 20 with fp-cli profile"), "\(other.messages)")
    let both = try Tool.run("compare", folder.path("whole"), "--match-tokens", "8", "--positions", "0")
    #expect(both.status != 0 && both.messages.contains("exclude each other"))
    #expect(try Tool.run("compare", folder.path("whole"), "--positions", "8-30").status != 0)
  }
}
