import Profiler

/// Every sentence of the page that a run's numbers bear out or not. Tests hold each to a run of which it must be said and
/// to one of which it must not: a new one without such a pair does not compile.
package enum Claim: String, CaseIterable, Sendable {
  // What was run.
  case subject, massiveActivations, noMassiveActivations, pools, copies, blocksLeftOut, scope
  // What the profile says.
  case noFiniteValue, largestChange, equalChange, largestInDomains, largestRelativeChange
  case mlpAddsMore, attentionAddsMore, partsDependOnDomain
  case leastInfluence, rankIsSure, rankIsUnknown
  // Where domains differ.
  case oneDomain, notCompared, notTested, differences, lengthsHardlyOverlap, largestDifference, widestDifference
  // What is equivalent, and what remains open.
  case equivalence, negligible, noEquivalence, inconclusive, textsNeeded, untested, nothingOpen
  // Can it be trusted.
  case control, controlIsBlind, noControl, lengthsDiffer, exceptions, noExceptions
  // Under the pictures.
  case meansHoldZero, farthestMean, laterBlocks, domainsPart, bandsApart, noBandApart, mostVaried, noVariance
  // Captions and tables.
  case spread, noSpread, interval, noInterval, logarithmic, axisWithoutZero, whisker, noWhisker, draws
  case someDomainDiffers, noDomainDiffers, omnibusUnknown
  case corpusNotFound, corpusChanged, movingTexts, noMovingTexts, counts, moreIncidents
}

/// A sentence of the page, and what it claims.
package struct Statement: Sendable {
  package let claim: Claim
  /// HTML, names escaped.
  package let html: String

  init(_ claim: Claim, _ html: String) {
    self.claim = claim
    self.html = html
  }
}

extension [Statement] {
  /// One behind the other.
  var html: String { map(\.html).joined(separator: " ") }
}
