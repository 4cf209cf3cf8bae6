import Foundation
import Foundations
import LlamaCore
import Profiler
import Statistics

/// Statements on what removals cost: what can go, for whom, how sure that is, and which metric to trust.
extension ReportSummary {
  /// Paragraphs on removals; none for a run without.
  var removals: [Paragraph] {
    guard let ablation = data.ablation, let settings = ablation.summaries.first?.settings else { return [] }
    let more = RemovalStatements(ablation: ablation)
    let isSwap = ablation.ablation.isSwap
    return [
      Paragraph(
        title: isSwap ? "What another checkpoint’s parts change" : "What can be removed", isScoped: false,
        statements: [removed(ablation, settings)] + harmless(ablation, settings) + mostHarmful(ablation)
          + caveats(ablation)),
      Paragraph(title: "For whom", isScoped: false, statements: more.domainsHurt),
      Paragraph(title: "One after the other", isScoped: false, statements: more.curves),
      // A metric names what can be removed, not what another checkpoint does differently.
      Paragraph(
        title: "Which metric names the blocks", isScoped: false,
        statements: isSwap ? [] : trusted(ablation) + misnamed(ablation)),
    ]
  }

  private func removed(_ ablation: RunAblation, _ settings: AblationSettings) -> Statement {
    let units = ablation.ablation.units
    let parts = BlockUnit.Part.allCases.compactMap { part -> String? in
      let count = units.count { $0.part == part }
      return count > 0 ? Words.count(count, part) : nil
    }
    let change: String
    if let other = ablation.ablation.swapsFrom {
      change =
        "given the weights of <b>\(Words.name(of: other.relativePath).markup)</b> in place of their own, each by itself"
    } else {
      let first = ablation.ablation.keepsFirst ? ", though not for the first token" : ""
      let means = ablation.ablation.means.map {
        ", leaving the mean of what it added in \($0.count) texts of the domain at most, which count as well"
      }
      change = "removed, each by itself" + first + (means ?? "")
    }
    return Statement(
      .removed,
      "<b>\(Words.list(parts))</b> \(units.count == 1 ? "was" : "were") \(change). Harmless is what "
        + "raises the negative log-likelihood by less than \(settings.margin) nats a token, with the whole 95 % interval over "
        + "texts; harmful is what raises it by more.")
  }

  // MARK: What can go

  private func harmless(_ ablation: RunAblation, _ settings: AblationSettings) -> [Statement] {
    let summaries = ablation.summaries
    let lists = summaries.map { $0.units.filter { $0.verdict == .harmless } }
    guard lists.contains(where: { !$0.isEmpty }) else {
      let place = summaries.count == 1 ? "" : " in any domain"
      let change = Words.change(ablation.ablation)
      return [Statement(.nothingHarmless, "<b>No \(change) is known to be harmless</b>\(place).")]
    }
    let everywhere = AblationSummary.harmlessEverywhere(summaries)
    var statements: [Statement] = []
    if !everywhere.isEmpty {
      let known = Set(everywhere)
      let end = lists.joined().filter { known.contains($0.unit) }.compactMap { $0.interval?.upperBound }.max()
      statements.append(
        Statement(
          .harmlessEverywhere,
          "<b>Harmless\(summaries.count == 1 ? "" : " in every domain")</b>: \(Words.units(everywhere)); "
            + "\(everywhere.count == 1 ? "its" : "their") intervals end at \(Words.number(end ?? .nan)) at most."))
    }
    let others = lists.map { list in list.map(\.unit).filter { !everywhere.contains($0) } }
    if others.contains(where: { !$0.isEmpty }) {
      let names = zip(data.names, others).filter { !$0.1.isEmpty }.map { "in \(Words.strong($0)) \(Words.units($1))" }
      statements.append(
        Statement(.harmlessSomewhere, "Harmless in some domains only: \(names.joined(separator: "; "))."))
    }
    return statements + [held(summaries, lists, settings)]
  }

  /// Returns a statement on the units called harmless with the error rate held over all units.
  private func held(
    _ summaries: [AblationSummary], _ lists: [[AblationSummary.Unit]], _ settings: AblationSettings
  ) -> Statement {
    let held = summaries.map { $0.units.filter(\.isHarmlessOverall) }
    let rate = "with the error rate held over all parts\(summaries.count == 1 ? "" : " of a domain")"
    let list = "an expected \(Words.percent(settings.alpha)) at most of such a list is wrong"
    if held.allSatisfy(\.isEmpty) {
      return Statement(.nothingHeld, "None of that is called harmless \(rate).")
    }
    if zip(held, lists).allSatisfy({ $0.map(\.unit) == $1.map(\.unit) }) {
      return Statement(.harmlessHeld, "All of that is called harmless \(rate), too: \(list).")
    }
    let names = zip(data.names, held).map { name, units in
      let text = units.isEmpty ? "nothing" : Words.units(units.map(\.unit))
      return summaries.count == 1 ? text : "in \(Words.strong(name)) \(text)"
    }
    return Statement(
      .harmlessHeld, "Called harmless \(rate) (\(list)): \(names.joined(separator: "; ")).")
  }

  // MARK: What must stay

  /// Domains in which the same unit costs most.
  private struct Group {
    /// Its costs where they are greatest, and the name of that domain.
    var most: AblationSummary.Unit
    var name: String
    /// Names for reading.
    var domains: [String]
  }

  private func mostHarmful(_ ablation: RunAblation) -> [Statement] {
    guard
      let part = BlockUnit.Part.allCases.first(where: { part in ablation.ablation.units.contains { $0.part == part } })
    else { return [] }
    var groups: [Group] = []
    for (name, summary) in zip(data.names, ablation.summaries) {
      let units = summary.units.filter { $0.unit.part == part && $0.verdict == .harmful }
      guard let most = units.max(by: { ($0.deltaNLL ?? 0) < ($1.deltaNLL ?? 0) }) else { continue }
      if let place = groups.firstIndex(where: { $0.most.unit == most.unit }) {
        groups[place].domains.append(Words.strong(name))
        if (most.deltaNLL ?? 0) > (groups[place].most.deltaNLL ?? 0) {
          (groups[place].most, groups[place].name) = (most, name)
        }
      } else {
        groups.append(Group(most: most, name: name, domains: [Words.strong(name)]))
      }
    }
    guard !groups.isEmpty else { return [] }
    let texts = groups.map { group in
      let cost = Words.number(group.most.deltaNLL, group.most.interval) + " nats a token"
      let all = group.domains.count == data.names.count
      if data.names.count == 1 { return "\(Words.units([group.most.unit])): \(cost)" }
      let place = all ? "every domain" : Words.list(group.domains)
      let most = group.domains.count == 1 ? cost : "up to \(cost) in \(Words.strong(group.name))"
      return "\(Words.units([group.most.unit])) in \(place): \(most)"
    }
    let kind = "\(part == .attention ? "an" : "a") \(part == .mlp ? "MLP" : part.rawValue)"
    let named = Set(groups.flatMap(\.domains))
    let others = data.names.map(Words.strong).filter { !named.contains($0) }
    let none = others.isEmpty ? "" : " None is known to be harmful in \(Words.list(others))."
    return [
      Statement(
        .mostHarmful,
        "The \(Words.change(ablation.ablation)) of \(kind) that costs most is that of \(texts.joined(separator: "; ")).\(none)"
      )
    ]
  }

  /// Maximum number of blocks that are named.
  private static let listed = 3

  /// Returns statements on blocks of little influence whose removal is among those that cost most.
  private func misnamed(_ ablation: RunAblation) -> [Statement] {
    let found = zip(ablation.summaries, ablation.proxies).flatMap { MisnamedBlock.all($0, $1) }
    let layers = Set(found.map(\.layer))
    let worst = layers.compactMap { layer in
      found.filter { $0.layer == layer }.min { ($0.harm, $0.rank) < ($1.harm, $1.rank) }
    }.sorted { ($0.harm, $0.rank, $0.layer) < ($1.harm, $1.rank, $1.layer) }
    let more = worst.count - Self.listed
    return worst.prefix(Self.listed).enumerated().map { place, block in
      let others = found.count { $0.layer == block.layer } - 1
      let domain = data.names.count == 1 ? "" : " in \(Words.strong(block.domain))"
      var text =
        "<b>Block \(block.layer)</b> changes the stream \(Words.ordinal(block.rank))least of \(block.blocks) blocks by "
        + "<code>\(block.metric.rawValue)</code>, \(block.scope.phrase), but its removal costs "
        + "<b>\(Words.ordinal(block.harm))most</b>\(domain): \(Words.number(block.deltaNLL, block.interval)) nats a token."
      if others > 0 {
        text +=
          " It is among the lower half by that metric and the quarter that costs most in "
          + "\(TextTable.count(others, "other domain")), too."
      }
      if place == Self.listed - 1, more > 0 {
        text += " So \(more == 1 ? "is" : "are") \(TextTable.count(more, "other block"))."
      }
      return Statement(.misnamedBlock, text)
    }
  }

  // MARK: What to trust

  private func trusted(_ ablation: RunAblation) -> [Statement] {
    let all = ProxyAgreement.all(ablation.proxies)
    guard !all.isEmpty else { return [] }
    let place = data.names.count == 1 ? "" : " in every domain"
    guard let best = all.first(where: \.isSure) else {
      return [
        Statement(
          .noTrustedMetric,
          "<b>No metric of the profile is known to name the blocks</b>: of none the correlation with the damage has an "
            + "interval above 0\(place).")
      ]
    }
    func name(_ agreement: ProxyAgreement) -> String {
      "<code>\(agreement.metric.rawValue)</code>, \(agreement.scope.phrase)"
    }
    func value(_ agreement: ProxyAgreement) -> String {
      let sorted = agreement.domains.sorted { $0.row.spearman < $1.row.spearman }
      guard let low = sorted.first, let high = sorted.last, sorted.count > 1 else {
        return Words.number(agreement.spearman, agreement.domains.first?.row.interval)
      }
      let ends =
        "\(Words.number(low.row.spearman)) in \(Words.strong(low.domain)) to "
        + "\(Words.number(high.row.spearman)) in \(Words.strong(high.domain))"
      return "\(Words.number(agreement.spearman)), a mean over domains (\(ends))"
    }
    var text =
      "The metric of the profile that orders the blocks most like the damage is <b>\(name(best))</b>, of those whose interval "
      + "lies above 0\(place): Spearman’s correlation \(value(best)). It was picked with the damage known."
    if let usual = all.first(where: { $0.metric == .blockInfluence && $0.scope == .all }),
      best.metric != usual.metric || best.scope != usual.scope
    {
      text += " Of \(name(usual)), it is \(value(usual))."
    }
    return [Statement(.trustedMetric, text)]
  }

  // MARK: How sure

  /// Number of texts from which on the 95 % percentile interval covers the mean of normal values nine times of ten.
  private static let fewTexts = 10

  private func caveats(_ ablation: RunAblation) -> [Statement] {
    var statements: [Statement] = []
    let units = ablation.summaries.flatMap(\.units)
    let open = units.filter { $0.verdict == .open }
    if !open.isEmpty {
      let needed = open.compactMap(\.textsNeeded).min().map {
        ", of which \(TextTable.about($0, data.unit)) would decide the first"
      }
      statements.append(
        Statement(
          .removalsOpen,
          "\(Words.are(open.count, "verdict")) open, of \(TextTable.count(units.count))\(needed ?? "")."))
    }
    let few = zip(data.names, ablation.summaries).filter { (2..<Self.fewTexts).contains($1.groups) }
      .map { Words.strong($0.0) }
    if !few.isEmpty {
      let place = data.names.count == 1 ? "" : ", in \(Words.list(few))"
      statements.append(
        Statement(.fewRemovalTexts, "Intervals of fewer than \(Self.fewTexts) \(data.units) are too narrow\(place)."))
    }
    let broken = ablation.summaries.reduce(0) { $0 + $1.nonFiniteTexts }
    if broken > 0 {
      statements.append(
        Statement(
          .removalsNotFinite,
          "\(TextTable.count(broken, "text")) with values that are not finite \(broken == 1 ? "is" : "are") left out of the "
            + "removals concerned."))
    }
    return statements
  }
}
