import Foundations
import Profiler
import Statistics
import Testing

/// Shares, shape distances and identification against numpy, scipy and scikit-learn with the same draws.
@Suite struct CompositionStatisticsTests {
  /// Made-up log profiles and all that `make_composition.py` says of them.
  struct Case: Sendable, CustomTestStringConvertible {
    let json: JSONValue
    let settings: JSONValue
    var testDescription: String { json["name"]?.string ?? "?" }

    static func load() throws -> [Case] {
      let file = try StatisticsFixtures.json("composition.json")
      let settings = try #require(file["settings"])
      return try #require(file["cases"]?.array).map { Case(json: $0, settings: settings) }
    }

    func profiles() throws -> GroupedProfiles {
      GroupedProfiles(
        try numbers(json["rows"]), domains: try integers(json["domains"]),
        domainCount: try #require(json["count"]?.integer), groups: try integers(json["groups"]))
    }

    func integers(_ value: JSONValue?) throws -> [Int] { try #require(value?.array).compactMap(\.integer) }

    func numbers(_ value: JSONValue?) throws -> [[Double]] {
      try #require(value?.array).map { try #require($0.array).compactMap(\.double) }
    }
  }

  @Test(arguments: try Case.load())
  func `shares of variance are numpy's`(entry: Case) throws {
    let shares = try #require(VarianceShares(entry.profiles()))
    let expected = try #require(entry.json["shares"])
    for (name, value) in [
      ("block", shares.block), ("domain", shares.domain), ("blockByDomain", shares.blockByDomain),
      ("text", shares.text), ("residual", shares.residual),
    ] { try expectNumber(value, expected[name], name) }
    #expect(abs(shares.block + shares.domain + shares.blockByDomain + shares.text + shares.residual - 1) < 1e-12)
  }

  @Test(arguments: try Case.load())
  func `distances, their intervals, the tree and its supports are those of numpy and scipy`(entry: Case) throws {
    let seed = UInt64(try #require(entry.settings["seed"]?.integer))
    let shape = ShapeDistances(
      try entry.profiles().centered, resamples: try #require(entry.settings["clades"]?.integer), seed: seed, Workers(2))
    let expected = try #require(entry.json["shape"])
    let (distances, low, high) = try (
      entry.numbers(expected["distances"]), entry.numbers(expected["low"]), entry.numbers(expected["high"])
    )
    for first in shape.distances.indices {
      for second in shape.distances.indices {
        let place = "\(first), \(second)"
        try expectNumber(shape.distances[first][second], .number(distances[first][second]), place)
        guard first != second else { continue }
        let interval = try #require(shape.intervals[first][second])
        try expectNumber(interval.lowerBound, .number(low[first][second]), place)
        try expectNumber(interval.upperBound, .number(high[first][second]), place)
      }
    }
    let merges = try #require(expected["merges"]?.array)
    #expect(merges.count == shape.tree.merges.count)
    for (merge, json) in zip(zip(shape.tree.merges, shape.supports), merges) {
      #expect(merge.0.clade == (try entry.integers(json["clade"])))
      try expectNumber(merge.0.height, json["height"], "height of \(merge.0.clade)")
      try expectNumber(merge.1, json["support"], "support of \(merge.0.clade)")
    }
    for (share, json) in zip(shape.farthestShares, try #require(expected["farthestShares"]?.array)) {
      try expectNumber(share, json, "share of draws as the farthest")
    }
  }

  @Test(arguments: try Case.load())
  func `the discriminant is scikit-learn's`(entry: Case) throws {
    let profiles = try entry.profiles()
    let discriminant = ShrunkDiscriminant(
      profiles, domainOf: profiles.domainOf, rows: Array(0..<profiles.texts))
    let expected = try #require(entry.json["identification"])
    for (row, other) in zip(discriminant.coefficients, try entry.numbers(expected["coefficients"])) {
      for (value, other) in zip(row, other) { try expectNumber(value, .number(other), "coefficient") }
    }
    for (value, other) in zip(discriminant.intercepts, try #require(expected["intercepts"]?.array)) {
      try expectNumber(value, other, "intercept")
    }
  }

  @Test(arguments: try Case.load())
  func `folds, calls, accuracy, interval and p are those of the same draws with scikit-learn`(entry: Case) throws {
    let profiles = try entry.profiles()
    let expected = try #require(entry.json["identification"])
    let settings = try Self.settings(entry)
    let found = Identification("profile", profiles, settings: settings, Workers(2))
    try expectNumber(found.accuracy, expected["accuracy"], "accuracy")
    let interval = try #require(expected["interval"]?.array)
    try expectNumber(found.interval.lowerBound, interval.first, "low")
    try expectNumber(found.interval.upperBound, interval.last, "high")
    try expectNumber(found.p ?? .nan, expected["p"], "p")
    for (row, other) in zip(found.named, try entry.numbers(expected["named"])) {
      for (value, other) in zip(row, other) { #expect(abs(value - other) < 1e-9) }
    }
    for (repetition, folds) in try #require(expected["folds"]?.array).enumerated() {
      var generator = SplitMix64(seed: settings.seed, purpose: .folds, index: repetition)
      let own = GroupFolds.folds(
        profiles.domainOf, domains: profiles.domains, profiles.groupOf, groups: profiles.groups, count: settings.folds,
        &generator)
      #expect(own == (try entry.integers(folds)))
      let calls = Identification.calls(profiles, profiles.domainOf, own, settings.folds)
      #expect(calls == (try entry.integers(expected["calls"]?.array?[repetition])))
    }
  }

  @Test(arguments: try Case.load())
  func `no bit depends on the number of threads`(entry: Case) throws {
    let profiles = try entry.profiles()
    let settings = try Self.settings(entry)
    let found = [1, 3].map { Identification("profile", profiles, settings: settings, Workers($0)) }
    #expect(found[0].named == found[1].named && found[0].p == found[1].p && found[0].interval == found[1].interval)
    let shapes = [1, 3].map { ShapeDistances(profiles.centered, resamples: 20, seed: 1, Workers($0)) }
    #expect(shapes[0].intervals == shapes[1].intervals && shapes[0].supports == shapes[1].supports)
  }

  private static func settings(_ entry: Case) throws -> Identification.Settings {
    var settings = Identification.Settings()
    settings.folds = try #require(entry.settings["folds"]?.integer)
    settings.repeats = try #require(entry.settings["repeats"]?.integer)
    settings.resamples = try #require(entry.settings["resamples"]?.integer)
    settings.permutations = try #require(entry.settings["permutations"]?.integer)
    settings.seed = UInt64(try #require(entry.settings["seed"]?.integer))
    return settings
  }
}

/// What must hold of profiles of any numbers.
@Suite struct CompositionPropertyTests {
  /// Texts of domains that part by `shift` at every other block.
  private static func profiles(
    shift: Double, texts: Int = 24, copies: Int = 1, groups: Bool = false, seed: UInt64 = 4
  ) -> GroupedProfiles {
    var samples = NormalSamples(seed: seed)
    var (rows, domains, keys): ([[Double]], [Int], [Int]) = ([], [], [])
    for domain in 0..<3 {
      for text in 0..<texts {
        let row = (0..<6).map { Double($0) + ($0 % 2 == 0 ? shift * Double(domain) : 0) + 0.1 * samples.next() }
        for _ in 0..<copies {
          rows.append(row)
          domains.append(domain)
          keys.append(domain * texts + text)
        }
      }
    }
    return GroupedProfiles(rows, domains: domains, domainCount: 3, groups: groups ? keys : nil)
  }

  @Test func `domains that part are named, and domains alike are not`() {
    let apart = Identification("profile", Self.profiles(shift: 1), settings: .init(), Workers(2))
    #expect(apart.accuracy == 1 && apart.interval == 1...1 && apart.p == 1 / 200)
    #expect(apart.named.enumerated().allSatisfy { $0.element[$0.offset] == 24 })
    let alike = Identification("profile", Self.profiles(shift: 0), settings: .init(), Workers(2))
    #expect(alike.accuracy < 0.6 && (alike.p ?? 0) > 0.01)
  }

  @Test func `copies of a text that share a group never help to name each other, and without groups they do`() {
    let grouped = Self.profiles(shift: 0, texts: 12, copies: 4, groups: true)
    let single = Self.profiles(shift: 0, texts: 12, copies: 4)
    var settings = Identification.Settings()
    settings.permutations = 99
    let known = Identification("profile", grouped, settings: settings, Workers(2))
    let unknown = Identification("profile", single, settings: settings, Workers(2))
    #expect((known.p ?? 0) > 0.05)
    #expect((unknown.p ?? 1) <= 0.02)
    #expect(unknown.accuracy > known.accuracy)
  }

  @Test func `a group of copies counts once in shares and distances`() throws {
    let plain = Self.profiles(shift: 0.3)
    let copied = Self.profiles(shift: 0.3, copies: 3, groups: true)
    let shares = try [plain, copied].map { try #require(VarianceShares($0)) }
    #expect(abs(shares[0].block - shares[1].block) < 1e-12 && abs(shares[0].text - shares[1].text) < 1e-12)
    let shapes = [plain, copied].map { ShapeDistances($0.centered, resamples: 10, seed: 0, Workers(1)) }
    for (first, second) in zip(shapes[0].distances.joined(), shapes[1].distances.joined()) {
      #expect(abs(first - second) < 1e-12)
    }
  }

  @Test func `a distance is of shape alone, and of equal shapes about 0`() {
    let scaled = Self.profiles(shift: 0.5)
    let other = scaled.mapped { $0.map { $0 + 3 } }
    let shapes = [scaled, other].map { ShapeDistances($0.centered, resamples: 10, seed: 0, Workers(1)).distances }
    for (first, second) in zip(shapes[0].joined(), shapes[1].joined()) { #expect(abs(first - second) < 1e-12) }
    // Half of the blocks are 0.5 higher: 0.25 above and below the mean of both.
    #expect(abs(shapes[0][0][1] - 0.25) < 0.05)
    let alike = ShapeDistances(Self.profiles(shift: 0).centered, resamples: 10, seed: 0, Workers(1)).distances
    #expect(alike.joined().allSatisfy { $0 < 0.03 })
  }

  @Test func `numbers that are all equal have no shares, and name nothing`() {
    let flat = Self.profiles(shift: 0).mapped { $0.map { _ in 2 } }
    #expect(VarianceShares(flat) == nil)
    let found = Identification("length", flat, settings: .init(), Workers(2))
    #expect(found.accuracy == 1.0 / 3)
    #expect(found.p == 1)
  }
}
