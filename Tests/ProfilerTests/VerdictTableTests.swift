import ProfileReport
import Profiler
import TestSupport
import Testing

/// The tables of `compare`.
@Suite struct VerdictTableTests {
  /// Tables of `abs_mean` over all tokens.
  private func text(texts: Int, _ value: @escaping (_ domain: Int, _ text: Int, _ layer: Int) -> Double) throws
    -> String
  {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: ["a", "b"].map { ($0, (0..<texts).map { 20 + $0 % 7 }) }) {
      _, domain, text, _, layer in
      value(domain, text, layer)
    }
    run.layers = 0..<4
    try run.write(to: folder.url)
    let runs = try ComparedRuns(LoadedRun(contentsOf: folder.url))
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples) = (50, 200)
    let columns = try runs.columns(metrics: [.absMean], scopes: [.all])
    return try VerdictTable(runs.comparisons(columns, settings), of: runs).text
  }

  private let elsewhere =
    "95 % intervals of g and ratio: no room here, see g_low and ratio_low of --format csv\n"

  @Test(arguments: [1, 2, 4])
  func `an effect that was not tested is not printed, and the verdict says why`(texts: Int) throws {
    let text = try text(texts: texts) { domain, text, layer in Double(domain + layer) + 0.1 * Double(text) }
    #expect(text.hasPrefix("abs_mean, all tokens: 0 different, 0 equivalent, 0 inconclusive, 4 too few groups\n"))
    #expect(
      text.contains(
        """
        domains  untested  block  g  ratio  95 % interval
        a – b           4      -  -      -              -

        """), "\(text)")
    #expect(!text.contains(elsewhere))
  }

  @Test func `an effect that was tested is printed with its interval, though other blocks were not tested`() throws {
    let text = try text(texts: 12) { domain, text, layer in
      // Block 0 is constant and apart; of the others block 1 differs most.
      layer == 0 ? Double(domain) : (layer == 1 ? 5 * Double(domain) : 0) + 1 + 0.1 * Double((7 * text + layer) % 12)
    }
    #expect(
      text.contains("domains  different  inconclusive  untested  block      g  ratio  95 % interval\n"), "\(text)")
    #expect(text.contains(/a – b +1 +2 +1 +1 +-\d+\.\d+ +0\.\d{3} +0\.\d{3} … 0\.\d{3}\n/), "\(text)")
    #expect(text.contains("95 % interval of the ratio of means; that of g: g_low and g_high of --format csv\n"))
    #expect(
      text.contains(/equivalent was out of reach for 2, even with equal means: n would have to be 136\n/), "\(text)")
    #expect(text.contains(/the difference at equal length \(analysis of covariance\): holds 1, reverses 0, fades 0\n/))
    #expect(!text.contains(elsewhere))
  }

  @Test func `beside more than three counts there is no room for the interval, which is said`() throws {
    let text = try text(texts: 600) { domain, text, layer in
      layer == 3 ? Double(domain) : Double(text % 12) + [0, 9, 0.38][layer] * Double(domain)
    }
    let header = try #require(text.firstMatch(of: /domains .*/)?.output)
    #expect(
      header.split(whereSeparator: \.isWhitespace).map(String.init).dropFirst(1).prefix(4).joined(separator: " ")
        == "different equivalent inconclusive untested", "\(text)")
    #expect(text.contains(elsewhere))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}
