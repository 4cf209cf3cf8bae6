import Foundation
import Profiler
import Statistics

/// Sentences on what the profiles of a run are made of: whether they name the domain of their text and by what, how much
/// of their variance is of domains, and how far domains are from each other.
struct CompositionStatements {
  let composition: ProfileComposition
  /// The units of statistics: texts, or groups of texts.
  let units: String

  private var count: Int { composition.domains.count }
  private var metric: String { "<code>\(composition.metric.rawValue)</code>" }
  /// Share of the draws from which on a clade or a place is called stable.
  static let stable = 0.95
  private static let alpha = 0.05

  private func name(_ domain: Int) -> String { Words.strong(composition.domains[domain]) }

  /// Returns a distance of logarithms as a difference in percent.
  static func percent(_ distance: Double) -> String {
    let share = expm1(distance)
    return share < 0.2 ? Words.percent(share, 1) : Words.percent(share)
  }

  // MARK: Identification

  private var isIdentified: Bool {
    composition.identification(ProfileComposition.profileInput)?.p.map { $0 < Self.alpha } ?? false
  }

  var identification: [Statement] {
    guard let whole = composition.identification(ProfileComposition.profileInput) else { return [] }
    let chance = "chance is \(Words.percent(1 / Double(count)))"
    let p = whole.p.map { ", p = \(Words.probability($0)) by relabelling" } ?? ""
    let interval =
      "95 % interval \(Words.percent(whole.interval.lowerBound)) to \(Words.percent(whole.interval.upperBound))\(p)"
    let numbers = TextTable.count(composition.layers.count, "number")
    let profile = "The profile of a text it has not seen (\(numbers) of \(metric))"
    guard isIdentified else {
      return [
        Statement(
          .notIdentified,
          "\(profile) <b>does not name its domain</b> better than chance: rightly in \(Words.percent(whole.accuracy)) of "
            + "cases (\(interval)), where \(chance).")
      ]
    }
    return [
      Statement(
        .identified,
        "\(profile) <b>names its domain in \(Words.percent(whole.accuracy))</b> of cases (\(interval)), where \(chance)."
      )
    ]
  }

  /// Statement on what the domain can be named by.
  var inputs: [Statement] {
    guard isIdentified, let shape = accuracy(ProfileComposition.shapeInput),
      let scale = accuracy(ProfileComposition.scaleInput), let length = accuracy(ProfileComposition.lengthInput)
    else { return [] }
    return [
      Statement(
        .identifiedBy,
        "The shape of the profile alone, its mean taken away, names it in \(Words.percent(shape)), that mean alone in "
          + "\(Words.percent(scale)), the length of the text alone in \(Words.percent(length)).")
    ]
  }

  private func accuracy(_ input: String) -> Double? { composition.identification(input)?.accuracy }

  /// True if the first tokens of texts, equally many of each, name domains better than chance; nil if that is unknown.
  private var isIdentifiedAtEqualLength: Bool? {
    composition.firstIdentification.map { $0.interval.lowerBound > 1 / Double(count) }
  }

  /// Statement on what remains where all texts are equally long.
  var equalLength: [Statement] {
    guard isIdentified, let tokens = composition.firstTokens, let first = composition.firstIdentification,
      let isBetter = isIdentifiedAtEqualLength
    else { return [] }
    let interval =
      "95 % interval \(Words.percent(first.interval.lowerBound)) to \(Words.percent(first.interval.upperBound))"
    let share = Words.percent(first.accuracy)
    let subject =
      "At equal length, by the first \(TextTable.count(tokens)) tokens alone of the "
      + "\(TextTable.count(composition.firstTexts, "text")) that have as many,"
    return [
      isBetter
        ? Statement(
          .identifiedAtEqualLength,
          "\(subject) it still names it in <b>\(share)</b> (\(interval)).")
        : Statement(
          .notIdentifiedAtEqualLength,
          "\(subject) <b>it does not</b> name it better than chance: rightly in \(share) (\(interval)).")
    ]
  }

  /// Statement on the domains that are taken for another most often.
  var confusion: [Statement] {
    guard isIdentified, let whole = composition.identification(ProfileComposition.profileInput) else { return [] }
    let found = whole.named.enumerated().flatMap { own, row in
      row.enumerated().compactMap { named, texts in
        own == named || texts == 0 ? nil : (own: own, named: named, share: texts / row.reduce(0, +))
      }
    }
    guard let most = found.max(by: { ($0.share, $1.own, $1.named) < ($1.share, $0.own, $0.named) }) else {
      return [Statement(.notConfused, "No text is ever taken for one of another domain.")]
    }
    return [
      Statement(
        .confused,
        "Taken for another most often is \(name(most.own)): for \(name(most.named)) in \(Words.percent(most.share)) of its texts."
      )
    ]
  }

  // MARK: Variance

  var shares: [Statement] {
    let shares = composition.shares
    let texts = shares.text + shares.residual
    func percent(_ share: Double) -> String { Words.percent(share, 1) }
    return [
      Statement(
        .varianceShares,
        "Of the variance of log \(metric) <b>\(percent(shares.block)) lies between blocks, "
          + "\(percent(shares.domain + shares.blockByDomain)) between domains</b> (\(percent(shares.domain)) in the mean over "
          + "blocks, \(percent(shares.blockByDomain)) in shape), \(percent(texts)) between the texts of a domain.")
    ]
  }

  // MARK: Distances

  var distances: [Statement] {
    let pairs = DomainPair.all(of: count).filter { composition.shape.distances[$0.a][$0.b].isFinite }
    func distance(_ pair: DomainPair) -> Double { composition.shape.distances[pair.a][pair.b] }
    func text(_ pair: DomainPair) -> String {
      let interval = composition.shape.intervals[pair.a][pair.b].map {
        ", 95 % interval \(Self.percent($0.lowerBound)) to \(Self.percent($0.upperBound))"
      }
      return "\(name(pair.a)) and \(name(pair.b)) (\(Self.percent(distance(pair)))\(interval ?? ""))"
    }
    guard let near = pairs.min(by: { distance($0) < distance($1) }),
      let far = pairs.max(by: { distance($0) < distance($1) })
    else { return [] }
    guard count > 2 else {
      return [Statement(.twoShapes, "How far apart in shape, a typical difference at a block: \(text(near)).")]
    }
    return [
      Statement(
        .shapeDistances,
        "Nearest in shape, by the typical difference at a block, are \(text(near)), farthest \(text(far)).")
    ]
  }

  /// Statement on the groups of domains that hold whatever texts are drawn.
  var stableGroups: [Statement] {
    guard count > 2 else { return [] }
    let shape = composition.shape
    let found = zip(shape.tree.merges, shape.supports).dropLast().filter { $0.1 >= Self.stable }
    let draws = "\(Words.percent(Self.stable)) of \(TextTable.count(shape.resamples)) draws of \(units)"
    guard !found.isEmpty else {
      return [
        Statement(.noStableGroup, "No group of domains is nearer to each other than to the rest in \(draws).")
      ]
    }
    let groups = found.map { "{\($0.0.clade.map(name).joined(separator: ", "))}" }
    return [
      Statement(
        .stableGroups,
        "Nearer to each other than to the rest in at least \(draws): \(Words.list(groups)); that speaks of the texts, not of "
          + "the choice of domains.")
    ]
  }

  var farthest: [Statement] {
    guard count > 2 else { return [] }
    let shape = composition.shape
    let share = shape.farthestShares[shape.farthest]
    guard share >= Self.stable else {
      let candidate = share > 0 ? ": \(name(shape.farthest)) in \(Words.percent(share)) of draws" : ""
      return [
        Statement(
          .farthestOpen,
          "Which domain is farthest from the others is open\(candidate).")
      ]
    }
    let contrast = shape.contrasts[shape.farthest]
    let order = contrast.indices.sorted { (abs(contrast[$1]), $0) < (abs(contrast[$0]), $1) }.prefix(3).sorted()
    let places = order.map { column in
      let sign = contrast[column] < 0 ? "−" : "+"
      return "\(composition.layers[column]) (\(sign)\(Words.percent(abs(expm1(contrast[column])))))"
    }
    return [
      Statement(
        .farthestDomain,
        "<b>\(composition.domains[shape.farthest].markup)</b> is farthest from the others, most of all at "
          + "\(places.count == 1 ? "block" : "blocks") \(Words.list(places)).")
    ]
  }

  // MARK: What it does not say

  var limits: [Statement] {
    var statements: [Statement] = []
    if let length = composition.identification(ProfileComposition.lengthInput), isIdentified,
      isIdentifiedAtEqualLength != true,
      length.interval.lowerBound > 1 / Double(count)
    {
      statements.append(
        Statement(
          .lengthNamesToo,
          "The length of a text says something of its domain too, and where profiles follow length, naming is no proof that "
            + "blocks treat its content differently."))
    }
    if composition.sharedGroups == 0 {
      statements.append(
        Statement(
          .groupsUnknown,
          "Every text counts by itself: parts of one document, if there are any, make all of this look surer than it is."
        ))
    }
    return statements
  }

  var leftOut: [Statement] {
    guard !composition.leftOut.isEmpty else { return [] }
    let names = Words.list(composition.leftOut.map(Words.strong))
    return [
      Statement(
        .domainsLeftOut, "Left out, with fewer than \(Identification.leastGroups) \(units) that differ: \(names).")
    ]
  }
}
