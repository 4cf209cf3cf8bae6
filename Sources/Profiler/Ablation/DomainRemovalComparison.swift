public import LlamaCore
public import Statistics

/// Where a removal hurts one domain and not another: the difference of the domains' mean `delta_nll`, for each unit and
/// pair of domains, by Welch's test over texts, or over groups of texts where texts have groups. A group that occurs in both
/// domains is left out.
public struct DomainRemovalComparison: Sendable {
  /// One unit in two domains.
  public struct Row: Sendable {
    public let unit: BlockUnit
    /// Places of the domains.
    public let pair: DomainPair
    public let domainA, domainB: String
    /// Numbers of texts that count.
    public let textsA, textsB: Int
    /// Mean `delta_nll` of A minus that of B, in nats a token; NaN without texts.
    public let difference: Double
    /// The interval of ``difference`` at the level 1 - alpha, `± t √(s²_A / n_A + s²_B / n_B)` with Satterthwaite's degrees
    /// of freedom; nil if not tested.
    public let interval: ClosedRange<Double>?
    /// Two-sided p; NaN if not tested: fewer than ``Verdict/leastTexts`` texts (or groups) in a domain, or no scatter in
    /// either.
    public let p: Double
    /// p after Benjamini & Hochberg (1995), over all units and pairs.
    public let q: Double
    /// True if q is below alpha: of the rows for which it is true, an expected share of at most alpha does not differ.
    public let isDifferent: Bool
  }

  /// Rows by unit, in the order of the ablation, and then by pair.
  public let rows: [Row]
  public let settings: AblationSettings

  /// - Parameters:
  ///   - domains: ablations of the same units.
  ///   - settings: error rate of the q-values.
  /// - Precondition: the units are the same in every domain.
  public init(_ domains: [AblationDomain], settings: AblationSettings = AblationSettings()) {
    self.settings = settings
    let units = domains.first?.units ?? []
    precondition(domains.allSatisfy { $0.units == units }, "domains of other units")
    let pairs = DomainPair.all(of: domains.count)
    let groups = domains.map { Set($0.texts.compactMap(\.group)) }
    let common = pairs.map { groups[$0.a].intersection(groups[$0.b]) }
    let tests = units.indices.flatMap { unit in
      let samples = domains.map { RemovalSample($0, unit) }
      return zip(pairs, common).map { pair, common in
        common.isEmpty
          ? Self.test(samples[pair.a], samples[pair.b])
          : Self.test(
            RemovalSample(domains[pair.a], unit, without: common), RemovalSample(domains[pair.b], unit, without: common)
          )
      }
    }
    let q = BenjaminiHochberg.adjust(tests.map { $0.isTested ? $0.test.p : .nan })
    rows = tests.indices.map { index in
      let (unit, pair) = (units[index / pairs.count], pairs[index % pairs.count])
      let (test, isTested) = (tests[index].test, tests[index].isTested)
      let half = isTested ? StudentT(df: test.df).upperQuantile(0.5 * settings.alpha) * test.standardError : .nan
      return Row(
        unit: unit, pair: pair, domainA: domains[pair.a].name, domainB: domains[pair.b].name,
        textsA: tests[index].textsA, textsB: tests[index].textsB, difference: test.difference,
        interval: half.isFinite && test.difference.isFinite ? test.difference - half...test.difference + half : nil,
        p: isTested ? test.p : .nan, q: q[index], isDifferent: q[index] < settings.alpha)
    }
  }

  /// Rows that were tested: those with a p.
  public var tested: [Row] { rows.filter { !$0.p.isNaN } }

  /// Rows that differ, the largest difference first; the earlier one first among equals.
  public var different: [Row] {
    rows.enumerated().filter(\.element.isDifferent)
      .sorted { (abs($1.element.difference), $0.offset) < (abs($0.element.difference), $1.offset) }.map(\.element)
  }

  private static func test(
    _ a: RemovalSample, _ b: RemovalSample
  ) -> (test: TTest, isTested: Bool, textsA: Int, textsB: Int) {
    let test = TTest(a.moments, b.moments)
    let isTested = min(a.deltaNLL.count, b.deltaNLL.count) >= Verdict.leastTexts && test.standardError > 0
    return (test, isTested, a.places.count, b.places.count)
  }
}
