import Foundation
import GRDB
import ProfileReport
import ProfileStore
import Profiler
import Statistics
import TestSupport
import Testing

/// Groups of a stored run: its files, its samples and what is said of them.
@Suite struct GroupRunTests {
  /// Two domains of 24 texts in groups of two, of which some are of both domains.
  private func run(common: Int = 0) -> MadeUpRun {
    var run = MadeUpRun(domains: [("a", (0..<24).map { 20 + $0 }), ("b", (0..<24).map { 20 + $0 })]) {
      metric, domain, text, scope, layer in
      2 + MadeUpRun.noise(domain, text, layer) + (layer == 1 ? Double(domain) : 0)
    }
    run.group = { domain, text in text / 2 < common ? "g\(text / 2)" : "\(domain), \(text / 2)" }
    return run
  }

  private func written(_ run: MadeUpRun) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try run.write(to: folder.url)
    return folder
  }

  private func compare(_ folder: TemporaryFolder) throws -> (runs: ComparedRuns, comparison: DomainComparison) {
    var settings = ComparisonSettings()
    settings.permutations = 99
    settings.resamples = 50
    let runs = try ComparedRuns(LoadedRun(contentsOf: folder.url))
    let columns = try runs.columns(metrics: [.absMean], scopes: [.all])
    return (runs, try #require(runs.comparisons(columns, settings).first))
  }

  @Test func `groups.csv names the group of every text and the text that it copies`() throws {
    var made = MadeUpRun(domains: [("a", [20, 20, 30, 25]), ("b,\"c\"", [20, 40])]) { _, _, _, _, _ in 1 }
    // The first two texts of a are copies, and the third consists of the same token; so does the first of b.
    made.copies = [0, 1, 2]
    made.sharesTexts = true
    made.group = { domain, text in domain == 0 && text == 3 ? "b,\"c\"/1" : nil }
    let folder = try written(made)
    try RunExport(ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))).write(to: folder.url)
    #expect(
      try folder.text("groups.csv") == #"""
        domain,text,tokens,group,copy_of
        a,0,20,a/0,
        a,1,20,a/0,0
        a,2,30,a/0,
        a,3,25,"b,""c""/1",
        "b,""c""",0,20,a/0,
        "b,""c""",1,40,a/0,

        """#)
    let groups = try ProfileStore(reading: folder.url.appending(path: RunFolder.fileName)).groups()
    #expect(groups.count == 2)
    // Not the copy within a domain, which is counted as such.
    #expect(groups.nearCopies == 3)
  }

  @Test func `a made name gives way to a given one`() throws {
    var made = MadeUpRun(domains: [("a", [20, 21])]) { _, _, _, _, _ in 1 }
    made.group = { _, text in text == 1 ? "a/0" : nil }
    let folder = try written(made)
    try RunExport(ProfileStore(reading: folder.url.appending(path: RunFolder.fileName))).write(to: folder.url)
    #expect(try folder.text("groups.csv").hasSuffix("copy_of\na,0,20,a/0',\na,1,21,a/0,\n"))
  }

  @Test func `the unit of a comparison is the group, by the mean of its texts`() throws {
    let (runs, comparison) = try compare(written(run()))
    let row = comparison.blocks[0]
    #expect(row.counts == [24, 24, 12, 12])
    let means = (0..<2).map { domain in
      (0..<12).map { (MadeUpRun.noise(domain, 2 * $0, 0) + MadeUpRun.noise(domain, 2 * $0 + 1, 0)) / 2 }
    }
    let test = TTest(SampleMoments(means[0][...]), SampleMoments(means[1][...]))
    #expect(abs(row.t - test.t) < 1e-9 * abs(test.t))
    let note =
      "the unit of every test is the group, by the mean of its texts: a 24 texts in 12 groups, b 24 texts in 12 groups"
    #expect(runs.notes.contains(note))
    let csv = ComparisonCSV.text([comparison]).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let place = try #require(csv[0].firstIndex(of: "groups_a"))
    #expect(csv[1][place...place + 1] == ["12", "12"])
    #expect(csv[1][5...6] == ["24", "24"])
  }

  @Test func `a group of both domains is left out of their comparison, with its texts and tokens`() throws {
    let (runs, comparison) = try compare(written(run(common: 3)))
    let row = comparison.blocks[1]
    #expect(row.counts == [18, 18, 9, 9])
    #expect(row.tokensA == (6..<24).reduce(0) { $0 + 20 + $1 })
    #expect(runs.notes.contains("groups in both domains of a pair, which are left out there: a – b 3"))
    #expect(runs.notes.contains { $0.contains("a 24 texts in 12 groups") })
    #expect(!row.isPaired)
  }

  @Test func `domains with the same groups are compared group by group`() throws {
    var made = run(common: 12)
    // The texts of b are in another order, and one of its groups has three texts.
    made.domains[1].tokens.append(44)
    made.group = { domain, text in "g\(domain == 0 ? text / 2 : text == 24 ? 5 : (23 - text) / 2)" }
    let (runs, comparison) = try compare(written(made))
    #expect(!comparison.isPaired)
    #expect(comparison.omnibus.allSatisfy { $0.f.isNaN })
    #expect(comparison.control.comparisons > 0)
    func mean(_ domain: Int, _ layer: Int, _ group: Int) -> Double {
      let texts = (0..<24 + domain).filter { made.group(domain, $0) == "g\(group)" }
      return texts.reduce(0) { $0 + MadeUpRun.noise(domain, $1, layer) } / Double(texts.count)
        + (layer == 1 ? Double(domain) : 0)
    }
    for (layer, row) in comparison.blocks.enumerated() {
      #expect(row.counts == [24, 25, 12, 12])
      #expect(row.isPaired && row.degreesOfFreedom == 11 && row.lengthCheck == nil)
      let (a, b) = ((0..<12).map { mean(0, layer, $0) }, (0..<12).map { mean(1, layer, $0) })
      let test = TTest(paired: SampleMoments(zip(a, b).map { $0 - $1 }))
      #expect(abs(row.t - test.t) < 1e-9 * abs(test.t))
      #expect(abs(row.difference - test.difference) < 1e-12)
      let (x, y) = (SampleMoments(a), SampleMoments(b))
      #expect(abs(row.hedgesG - HedgesG(paired: x, y, difference: test.difference).g) < 1e-9)
      #expect(abs(row.correlation) <= 1)
    }
    #expect(runs.notes.contains("domains with the same groups, which are compared group by group (paired): a – b 12"))
    #expect(!runs.notes.contains { $0.contains("left out there") })
  }

  @Test func `fewer than five groups are too few, however many texts they have`() throws {
    var made = run()
    made.group = { domain, text in "\(domain), \(text % 4)" }
    let (runs, comparison) = try compare(written(made))
    #expect(comparison.blocks.allSatisfy { $0.verdict == .tooFewGroups && $0.groupsA == 4 && $0.p.isNaN })
    #expect(comparison.control.comparisons == 0)
    #expect(runs.notes.contains("fewer than 5 groups of distinct texts, too few to compare: a 4, b 4"))
  }

  @Test func `two runs of the same texts are paired by group`() throws {
    var other = run()
    let value = other.value
    other.value = { metric, domain, text, scope, layer in
      value(metric, domain, text, scope, layer) + 0.01 * MadeUpRun.noise(9, domain, text, layer)
    }
    other.model = "models/n"
    let folders = try [written(run()), written(other)]
    let runs = try ComparedRuns(LoadedRun(contentsOf: folders[0].url), LoadedRun(contentsOf: folders[1].url))
    let column = try runs.columns(metrics: [.absMean], scopes: [.all])
    var settings = ComparisonSettings()
    settings.permutations = 99
    settings.resamples = 50
    let rows = try #require(runs.comparisons(column, settings).first).blocks
    #expect(rows.allSatisfy { $0.isPaired && $0.countA == 24 && $0.groupsA == 12 && $0.degreesOfFreedom == 11 })
    let unpaired = try ComparedRuns(
      LoadedRun(contentsOf: folders[0].url), LoadedRun(contentsOf: folders[1].url), isUnpaired: true)
    let independent = try #require(unpaired.comparisons(column, settings).first).blocks
    withExtendedLifetime(folders) {}
    // Taken as other texts, so the groups of both runs stay.
    #expect(independent.allSatisfy { $0.groupsA == 12 && $0.groupsB == 12 && $0.countA == 24 })
  }

  @Test func `a run without the tables of groups is read, and says that near-copies were not searched`() throws {
    let folder = try written(run())
    let queue = try DatabaseQueue(path: folder.url.appending(path: RunFolder.fileName).path)
    try queue.write { try $0.execute(sql: "DROP TABLE text_group; DROP TABLE near_copy") }
    try queue.close()
    let record = try LoadedRun(contentsOf: folder.url)
    #expect(!record.groups.areShared && !record.groups.isSearched)
    let (_, comparison) = try compare(folder)
    #expect(comparison.blocks.allSatisfy { $0.groupsA == 24 && $0.countA == 24 })
    let words = try RunReport(record, comparisons: [comparison]).statements.filter { $0.claim == .noGroups }.map(\.html)
    #expect(words.count == 1 && words[0].contains("since the run is of an earlier version"))
    let new = try written(run())
    #expect(try LoadedRun(contentsOf: new.url).groups.isSearched)
  }

  @Test(arguments: [
    ("INSERT OR REPLACE INTO text_group VALUES (0, '')", "table text_group: expected a group that is not empty"),
    ("UPDATE text_group SET name = printf('%01001d', 0) WHERE text = 1", "expected a group of at most 1000 bytes"),
    (
      "DROP TABLE near_copy; CREATE TABLE near_copy (text, other)",
      "table near_copy: expected other columns than it has"
    ),
  ])
  func `tables of groups that are no run's are refused`(change: String, message: String) throws {
    let folder = try written(run())
    let queue = try DatabaseQueue(path: folder.url.appending(path: RunFolder.fileName).path)
    try queue.write { try $0.execute(sql: change) }
    try queue.close()
    let error = #expect(throws: StoreError.self) { try LoadedRun(contentsOf: folder.url) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func `rows of texts that do not exist are of no effect`() throws {
    let folder = try written(run())
    let queue = try DatabaseQueue(path: folder.url.appending(path: RunFolder.fileName).path)
    try queue.write {
      try $0.execute(sql: "INSERT INTO near_copy VALUES (900, 0); INSERT INTO text_group VALUES (901, 'x')")
    }
    try queue.close()
    #expect(try LoadedRun(contentsOf: folder.url).groups.count == 24)
  }

  @Test func `blocks are ranked by groups of texts`() {
    let values = [[1.0, 9], [1, 9], [1, 9], [8, 1]]
    let texts = BlockRanking([DomainSample(name: "a", values: values)], layers: 0..<2, seed: 0)
    let groups = BlockRanking([DomainSample(name: "a", values: values, groups: [5, 5, 5, 6])], layers: 0..<2, seed: 0)
    #expect(texts?.places.map(\.layer) == [0, 1])
    #expect(texts?.places.map(\.value) == [2.75, 7])
    #expect(groups?.places.map(\.layer) == [0, 1])
    #expect(groups?.places.map(\.value) == [4.5, 5])
  }
}
