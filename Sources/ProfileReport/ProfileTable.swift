public import ProfileStore
public import Profiler
import Statistics

/// Run as plain-text tables for a terminal of 100 columns.
///
/// Massive activations first, then each domain block by block, then one metric of all domains side by side, in the most
/// restrictive scope in which it has values. In the table of a domain, all tokens count unless stated otherwise:
/// - `abs_mean` is the mean over texts, `± std` the standard deviation between texts;
/// - `relative`, `influence` and `angle` are `relative_norm`, `block_influence` and `angular_distance`;
/// - `no sinks` is the influence without sinks; `no first` is the influence without the first token, in a run without
///   values of that scope, such as one of an older version. Without either, the column is left out;
/// - `attn` is attention's share of `attention_abs_mean + mlp_abs_mean`;
/// - `max |Y|` is the largest residual of any text;
/// - `rank` orders the blocks by `influence`; 1 is the least influential block, and so the first candidate for pruning.
///
/// If the spectrum was measured, a domain has a second table: means over texts of `effective_rank`, `stable_rank` and
/// `top_direction_share`, each followed by its value without the first token.
public struct ProfileTable: Sendable {
  private let profile: CorpusProfile
  private let failures: (first: [ProfileStore.Failure], count: Int)
  private let metric: Metric

  /// - Parameters:
  ///   - failures: texts that were not run: the first of them, and their number.
  ///   - metric: metric of the table of all domains.
  public init(
    _ profile: CorpusProfile, failures: (first: [ProfileStore.Failure], count: Int) = ([], 0), metric: Metric = .absMean
  ) {
    self.profile = profile
    self.failures = failures
    self.metric = metric
  }

  /// Tables, separated by empty lines.
  public var text: String {
    let sinks = SinkText(profile.sinks).sentences.map { $0 + "\n" }.joined()
    var parts = (sinks.isEmpty ? [] : [sinks]) + profile.domains.map(domain)
    if profile.domains.count > 1 { parts += comparisons }
    if profile.nonFiniteTexts > 0 { parts.append(warning) }
    if let first = failures.first.first {
      parts.append("\(TextTable.count(failures.count, "text")) not profiled, first \(first.text), \(first.reason)\n")
    }
    return parts.joined(separator: "\n")
  }

  private func domain(_ domain: DomainProfile) -> String {
    var facts = [TextTable.count(domain.texts, "text"), TextTable.count(domain.tokens, "token")]
    let exceptions = [
      (domain.emptyTexts, "empty"), (domain.truncatedTexts, "truncated"),
      (domain.copies, domain.copies == 1 ? "copy of another" : "copies of others"),
      (domain.nonFiniteTexts, "with values that are not finite"),
    ]
    for (count, name) in exceptions where count > 0 { facts.append("\(TextTable.count(count)) \(name)") }
    if let nll = domain[.nll].mean {
      facts.append("nll \(TextTable.number(nll)) nats per token")
    }
    let scope = profile.mainScope(.blockInfluence)
    let narrower = Self.heading(scope)
    var table = TextTable(
      header: ["block", "texts", "abs_mean", "± std", "relative", "influence"] + (narrower.map { [$0] } ?? [])
        + ["rank", "angle", "attn", "max |Y|"])
    let ranks = Self.ranks(domain)
    for layer in domain.layers {
      let size = domain[.all, layer, .absMean]
      let attention = domain[.all, layer, .attentionAbsMean].mean
      let mlp = domain[.all, layer, .mlpAbsMean].mean
      let share = attention.flatMap { attention in mlp.map { attention / (attention + $0) } }
      let change = [
        "\(layer)", TextTable.count(size.count),
        TextTable.number(size.mean), size.standardDeviation.map { "± " + TextTable.number($0) } ?? "-",
        TextTable.number(domain[.all, layer, .relativeNorm].mean),
        TextTable.number(domain[.all, layer, .blockInfluence].mean),
      ]
      let narrow = narrower == nil ? [] : [TextTable.number(domain[scope, layer, .blockInfluence].mean)]
      table.add(
        change + narrow + [
          ranks[layer].map(String.init) ?? "-", TextTable.number(domain[.all, layer, .angularDistance].mean),
          TextTable.percentage(share), TextTable.number(domain[.all, layer, .residualMaxAbs].maximum),
        ])
    }
    let spectrum = domain.metrics.contains(.effectiveRank) ? "\n" + Self.spectrum(domain) : ""
    return "\(Self.label(domain.name)), all tokens: \(facts.joined(separator: ", "))\n" + table.text + spectrum
  }

  /// Heading of a column of a scope beside one of all tokens; nil for all tokens.
  private static func heading(_ scope: Scope) -> String? {
    switch scope {
    case .all: nil
    case .withoutFirstToken: "no first"
    case .withoutSinks: "no sinks"
    }
  }

  private static func spectrum(_ domain: DomainProfile) -> String {
    let scopes: [Scope] = [.all, .withoutFirstToken]
    let header = ["effective rank", "stable rank", "top direction"].flatMap { name in
      scopes.map { heading($0) ?? name }
    }
    var table = TextTable(header: ["block", "texts"] + header)
    for layer in domain.layers {
      let cells = Metric.Group.spectrum.metrics.flatMap { metric in
        scopes.map { scope in
          let mean = domain[scope, layer, metric].mean
          return metric == .topDirectionShare ? TextTable.percentage(mean) : TextTable.number(mean)
        }
      }
      table.add(["\(layer)", TextTable.count(domain[.all, layer, .effectiveRank].count)] + cells)
    }
    return table.text
  }

  /// Tables of one metric for all domains, with as many domains side by side as fit.
  private var comparisons: [String] {
    let scope = profile.mainScope(metric)
    return stride(from: 0, to: profile.domains.count, by: 7).map { start in
      let domains = profile.domains[start..<min(start + 7, profile.domains.count)]
      var table = TextTable(header: ["block"] + domains.map { Self.label($0.name, limit: 11) })
      for layer in domains.first?.layers ?? 0..<0 {
        table.add(["\(layer)"] + domains.map { TextTable.number($0[scope, layer, metric].mean) })
      }
      return "\(metric.rawValue), \(scope.phrase): mean over texts\n" + table.text
    }
  }

  private var warning: String {
    let texts = TextTable.count(profile.nonFiniteTexts, "text")
    let first = profile.incidents.first.map { ", first \($0.text) at block \($0.nonFinite.layer)" } ?? ""
    return "\(texts) with values that are not finite\(first); no such value is part of a mean\n"
  }

  /// Returns the rank of each block in ascending order of influence; ties keep the order of the blocks.
  private static func ranks(_ domain: DomainProfile) -> [Int: Int] {
    let influences = domain.layers.compactMap { layer in
      domain[.all, layer, .blockInfluence].mean.map { (layer: layer, influence: $0) }
    }
    let sorted = influences.sorted { ($0.influence, $0.layer) < ($1.influence, $1.layer) }
    return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.layer, $0 + 1) })
  }

  /// Returns a domain's name on one line, truncated to `limit` characters.
  private static func label(_ name: String, limit: Int = 60) -> String {
    TextTable.label(name, limit: limit)
  }
}
