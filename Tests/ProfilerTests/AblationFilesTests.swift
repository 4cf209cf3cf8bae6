import Foundations
import LlamaCore
import ProfileReport
import Profiler
import Statistics
import Testing

@Suite struct AblationFilesTests {
  private static let units = [BlockUnit(.block, 0), BlockUnit.head(2, of: 1)]

  @Test func `a text has the unchanged model's row and one for each unit`() {
    let domain = madeUpAblation(named: "C, C++", units: Self.units, [[0.5, -0.25], [nil, nil]])
    #expect(
      AblationCSV.text([domain]) == """
        domain,text,tokens,part,layer,head,nll,delta_nll,kl,top1,output_change_mean,output_change_max
        "C, C++",0,5,none,,,2.0,,,,,
        "C, C++",0,5,block,0,,2.5,0.5,0.25,0.5,0.125,0.75
        "C, C++",0,5,head,1,2,1.75,-0.25,0.25,0.5,0.125,0.75
        "C, C++",1,1,none,,,,,,,,
        "C, C++",1,1,block,0,,,,0.25,0.5,0.125,0.75
        "C, C++",1,1,head,1,2,,,0.25,0.5,0.125,0.75

        """)
  }

  @Test func `a summary has a row for each domain and unit, with empty cells for what is not there`() {
    let two = madeUpAblation(named: "a", units: Self.units, [[0.5, 0], [0.5, 0]])
    let one = madeUpAblation(named: "b", units: Self.units, [[.nan, 0.25]])
    #expect(
      AblationCSV.summary([AblationSummary(two), AblationSummary(one)]) == """
        domain,part,layer,head,texts,delta_nll,low,high,kl,top1,rank,verdict
        a,block,0,,2,0.5,0.5,0.5,0.25,0.5,1,harmful
        a,head,1,2,2,0.0,0.0,0.0,0.25,0.5,1,harmless
        b,block,0,,0,,,,,,,open
        b,head,1,2,1,0.25,,,0.25,0.5,1,open

        """)
  }

  @Test func `effects are means over texts, of later blocks only`() {
    func text(_ index: Int, _ effects: [RemovalCost.Effect?]) -> AblationText {
      let cost = RemovalCost(nll: 1, kl: 0, top1: 1, outputChangeMean: 0, outputChangeMax: 0, effects: effects)
      return AblationText(
        text: TextIdentity(domain: "a", index: index), tokens: 3, nll: 1, costs: [cost, cost])
    }
    var effects = RemovalEffects(domain: "a", units: Self.units)
    effects.add(
      text(0, [nil, RemovalCost.Effect(mean: 0.5, maximum: 2), RemovalCost.Effect(mean: 1, maximum: 1)]))
    effects.add(
      text(1, [nil, RemovalCost.Effect(mean: 0.25, maximum: 4), RemovalCost.Effect(mean: .nan, maximum: 1)]))
    #expect(effects.rows.map(\.at) == [1, 2, 1, 2])
    #expect(effects.rows.map(\.nonFiniteTexts) == [0, 1, 0, 1])
    #expect(effects.rows.map(\.mean.count) == [2, 1, 2, 1])
    #expect(
      AblationCSV.effects([effects]) == """
        domain,part,layer,at,mean,max
        a,block,0,1,0.375,3.0
        a,block,0,2,1.0,1.0

        """)
    #expect(RemovalEffects(domain: "a", units: Self.units).rows.isEmpty)
  }

  @Test func `spans are named by their first block, and ranked among themselves`() throws {
    let units = [BlockUnit(.block, 0), BlockUnit(.block, 1), .span(2, from: 0), .span(2, from: 1)]
    let domain = madeUpAblation(named: "a", units: units, [[0.5, 0, 1, 0.25], [0.5, 0, 1, 0.25]])
    #expect(AblationCSV.text([domain]).contains("a,0,5,span,1,,2.25,0.25,"))
    let summary = AblationSummary(domain)
    #expect(
      AblationCSV.summary([summary]) == """
        domain,part,layer,head,texts,delta_nll,low,high,kl,top1,rank,verdict
        a,block,0,,2,0.5,0.5,0.5,0.25,0.5,2,harmful
        a,block,1,,2,0.0,0.0,0.0,0.25,0.5,1,harmless
        a,span,0,,2,1.0,1.0,1.0,0.25,0.5,2,harmful
        a,span,1,,2,0.25,0.25,0.25,0.25,0.5,1,harmful

        """)
    let named = AblationTable([summary]).text.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^(block|span2):\d/).map { String($0.0) }
    }
    #expect(named == ["block:1", "block:0", "span2:1", "span2:0"])
    // Proxies are held against single blocks.
    #expect(domain.deltaNLL(of: .block) == [[0.5, 0], [0.5, 0]])
    let effect = RemovalCost.Effect(mean: 0.5, maximum: 2)
    let cost = RemovalCost(
      nll: 1, kl: 0, top1: 1, outputChangeMean: 0, outputChangeMax: 0, effects: [nil, nil, effect])
    var effects = RemovalEffects(domain: "a", units: [.span(2, from: 0)])
    effects.add(AblationText(text: TextIdentity(domain: "a", index: 0), tokens: 3, nll: 1, costs: [cost]))
    #expect(AblationCSV.effects([effects]) == "domain,part,layer,at,mean,max\na,span,0,2,0.5,2.0\n")
  }

  @Test func `proxies have a row for each scope and metric`() {
    let damage: [[Double]?] = [[0, 1, 2, 3], [0, 1, 2, 3]]
    let flat = damage.map { row in row?.map { _ in 1.0 } }
    let ranking = ProxyRanking(
      domain: "a", deltaNLL: damage,
      [
        ProxyRanking.Input(scope: .all, metric: .relativeNorm, values: damage),
        ProxyRanking.Input(scope: .withoutSinks, metric: .cosine, values: damage),
        ProxyRanking.Input(scope: .withoutFirstToken, metric: .absMean, values: flat),
      ])
    #expect(
      AblationCSV.proxies([ranking]) == """
        domain,scope,metric,spearman,low,high,kendall,recall_k
        a,all,relative_norm,1.0,1.0,1.0,1.0,1.0
        a,without_sinks,cosine,1.0,1.0,1.0,1.0,
        a,without_first_token,abs_mean,nan,,,nan,1.0

        """)
  }

  @Test func `a table ranks the units of each part and says what is harmless`() {
    let units = [BlockUnit(.block, 0), BlockUnit(.block, 1), BlockUnit(.mlp, 0)]
    let a = madeUpAblation(named: "a", units: units, [[0.5, 0, 0], [0.5, 0, 0.25]])
    let b = madeUpAblation(named: "b", units: units, [[.nan, 0, 0.5], [nil, nil, nil]])
    #expect(
      AblationTable([AblationSummary(a), AblationSummary(b)]).text == """
        a: 2 texts, 8 predicted tokens, nll 2.000 nats a token, perplexity 7.389
        unit     rank  delta_nll    95 % interval  perplexity  top1               verdict
        block:1     1          0            0 … 0       7.389  50 %              harmless
        block:0     2     0.5000  0.5000 … 0.5000       12.18  50 %               harmful
        mlp:0       1     0.1250       0 … 0.2500       8.373  50 %  open, about 22 texts

        b: 1 text, 4 predicted tokens, nll 2.000 nats a token, perplexity 7.389, 1 of one token left out
        unit     rank  delta_nll  95 % interval  perplexity  top1  verdict
        block:1     1          0              -       7.389  50 %     open
        block:0     -          -              -           -     -     open
        mlp:0       1     0.5000              -       12.18  50 %     open
        left out: 1 text with values that are not finite, of 1 unit, see ablation.csv

        harmless in all domains: none
        a, harmless over all units: block:1
        b, harmless over all units: none

        harmless: the interval lies below the margin of 0.05 nats a token; harmful: above it
        nll and delta_nll are means over texts, perplexity is of all tokens
        intervals are of one unit at a time, and verdicts are not corrected over units
        "harmless over all units": an expected 5 % of a list at most is wrong
        intervals of fewer than 10 texts are too narrow

        """)
  }

  @Test func `what removed parts leave is said where it is a mean`() {
    let summary = AblationSummary(madeUpAblation([[0.5], [0.25]]))
    let text = AblationTable([summary], means: Ablation.Means(count: 4)).text
    #expect(
      text.contains(
        "\na removed part leaves its mean over at most 4 texts of the domain, not 0; these texts count as well\nharmless: "
      ))
    #expect(AblationTable([summary], means: Ablation.Means(count: 1)).text.contains("at most 1 text of the domain"))
    #expect(!AblationTable([summary]).text.contains("a removed part leaves"))
  }

  @Test func `numbers of a list of blocks are said to be places in it`() {
    let summary = AblationSummary(madeUpAblation([[0.5], [0.25]]))
    let text = AblationTable([summary], program: [0, 3, 4, 5, 2]).text
    #expect(text.contains("\na unit's number is a place in --layers 0,3-5,2, from 0\n"))
    #expect(!AblationTable([summary]).text.contains("a place in"))
  }

  @Test func `no line is wider than a terminal`() throws {
    let units = (0..<126).map { BlockUnit(.attention, $0) } + (0..<99).map { BlockUnit.head($0, of: 126) }
    let deltas: [[Double?]] = [-1.2345678e-7, -0.123456, 1.2345678e9].map { size in
      units.indices.map { $0 < 150 ? -0.125 : size * Double($0 + 1) }
    }
    let name = String(repeating: "a long name ", count: 20)
    let summaries = ["\(name)1", "\(name)2"].map { AblationSummary(madeUpAblation(named: $0, units: units, deltas)) }
    let text = AblationTable(summaries).text
    #expect(text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 100 })
    #expect(text.contains("harmless in all domains: attention:0, attention:1, "))
    #expect(text.contains("\n  attention:"))
    #expect(text.contains("-27.78 … 2.78e+11"))
  }

  /// Ranking of two metrics of four blocks on three texts: one grows with the damage, the other falls.
  private static func ranking(_ best: Metric, texts: Int = 3) -> ProxyRanking {
    let damage: [[Double]?] = (0..<texts).map { text in (0..<4).map { Double($0) + 0.1 * Double(text) } }
    let falling = damage.map { $0?.map { -$0 } }
    return ProxyRanking(
      domain: "a", deltaNLL: damage,
      [
        .init(scope: .all, metric: .blockInfluence, values: best == .blockInfluence ? damage : falling),
        .init(scope: .all, metric: .relativeNorm, values: best == .relativeNorm ? damage : falling),
      ])
  }

  @Test func `the metric that orders blocks most like the damage is named, with ShortGPT's beside another one`() {
    func text(_ ranking: ProxyRanking) -> String { AblationTable([], proxies: [ranking]).text }
    let start = "a, Spearman of a metric with delta_nll of blocks:\n"
    #expect(
      text(Self.ranking(.relativeNorm)).hasPrefix(
        start + "  relative_norm of all 1.00 (1.00 … 1.00)\n  block_influence of all -1.00"))
    #expect(text(Self.ranking(.blockInfluence)).hasPrefix(start + "  block_influence of all 1.00 (1.00 … 1.00)\n"))
    // A higher one without such an interval may stand below it.
    #expect(
      AblationTable(
        [AblationSummary(madeUpAblation(named: "a", units: Self.units, [[0.5, 0]]))],
        proxies: [Self.ranking(.relativeNorm)]
      ).text.contains(
        "the metric is the highest of those whose interval lies above 0, in hindsight; all: proxies.csv\n"))
    // None is named without an interval above 0: all fall, or a single text has no interval.
    for ranking in [Self.ranking(.mean), Self.ranking(.relativeNorm, texts: 1)] {
      #expect(text(ranking).hasPrefix(start + "  no metric's interval lies above 0\n"))
    }
  }

  @Test func `a comparison of domains has a row for each unit and pair, and says what was not tested`() throws {
    let two = madeUpAblation(named: "C, C++", units: Self.units, [[0.5, 0], [0.5, 0.25]])
    let one = madeUpAblation(named: "b", units: Self.units, [[0.25, .nan]])
    #expect(
      AblationCSV.comparison(DomainRemovalComparison([two, one])) == """
        part,layer,head,domain_a,domain_b,texts_a,texts_b,difference,low,high,p,q,different
        block,0,,"C, C++",b,2,1,0.25,,,nan,nan,false
        head,1,2,"C, C++",b,2,0,nan,,,nan,nan,false

        """)
    let tested = Self.compared([0, 0.25, 0, 0.25, 0, 0.25], [2, 2.25, 2, 2.25, 2, 2.25])
    let rows = AblationCSV.comparison(tested).split(separator: "\n").map { $0.split(separator: ",") }
    #expect(rows.count == 2)
    #expect(rows[1].prefix(6) == ["block", "0", "a", "b", "6", "6"])
    let numbers = rows[1][6...10].compactMap { Double($0) }
    try #require(numbers.count == 5)
    #expect(
      abs(numbers[0] + 2) < 1e-12 && numbers[1] < -2 && numbers[2] > -2 && numbers[3] < 1e-6 && numbers[4] == numbers[3]
    )
    #expect(rows[1].last == "true")
  }

  /// Two domains in which the removal of one block costs each text this.
  private static func compared(_ a: [Double], _ b: [Double]) -> DomainRemovalComparison {
    DomainRemovalComparison(
      [("a", a), ("b", b)].map { name, deltas in madeUpAblation(named: name, deltas.map { [$0] }) })
  }

  @Test(arguments: [
    (
      [0, 0.25, 0, 0.25, 0, 0.25],
      "domains compared: 1 of 1 difference of delta_nll with q < 0.05, largest:\n  block:0, a - b: -2.000 (-2."
    ),
    ([2, 2.25, 2, 2.25, 2, 2.5], "domains compared: 0 of 1 difference of delta_nll with q < 0.05\n"),
    ([2, 2], "domains not compared: that takes 5 texts in each of two, and some scatter\n"),
  ])
  func `the table says how many differences between domains there are, and the largest`(a: [Double], words: String) {
    let text = AblationTable([], comparison: Self.compared(a, [2, 2.25, 2, 2.25, 2, 2.25])).text
    #expect(text.contains(words), "\(text)")
  }

  @Test func `the table names a block of least influence that costs most, and none without harm`() {
    let units = (0..<4).map { BlockUnit(.block, $0) }
    func text(_ costs: [Double]) -> String {
      let domain = madeUpAblation(
        named: "a", units: units, (0..<3).map { text in costs.map { $0 + 0.125 * Double(text) } })
      let influence = ProxyRanking.Input(
        scope: .all, metric: .blockInfluence, values: (0..<3).map { _ in [2, 1, 3, 4] })
      let ranking = ProxyRanking(domain: "a", deltaNLL: domain.deltaNLL(of: .block), [influence])
      return AblationTable([AblationSummary(domain)], proxies: [ranking]).text
    }
    let found = text([1, 4, 2, 3])
    #expect(
      found.contains(
        "a, misjudged by block_influence:\n  block:1 changes the stream least of 4 (all),\n    but its removal costs most: 4.125 (4.0"
      ),
      "\(found)")
    for costs in [[1, 2, 3, 4.0], [-2, -1, -1.5, -1.75]] {
      #expect(!text(costs).contains("misjudged"), "\(costs)")
    }
  }
}
