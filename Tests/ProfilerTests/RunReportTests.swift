import Foundation
import FoundationXML
import Foundations
import LlamaCore
import ProfileReport
import Profiler
import Statistics
import TestSupport
import Testing

@Suite struct RunReportTests {
  /// A made-up run: every metric of text i of domain d at block b has a value of its own, and grows with d at block 1.
  private static func write(
    to folder: TemporaryFolder, domains: [String], texts: Int, blocks: Int, spectral: Bool = false,
    corpus: String = "corpus.json", hash: Fingerprint = .ofNothing
  ) throws {
    var generator = SplitMix64(seed: 7)
    let tokens = (0..<texts).map { 20 + $0 * 3 }
    var run = MadeUpRun(domains: domains.map { ($0, tokens) }) { metric, domain, _, _, block in
      let noise = Double(generator.next(below: 1000)) / 1000
      let shift = block == 1 ? 3 * Double(domain) : 0
      let value = 0.1 * Double(block + 1) + 0.2 * noise + shift
      return metric == .mean ? value - 0.2 : value
    }
    run.layers = 0..<blocks
    if spectral { run.metrics = Metric.standard + Metric.Group.spectrum.metrics }
    run.emptyTexts = 1
    run.model = "models/<b>m</b>"
    (run.corpus, run.corpusHash) = (corpus, hash)
    try run.write(to: folder.url)
  }

  private static func report(_ folder: TemporaryFolder, compares: Bool = true) throws -> RunReport {
    let record = try LoadedRun(contentsOf: folder.url)
    var settings = ComparisonSettings()
    settings.permutations = 100
    settings.resamples = 200
    return try RunReport(record, comparisons: compares ? try record.comparisons(settings) : [])
  }

  private let date = Date(timeIntervalSince1970: 1_800_000_000)
  private static let hostile = "<script>alert(1)</script> & \"quoted\" 'names'"

  @Test func `the same run gives the same bytes, apart from the date`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a", "b"], texts: 6, blocks: 3)
    let reports = try (0..<2).map { _ in try Self.report(folder) }
    #expect(reports[0].page(date: date) == reports[1].page(date: date))
    #expect(reports[0].pictures.map(\.svg) == reports[1].pictures.map(\.svg))
    let other = reports[0].page(date: date + 60)
    #expect(other != reports[1].page(date: date))
    #expect(other.replacing("2027-01-15T08:01:00Z", with: "2027-01-15T08:00:00Z") == reports[1].page(date: date))
  }

  @Test func `the pictures are well-formed, named once, and the page's`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a", Self.hostile, "c"], texts: 6, blocks: 3, spectral: true)
    let report = try Self.report(folder)
    let names = report.pictures.map(\.name)
    #expect(Set(names).count == names.count)
    // Four pictures, four of each metric, one more of `mean`, one of the shares and four of the rankings in three scopes; four of
    // each metric of the spectrum in two; the lengths; the tree of domains.
    #expect(names.count == 3 * (4 + 4 * 17 + 1 + 1 + 4) + 2 * 4 * 3 + 1 + 1)
    for (name, svg) in report.pictures {
      let parser = XMLParser(data: Data(svg.utf8))
      #expect(parser.parse(), "\(name): \(parser.parserError?.localizedDescription ?? "")")
      #expect(!svg.contains("var(--"), "\(name)")
      #expect(!svg.contains("nan"), "\(name)")
      #expect(!svg.contains("NaN"), "\(name)")
    }
    let page = report.page(date: date)
    #expect(page.matches(of: /<svg class="chart"/).count == names.count)
  }

  @Test func `every picture of the page is a file, and every file a picture of the page`() throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: ["a", "b"].map { ($0, (0..<6).map { 20 + $0 }) }) { _, domain, text, _, layer in
      Double(domain + layer) + 0.1 * Double(text)
    }
    run.metrics = Metric.standard + Metric.Group.likelihood.metrics + Metric.Group.spectrum.metrics
    try run.write(to: folder.url)
    for compares in [true, false] {
      let report = try Self.report(folder, compares: compares)
      try report.write(to: folder.url, date: date)
      let page = try String(contentsOf: folder.url.appending(path: "report.html"), encoding: .utf8)
      let shown = try PageTooltips(page).charts
      let figures = folder.url.appending(path: "figures")
      #expect(shown.map { $0 + ".svg" } == report.pictures.map(\.name))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: figures.path).sorted() == shown.map { $0 + ".svg" }.sorted()
      )
      for name in shown {
        let svg = try String(contentsOf: figures.appending(path: name + ".svg"), encoding: .utf8)
        let title = try #require(svg.firstMatch(of: /<title>([^<]*)</)).1
        #expect(page.contains("aria-label=\"\(title)\" tabindex=\"0\""), "\(name)")
      }
      // Known as a report's own, so that a later report removes what it has not.
      for (name, _) in report.pictures { #expect(RunReport.isFigure(name), "\(name)") }
    }
    for name in ["mine.svg", "sketch.all.svg", "abs_mean.heat.svg", "abs_mean.heat.all.png", ".all.svg"] {
      #expect(!RunReport.isFigure(name), "\(name)")
    }
  }

  @Test func `a picture of an earlier report that does not occur any more is removed, a stranger's is not`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a", "b"], texts: 6, blocks: 2, spectral: true)
    try Self.report(folder).write(to: folder.url)
    let figures = folder.url.appending(path: "figures")
    for name in ["mine.svg", "sketch.all.svg"] {
      try Data("<svg>a stranger's</svg>".utf8).write(to: figures.appending(path: name))
    }
    try Self.write(to: folder, domains: ["a", "b"], texts: 6, blocks: 2)
    let report = try Self.report(folder)
    try report.write(to: folder.url)
    let found = try FileManager.default.contentsOfDirectory(atPath: figures.path)
    #expect(Set(found) == Set(report.pictures.map(\.name) + ["mine.svg", "sketch.all.svg"]))
  }

  @Test func `names from files are never markup`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a", Self.hostile], texts: 4, blocks: 2)
    let page = try Self.report(folder).page(date: date)
    #expect(!page.contains("<script>alert"))
    #expect(!page.contains("<b>m</b>"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; &#39;names&#39;"))
    // The three scripts of the page and no other.
    #expect(page.matches(of: /<script/).count == 3)
    #expect(!page.contains("http://") || page.matches(of: /http:\/\/(?!www\.w3\.org\/2000\/svg)/).isEmpty)
    #expect(!page.contains("https://"))
  }

  @Test func `the sentences name the block and the pair that differ`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["low", "middle", "high"], texts: 12, blocks: 4)
    let page = try Self.report(folder).page(date: date)
    #expect(page.contains("36 texts of 3 domains (<b>low</b>, <b>middle</b> and <b>high</b>)"))
    #expect(page.contains("<b>Block 1</b> changes the residual stream most"))
    #expect(page.contains("The largest difference is between <b>low</b> and <b>high</b> at block 1 (Hedges’ g = −"))
    #expect(page.contains("3 texts skipped as empty"))
    #expect(page.contains("not to be found"))
  }

  @Test func `without a comparison the page says how to get one, of one domain that there is none`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a", "b"], texts: 3, blocks: 2)
    let page = try Self.report(folder, compares: false).page(date: date)
    #expect(page.contains("<code>fp-cli report</code> makes one"))
    #expect(!page.contains("id=\"differences\""))
    try Self.write(to: folder, domains: ["a"], texts: 1, blocks: 1)
    let single = try Self.report(folder).page(date: date)
    #expect(single.contains("There is one domain"))
    #expect(single.contains("<b>Block 0</b>"))
  }

  @Test func `the likelihood is a value of the text: one picture and a verdict for each pair, no blocks`() throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: ["a", "b", "c"].map { ($0, (0..<12).map { 20 + $0 }) }) { _, domain, text, _, layer in
      Double(domain + layer) + 0.1 * Double(text)
    }
    run.metrics = Metric.standard + Metric.Group.likelihood.metrics
    try run.write(to: folder.url)
    let report = try Self.report(folder)
    #expect(report.pictures.map(\.name).filter { $0.hasPrefix("nll") } == ["nll.texts.svg"])
    let panel = try #require(
      report.page(date: date).split(separator: "id=\"metric-nll\">").last?.split(separator: "</section>").first)
    // A head and three pairs.
    #expect(panel.matches(of: /<tr>/).count == 4)
    #expect(!panel.contains("scope0"))
    for pair in ["a – b", "a – c", "b – c"] { #expect(panel.contains("<td>\(pair)</td>")) }
  }

  @Test func `a metric that spans decades is drawn on a logarithmic axis that says so, another is not`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: [("a", [20, 21, 22]), ("b", [30, 31, 32])]) { metric, _, text, _, layer in
      (metric == .blockInfluence ? pow(100, Double(layer)) : 1 + Double(layer)) * (1 + 0.01 * Double(text))
    }
    try run.write(to: folder.url)
    let pictures = Dictionary(uniqueKeysWithValues: try Self.report(folder, compares: false).pictures)
    for name in ["interval", "heat", "ranking"] {
      for (metric, isLogarithmic) in [("block_influence", true), ("angular_distance", false)] {
        let svg = try #require(pictures["\(metric).\(name).all.svg"])
        #expect(svg.contains("log scale") == isLogarithmic, "\(metric) \(name)")
      }
    }
  }

  @Test func `every cause of values that are not finite is named in words`() throws {
    let folder = try TemporaryFolder()
    let causes: [NonFinite.Cause] = [.values, .zeroNorm, .zeroChange, .noSpectrum]
    var run = MadeUpRun(domains: [("a", [20, 21, 22, 23]), ("b", [30])]) { _, _, text, _, layer in Double(text + layer)
    }
    run.nonFinite = { domain, text in
      domain == 0 ? [NonFinite(cause: causes[text], layer: 0, position: 0, count: 1)] : []
    }
    try run.write(to: folder.url)
    let page = try Self.report(folder, compares: false).page(date: date)
    let exceptions = try #require(
      page.split(separator: "<section id=\"exceptions\">").last?.split(separator: "</section>").first)
    for cause in causes {
      #expect(
        !exceptions.contains(cause.rawValue + "</td>") && exceptions.contains("<td>\(cause.words.markup)</td>"),
        "\(cause)")
    }
  }

  @Test func `neighbouring blocks that differ are a cluster, a band is what lies around a line`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: ["a", "b"].map { ($0, (0..<12).map { 20 + $0 }) }) { _, domain, text, _, layer in
      Double(3 * domain + layer) + 0.1 * Double((7 * text + layer) % 12)
    }
    try run.write(to: folder.url)
    let page = try Self.report(folder).page(date: date)
    for words in ["<th>clusters of blocks</th>", ">cluster of blocks, p &lt; 0.05<", "<b>Cluster of blocks</b>"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(page.firstMatch(of: /[Bb]ands? of blocks/) == nil && page.contains("Band: "))
  }

  @Test func `an effect stands with its interval, and not at all where nothing was tested`() throws {
    for (texts, isTested) in [(12, true), (4, false), (1, false)] {
      let folder = try TemporaryFolder()
      var run = MadeUpRun(domains: ["a", "b"].map { ($0, (0..<texts).map { 20 + $0 }) }) { _, domain, text, _, layer in
        Double(domain + layer) + 0.1 * Double(text)
      }
      run.metrics = Metric.standard + Metric.Group.likelihood.metrics
      try run.write(to: folder.url)
      let page = try Self.report(folder).page(date: date)
      let effect =
        /<td>a – b<\/td><td>different<\/td>(<td class="n">−[\d.]+<\/td>){2}<td class="n">−[\d.]+ to −[\d.]+<\/td>/
      #expect((page.firstMatch(of: effect) != nil) == isTested)
      let none = /<td>a – b<\/td><td>too few groups<\/td><td class="n">−[\d.]+<\/td>(<td class="n">–<\/td>){3}/
      #expect((page.firstMatch(of: none) != nil) == !isTested)
      // Beside the counts of verdicts.
      #expect((page.firstMatch(of: /, g = −[\d.]+ \(−[\d.]+ to −[\d.]+\)<\/td>/) != nil) == isTested)
      let tooltips = try PageTooltips(page)
      for label in ["Hedges’ g", "95 % interval", "q"] {
        let parts = try tooltips.parts("abs_mean.verdicts.all", label, column: 0, row: 0)
        #expect(parts.allSatisfy { $0.isEmpty != isTested }, "\(label): \(parts)")
      }
    }
  }

  @Test func `metrics stand in the order of their table, in tabs and in definitions`() throws {
    let folder = try TemporaryFolder()
    var run = MadeUpRun(domains: [("a", [20, 21])]) { _, _, text, _, layer in Double(text + layer) }
    run.metrics = Metric.allCases
    try run.write(to: folder.url)
    let page = try Self.report(folder, compares: false).page(date: date)
    let names = Metric.allCases.map(\.rawValue)
    #expect(page.matches(of: /data-panel="metric-(\w+)"/).map { String($0.output.1) } == names)
    #expect(page.matches(of: /id="metric-(\w+)"/).map { String($0.output.1) } == names)
    let definitions = try #require(page.split(separator: "<section id=\"definitions\">").last)
    #expect(definitions.matches(of: /<tr><td><code>(\w+)<\/code>/).map { String($0.output.1) } == names)
  }

  @Test func `the texts that a block changed most stand under one name, in the list of sections too`() throws {
    let folder = try TemporaryFolder()
    try Self.write(to: folder, domains: ["a"], texts: 4, blocks: 2)
    let page = try Self.report(folder, compares: false).page(date: date)
    #expect(page.contains("<a href=\"#texts\">Texts that a block changed most</a>"))
    #expect(page.contains("<section id=\"texts\"><h2>Texts that a block changed most<span"))
  }

  @Test func `texts are quoted where the corpus is still the one that was profiled`() throws {
    let folder = try TemporaryFolder()
    let corpus = folder.url.appending(path: "corpus.json")
    try Data(#"{"a": ["one <i>text</i>\n of  lines", "two"], "b": ["three", [1, 2, 3]]}"#.utf8).write(to: corpus)
    let hash = try Fingerprint(contentsOf: corpus)
    func page(_ hash: Fingerprint) throws -> String {
      try Self.write(to: folder, domains: ["a", "b"], texts: 2, blocks: 2, corpus: corpus.path, hash: hash)
      return try Self.report(folder).page(date: date)
    }
    let quoted = try page(hash)
    #expect(quoted.contains("one &lt;i&gt;text&lt;/i&gt; of lines"))
    #expect(quoted.contains("token ids 1 2 3"))
    let changed = try page(.ofNothing)
    #expect(changed.contains("not the one that was profiled any more"))
    #expect(!changed.contains("one &lt;i&gt;"))
  }

  @Test func `seven domains of 64 texts and 28 blocks stay under 3.2 megabytes`() throws {
    let folder = try TemporaryFolder()
    try Self.write(
      to: folder, domains: ["bills", "cpp", "finance", "legal", "math", "medical", "python"], texts: 64, blocks: 28)
    let record = try LoadedRun(contentsOf: folder.url)
    var settings = ComparisonSettings()
    // The size does not depend on how many.
    settings.permutations = 10
    settings.resamples = 10
    let page = try RunReport(record, comparisons: try record.comparisons(settings)).page(date: date)
    #expect(page.utf8.count < 3_200_000, "\(page.utf8.count) bytes")
    #expect(page.utf8.count > 500_000)
  }
}
