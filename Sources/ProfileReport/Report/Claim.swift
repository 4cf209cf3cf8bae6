import Profiler

/// Sentences of the page that depend on a run's numbers. Tests check each one against a run that must produce it and a
/// run that must not: a new case without such a pair does not compile.
package enum Claim: String, CaseIterable, Sendable {
  // The run.
  case subject, edits, massiveActivations, noMassiveActivations, pools, copies, blocksLeftOut, scope
  // The profile.
  case noFiniteValue, largestChange, equalChange, largestInDomains, largestRelativeChange
  case mlpAddsMore, attentionAddsMore, partsDependOnDomain
  case leastInfluence, rankIsSure, rankIsUnknown
  // Differences between domains.
  case oneDomain, notCompared, notTested, differences, lengthsHardlyOverlap, largestDifference, widestDifference
  // Equivalence and open questions.
  case equivalence, negligible, noEquivalence, equivalenceOutOfReach, inconclusive, textsNeeded, textsForEquivalence
  case untested, nothingOpen
  /// Differences at equal length.
  case lengthHolds, lengthMatters
  // Trustworthiness.
  case control, controlIsBlind, groups, noGroups, matchedGroups, commonGroups, noControl, lengthsDiffer
  case exceptions, noExceptions
  // Below the pictures.
  case meansHoldZero, farthestMean, domainsPart, bandsApart, noBandApart, mostVaried, noVariance
  // The four claims of the original page.
  case claimMeanHolds, claimMeanFails, claimLaterHolds, claimLaterAbsolute, claimLaterRelative, claimLaterFails
  case claimOneApart, claimSeveralApart, claimNoneApart
  case claimEndsVary, claimEndsVaryAbsolute, claimEndsVaryRelative, claimEndsDoNotVary
  // What the profile is made of.
  case identified, notIdentified, identifiedBy, identifiedAtEqualLength, notIdentifiedAtEqualLength
  case confused, notConfused, varianceShares, shapeDistances, twoShapes
  case stableGroups, noStableGroup, farthestDomain, farthestOpen, lengthNamesToo, groupsUnknown, domainsLeftOut
  // Captions and tables.
  case spread, noSpread, interval, noInterval, logarithmic, partlyLogarithmic, axisWithoutZero, whisker, noWhisker,
    draws
  case someDomainDiffers, noDomainDiffers, omnibusUnknown
  // What removals cost.
  case removed, harmlessEverywhere, harmlessSomewhere, nothingHarmless, harmlessHeld, nothingHeld, mostHarmful
  case misnamedBlock, trustedMetric, noTrustedMetric, removalsOpen, fewRemovalTexts, removalsNotFinite
  case domainsHurtDifferently, domainsHurtAlike, removalsNotCompared, proxyPicture
  case curvesOfChosen, curveCosts, noRandomOrders, curvesBelowRandom, curvesNotBelowRandom, curveBand, randomBand
  // Texts.
  case corpusNotFound, corpusChanged, mostChangedTexts, noMostChangedTexts, counts, moreIncidents
}

/// Sentence of the page, with its claim.
package struct Statement: Sendable {
  package let claim: Claim
  /// HTML, with names escaped.
  package let html: String

  init(_ claim: Claim, _ html: String) {
    self.claim = claim
    self.html = html
  }
}

extension [Statement] {
  /// Sentences joined by spaces.
  var html: String { map(\.html).joined(separator: " ") }
}
