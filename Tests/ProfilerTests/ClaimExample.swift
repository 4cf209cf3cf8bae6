import ProfileReport
import Profiler
import TestSupport

/// A sentence with a run of which it must be said and one of which it must not.
struct ClaimExample {
  /// A made-up run. As it stands, two domains of twelve texts differ at block 1 and nowhere else.
  struct Run {
    var domains = ["a", "b"]
    var texts = 12
    var blocks = 0..<4
    /// Values in place of the plain run's.
    var value: (_ metric: Metric, _ domain: Int, _ text: Int, _ layer: Int) -> Double? = { _, _, _, _ in nil }
    var tokens: (_ domain: Int, _ text: Int) -> Int = { _, text in 20 + 3 * text }
    var compares = true
    var alpha = 0.05
    var pools: [DomainPool] = []
    /// Damage of removing units one after the other.
    var curves: [RemovalCurve] = []
    /// Changes what is left.
    var change: (inout MadeUpRun) -> Void = { _ in }

    var made: MadeUpRun {
      var run = MadeUpRun(
        domains: domains.enumerated().map { domain, name in (name, (0..<texts).map { tokens(domain, $0) }) }
      ) { metric, domain, text, _, layer in
        value(metric, domain, text, layer) ?? Self.value(metric, domain, text, layer)
      }
      run.layers = blocks
      change(&run)
      return run
    }

    /// Grows with the block; block 1 of the domains differs; texts scatter.
    static func value(_ metric: Metric, _ domain: Int, _ text: Int, _ layer: Int) -> Double {
      let scatter = 0.01 * Double((7 * text + 3 * layer + 5 * domain) % 12)
      let shift = layer == 1 ? 0.5 * Double(domain) : 0
      switch metric {
      case .mean: return scatter - 0.055
      case .attentionAbsMean: return 0.3 + scatter
      case .mlpAbsMean: return 0.6 + scatter
      default: return Double(layer + 1) + scatter + shift
      }
    }
  }

  /// What the sentence must have.
  let words: String
  let said: Run
  let unsaid: Run

  init(_ words: String, _ said: Run, not unsaid: Run) {
    (self.words, self.said, self.unsaid) = (words, said, unsaid)
  }

  /// Values of one metric, the same for all texts but for their scatter.
  static func values(
    _ metric: Metric, of other: @escaping (_ domain: Int, _ layer: Int) -> Double
  ) -> (Metric, Int, Int, Int) -> Double? {
    { $0 == metric ? other($1, $3) + 1e-3 * Double(($2 * 7 + $3 * 3) % 12) : nil }
  }

  /// Every sentence has one here: a new one does not compile without.
  static func all(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .subject, .edits, .massiveActivations, .noMassiveActivations, .pools, .copies, .blocksLeftOut, .scope,
      .noFiniteValue,
      .largestChange, .equalChange,
      .largestInDomains,
      .largestRelativeChange, .mlpAddsMore, .attentionAddsMore, .partsDependOnDomain, .leastInfluence, .rankIsSure,
      .rankIsUnknown:
      profile(claim)
    case .oneDomain, .notCompared, .notTested, .differences, .largestDifference, .widestDifference, .equivalence,
      .noEquivalence,
      .equivalenceOutOfReach, .lengthsHardlyOverlap, .lengthHolds, .lengthMatters, .negligible, .untested,
      .inconclusive,
      .textsNeeded, .textsForEquivalence, .nothingOpen, .control,
      .controlIsBlind, .groups, .noGroups, .matchedGroups, .commonGroups, .noControl, .lengthsDiffer, .exceptions,
      .noExceptions:
      comparison(claim)
    case .identified, .notIdentified, .identifiedBy, .identifiedAtEqualLength, .notIdentifiedAtEqualLength, .confused,
      .notConfused, .varianceShares, .shapeDistances, .twoShapes,
      .stableGroups, .noStableGroup, .farthestDomain, .farthestOpen, .lengthNamesToo, .groupsUnknown, .domainsLeftOut:
      composition(claim)
    case .claimMeanHolds, .claimMeanFails, .claimLaterHolds, .claimLaterAbsolute, .claimLaterRelative, .claimLaterFails,
      .claimOneApart, .claimSeveralApart, .claimNoneApart, .claimEndsVary, .claimEndsVaryAbsolute,
      .claimEndsVaryRelative, .claimEndsDoNotVary:
      original(claim)
    case .meansHoldZero, .farthestMean, .domainsPart, .bandsApart, .noBandApart, .mostVaried,
      .noVariance, .spread, .noSpread, .interval, .noInterval, .logarithmic, .partlyLogarithmic,
      .axisWithoutZero, .whisker, .noWhisker,
      .draws:
      picture(claim)
    case .someDomainDiffers, .noDomainDiffers, .omnibusUnknown, .corpusNotFound, .corpusChanged, .mostChangedTexts,
      .noMostChangedTexts, .counts, .moreIncidents:
      table(claim)
    case .removed, .harmlessEverywhere, .harmlessSomewhere, .nothingHarmless, .harmlessHeld, .nothingHeld, .mostHarmful,
      .misnamedBlock, .trustedMetric, .noTrustedMetric, .removalsOpen, .fewRemovalTexts, .removalsNotFinite,
      .domainsHurtDifferently, .domainsHurtAlike, .removalsNotCompared, .proxyPicture:
      removal(claim)
    case .curvesOfChosen, .curveCosts, .noRandomOrders, .curvesBelowRandom, .curvesNotBelowRandom, .curveBand,
      .randomBand:
      curve(claim)
    }
  }
}
