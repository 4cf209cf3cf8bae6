import Foundations
import LlamaCore
import Profiler

/// Curves of a run as the page draws them: those on texts by which no rule chose or, if no such text counts, on those by
/// which the rules did.
struct RemovalCurveSet {
  /// Rule of the mean over orders drawn at random, whose interval is the band from 5 to 95 % of them.
  static let random = RemovalRule.random.name

  let split: RemovalCurve.Split
  /// Domains with a curve, in the order of the curves.
  let domains: [String]
  /// Rules, in the order of the curves.
  let rules: [String]
  /// `[domain][rule]`; nil for a curve without values.
  let curves: [[RemovalCurve?]]

  /// - Returns: nil without curves.
  init?(_ all: [RemovalCurve]) {
    let measured = all.filter { $0.steps.contains { $0.deltaNLL != nil } }
    let heldOut = measured.filter { $0.split == .heldOut }
    let shown = heldOut.isEmpty ? measured : heldOut
    guard !shown.isEmpty else { return nil }
    split = heldOut.isEmpty ? .chosen : .heldOut
    domains = Self.distinct(shown.map(\.domain))
    let rules = Self.distinct(shown.map(\.rule))
    self.rules = rules
    curves = domains.map { domain in
      rules.map { rule in shown.first { $0.domain.hasSameBytes(as: domain) && $0.rule == rule } }
    }
  }

  private static func distinct(_ names: [String]) -> [String] {
    var known: Set<ByteString> = []
    return names.filter { known.insert(ByteString($0)).inserted }
  }

  /// Number of units removed at the last step that every curve has; 0 if there is none.
  var last: Int { curves.joined().compactMap(\.self).map { $0.steps.last?.step ?? 0 }.min() ?? 0 }

  /// Returns a step of a curve, if it has a value.
  func step(_ number: Int, domain: Int, rule: Int) -> RemovalCurve.Step? {
    curves[domain][rule]?.steps.first { $0.step == number && $0.deltaNLL?.isFinite ?? false }
  }

  /// Returns the mean over domains of a rule's `delta_nll` at a step; nil unless every domain has one.
  func mean(_ number: Int, rule: Int) -> Double? {
    let values = domains.indices.compactMap { step(number, domain: $0, rule: rule)?.deltaNLL }
    return values.count == domains.count ? values.reduce(0, +) / Double(values.count) : nil
  }

  /// Returns the number of domains in which a rule costs less than 95 % of random orders at a step, and of those in which
  /// that can be said.
  func belowRandom(_ number: Int, rule: Int) -> (below: Int, known: Int) {
    guard let random = rules.firstIndex(of: Self.random) else { return (0, 0) }
    let found = domains.indices.compactMap { domain -> Bool? in
      guard let own = step(number, domain: domain, rule: rule)?.deltaNLL,
        let band = step(number, domain: domain, rule: random)?.interval
      else { return nil }
      return own < band.lowerBound
    }
    return (found.count(where: \.self), found.count)
  }
}
