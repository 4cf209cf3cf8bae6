import Foundation
import LlamaCore
public import Profiler
import Statistics

/// What the removals, or the swaps, of a run cost, gathered text by text: the domains' summaries, effects on later blocks,
/// and how well the metrics of the same run name the blocks that can go.
public struct RunAblation: Sendable {
  /// Removals, or swaps, of the run.
  public let ablation: Ablation
  /// Costs in the order of the run's domains, without effects. Copies of a text have rows, but count in no statistic.
  public private(set) var domains: [AblationDomain] = []
  /// Effects by domain; without rows if they were not measured.
  public private(set) var effects: [RemovalEffects]
  public private(set) var summaries: [AblationSummary] = []
  /// Empty if no blocks were removed or swapped.
  public private(set) var proxies: [ProxyRanking] = []
  /// Where a removal costs one domain more than another; nil for fewer than two domains.
  public private(set) var comparison: DomainRemovalComparison?
  /// What is lost as units are removed one after the other; empty where that was not asked for.
  package internal(set) var curves: [RemovalCurve] = []
  /// Blocks of the checkpoint that ran, in which a block's number is its place; nil for all.
  let program: [Int]?

  private let names: [String]
  private let layers: Range<Int>
  private let metrics: [Metric]
  private let scopes: [Scope]
  private var texts: [[AblationText]]
  /// Texts of each domain that are no copies of an earlier one.
  private var distinct: [[AblationText]]
  /// For each domain, scope and metric the values `[text][block]`.
  private var values: [[[[[Double]?]]]]

  init(
    _ ablation: Ablation, domains: [String], layers: Range<Int>, program: [Int]?, metrics: [Metric], scopes: [Scope]
  ) {
    (self.ablation, self.program) = (ablation, program)
    (names, self.layers, self.scopes) = (domains, layers, scopes)
    self.metrics = metrics.filter { !$0.isOfText }
    effects = domains.map { RemovalEffects(domain: $0, units: ablation.units) }
    texts = domains.map { _ in [] }
    distinct = texts
    values = domains.map { [count = self.metrics.count] _ in scopes.map { _ in Array(repeating: [], count: count) } }
  }

  /// Adds a text.
  ///
  /// - Parameters:
  ///   - isCopy: true if its tokens are those of an earlier text of the domain.
  ///   - group: number of its group; nil if no texts of the run share one.
  mutating func add(_ text: TextProfile, domain: Int, isCopy: Bool, group: Int? = nil) {
    let costs = AblationText(
      text: text.text, tokens: text.tokens, nll: text.nll, costs: text.removals.map(\.withoutEffects), group: group)
    texts[domain].append(costs)
    if isCopy { return }
    distinct[domain].append(costs)
    effects[domain].add(AblationText(text: text.text, tokens: text.tokens, nll: text.nll, costs: text.removals))
    for (scope, name) in scopes.enumerated() {
      let rows = text.rows(name)
      for (place, metric) in metrics.enumerated() {
        values[domain][scope][place].append(rows.isEmpty ? nil : rows.map { $0[metric] })
      }
    }
  }

  /// Computes the statistics, once all texts have been added.
  mutating func finish(_ settings: AblationSettings) {
    domains = zip(names, texts).map { AblationDomain(name: $0, units: ablation.units, texts: $1) }
    let counted = zip(names, distinct).map { AblationDomain(name: $0, units: ablation.units, texts: $1) }
    summaries = counted.map { AblationSummary($0, settings: settings) }
    if counted.count > 1 { comparison = DomainRemovalComparison(counted, settings: settings) }
    // A metric has no row for a block that was left out, and then nothing to be held against.
    let blocks = ablation.units.filter { $0.part == .block }.map(\.layer)
    guard blocks == Array(layers) else { return }
    proxies = counted.enumerated().map { number, domain in
      let inputs = scopes.enumerated().flatMap { scope, name in
        metrics.enumerated().compactMap { place, metric in
          metric.scopes.contains(name)
            ? ProxyRanking.Input(scope: name, metric: metric, values: values[number][scope][place]) : nil
        }
      }
      return ProxyRanking(
        domain: domain.name, deltaNLL: domain.deltaNLL(of: .block), inputs, groups: domain.texts.compactMap(\.group),
        settings: settings)
    }
    values = []
  }

  /// True if observations are groups of texts.
  var isGrouped: Bool { summaries.contains { $0.groups < $0.texts } }

  /// Kinds and names of the files that a run with removals may have besides.
  static let allFiles: [(OwnFile, String)] = [
    (.ablation, AblationCSV.fileName), (.ablationSummary, AblationCSV.summaryFileName),
    (.proxies, AblationCSV.proxiesFileName), (.effects, AblationCSV.effectsFileName),
    (.removal, RemovalCSV.fileName), (.ablationComparison, AblationCSV.comparisonFileName),
  ]

  /// Those that this run has.
  var files: [(OwnFile, String)] {
    Self.allFiles.filter { kind, _ in
      switch kind {
      case .effects: ablation.hasEffects
      case .removal: !curves.isEmpty
      case .ablationComparison: comparison != nil
      default: true
      }
    }
  }

  /// Returns the text of one of ``files``.
  func text(of kind: OwnFile) -> String {
    switch kind {
    case .ablation: AblationCSV.text(domains)
    case .ablationSummary: AblationCSV.summary(summaries)
    case .proxies: AblationCSV.proxies(proxies)
    case .effects: AblationCSV.effects(effects)
    case .removal: RemovalCSV.text(curves)
    case .ablationComparison: comparison.map(AblationCSV.comparison) ?? ""
    default: ""
    }
  }

  /// Table of the steps in which units were removed; empty without.
  public var stepTable: RemovalTable { RemovalTable(curves, of: ablation) }

  /// Table of the domains' verdicts, and of the metrics that name the blocks best.
  public var table: AblationTable {
    AblationTable(
      summaries, proxies: proxies, comparison: comparison, swapsFrom: ablation.swapsFrom?.relativePath,
      means: ablation.means, program: program)
  }

  /// Returns the same with other curves.
  package func with(curves: [RemovalCurve]) -> RunAblation {
    var copy = self
    copy.curves = curves
    return copy
  }

  /// Returns `delta_nll` of every block on the distinct texts of each domain, as far as it is finite; nil unless each
  /// block was removed and left nothing in its place, as in a checkpoint without it.
  func blockSamples() -> [DomainSample]? {
    guard !ablation.isSwap, ablation.means == nil,
      ablation.units.filter({ $0.part == .block }).map(\.layer) == Array(layers)
    else {
      return nil
    }
    return zip(names, distinct).map { name, texts in
      let values = AblationDomain(name: name, units: ablation.units, texts: texts).deltaNLL(of: .block)
      let kept = values.indices.filter { values[$0]?.allSatisfy(\.isFinite) == true }
      return DomainSample(
        name: name, values: kept.compactMap { values[$0] }, groups: kept.compactMap { texts[$0].group })
    }
  }
}

extension RemovalCost {
  /// The cost without effects on later blocks.
  fileprivate var withoutEffects: RemovalCost {
    RemovalCost(
      nll: nll, kl: kl, top1: top1, outputChangeMean: outputChangeMean, outputChangeMax: outputChangeMax, effects: [])
  }
}
