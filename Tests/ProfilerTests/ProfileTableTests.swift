import ProfileReport
import Profiler
import TestSupport
import Testing

@Suite struct ProfileTableTests {
  @Test func `a domain's table is aligned and ranks the blocks`() throws {
    let text = ProfileTable(try SmallRun(domains: ["cpp"]).profile()).text
    #expect(
      text == """
        cpp, all tokens: 2 texts, 2 tokens, 1 empty, 2 truncated
        block  texts  abs_mean     ± std  relative  influence  no sinks  rank   angle  attn  max |Y|
            0      2     2.125  ± 0.8839     1.750      1.000     1.000     2  0.5000  87 %    3.500
            1      2     1.250  ± 0.3536    0.5000          0         0     1       0  67 %    3.000

        """)
  }

  @Test func `a spectrum is a second table of the domain`() throws {
    var run = SmallRun(domains: ["cpp"])
    let plain = ProfileTable(try run.profile()).text
    run.groups = [.spectrum]
    #expect(
      ProfileTable(try run.profile()).text == plain + """

        block  texts  effective rank  no first  stable rank  no first  top direction  no first
            0      2           1.000         -        1.000         -          100 %         -
            1      2           1.000         -        1.000         -          100 %         -

        """)
  }

  @Test func `several domains stand side by side, and no line is wider than a terminal`() throws {
    let names = (0..<9).map { "domain with a long name \($0)\n" }
    let blocks: [[(Float, Float, Float)]] = [
      (0..<40).map { (1, 1.234567e-7 * Float($0), 1e-9) }, (0..<40).map { (-1.5, 3e7, Float($0)) },
    ]
    let text = ProfileTable(try SmallRun(domains: names, blocks: blocks).profile(), metric: .blockInfluence).text
    #expect(text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 100 })
    #expect(text.contains("block_influence, without sinks: mean over texts\nblock  domain wit…  domain wit…"))
    #expect(text.contains("domain with a long name 8\\n, all tokens: 2 texts"))
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("block_influence") }.count == 2)
  }

  @Test(
    arguments: [
      // Tokens of the text, those that are sinks, and what the table shows beside all tokens.
      (3, 0, "no sinks", "without sinks"), (3, 1, "no sinks", "without sinks"),
      (3, 3, "no first", "without the first token"), (1, 1, nil, "all tokens"),
    ] as [(Int, Int, String?, String)])
  func `a column is called after the scope that it shows`(
    tokens: Int, sinks: Int, heading: String?, phrase: String
  ) throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", [tokens]), ("b", [tokens])]) { metric, _, _, scope, _ in
      guard metric == .blockInfluence else { return 1 }
      return switch scope {
      case .all: 0.125
      case .withoutFirstToken: 0.25
      case .withoutSinks: 0.5
      }
    }
    run.sinks = { _, _ in
      (0..<sinks).map { position in
        SinkToken(
          firstLayer: 0, largest: MassiveActivation(layer: 0, position: position, dimension: 1, value: 2000),
          token: nil, text: nil)
      }
    }
    try run.write(to: folder.url)
    let profile = try LoadedRun(contentsOf: folder.url).profile
    let text = ProfileTable(profile, metric: .blockInfluence).text
    let value = ["no sinks": " +0\\.5000", "no first": " +0\\.2500"][heading ?? ""] ?? ""
    let name = heading.map { "  \($0)" } ?? ""
    #expect(text.contains("relative  influence\(name)  rank"), "\(text)")
    #expect(text.contains(try Regex("\n +0 +1 +1\\.000 +- +1\\.000 +0\\.1250\(value) +1 ")), "\(text)")
    #expect(text.contains("block_influence, \(phrase): mean over texts\n"))
    for other in ["no sinks", "no first"] where other != heading { #expect(!text.contains(other)) }
  }

  @Test(arguments: [
    (0.00099996, "0.001000"), (0.0009994, "9.99e-04"), (9.9996, "10.00"), (-0.5, "-0.5000"), (9999.4, "9999"),
    (9999.6, "1.00e+04"), (1234, "1234"), (0, "0"), (.infinity, "inf"), (-.nan, "nan"),
  ])
  func `a number has four digits`(value: Double, expected: String) {
    #expect(TextTable.number(value) == expected)
  }

  @Test func `what is not finite is named`() throws {
    let text = ProfileTable(try SmallRun(domains: ["x"], blocks: [[(1, .nan, 1)]]).profile()).text
    #expect(text.contains("x, all tokens: 1 text, 1 token, 1 empty, 2 truncated, 1 with values that are not finite\n"))
    #expect(text.contains("    0      0         -      -         -"))
    #expect(text.contains("first text 0 of \"x\" at block 0; no such value is part of a mean\n"))
  }
}
