import Profiler
import Statistics

/// Statistics of a run over its distinct texts, or over their groups where texts have any, as needed by the page's sentences
/// and pictures. The value of a group is the mean of its texts.
struct ReportData {
  /// Quantity drawn over the blocks: a metric, or attention's share of what a block adds.
  enum Quantity: Hashable {
    case metric(Metric)
    /// `attention_abs_mean / (attention_abs_mean + mlp_abs_mean)` of a text.
    case attentionShare

    private static let attentionShareName = "attention_share"

    /// Creates the quantity of a name in files; nil if there is none.
    init?(name: String) {
      if name == Self.attentionShareName {
        self = .attentionShare
      } else if let metric = Metric(rawValue: name) {
        self = .metric(metric)
      } else {
        return nil
      }
    }

    /// Name in files.
    var name: String {
      switch self {
      case .metric(let metric): metric.rawValue
      case .attentionShare: Self.attentionShareName
      }
    }
  }

  let record: LoadedRun
  /// What the removals of the run cost; nil for a run without.
  let ablation: RunAblation?
  /// What the profiles are made of; nil if fewer than two domains have enough texts.
  let composition: ProfileComposition?
  /// Scopes with rows, in the order of `Scope`.
  let scopes: [Scope]
  private var statistics: [Quantity: [Scope: [[RunningStatistics]]]] = [:]
  private var textValues: [Metric: [[Double]]] = [:]
  /// Number of texts that are copies of an earlier text of their domain. They are excluded throughout the page.
  let copies: Int
  /// Number of groups of the distinct texts of each domain: the units of comparisons.
  let groups: [Int]

  /// - Throws: `FileError` if the rows of the run cannot be read back.
  init(_ record: LoadedRun, _ ablation: RunAblation? = nil, _ composition: ProfileComposition? = nil) throws {
    self.record = record
    self.ablation = ablation
    self.composition = composition
    scopes = record.scopes
    copies = record.domains.reduce(0) { $0 + $1.copies }
    groups = record.domains.map(\.groups)
    allGroups = Set(record.domains.lazy.flatMap(\.texts).filter { !$0.isCopy }.map(\.group)).count
    for metric in record.textMetrics {
      textValues[metric] = try record.samples(metric, nil).map { $0.values.compactMap(\.first).sorted() }
    }
    let attention = record.metrics.firstIndex(of: .attentionAbsMean)
    let mlp = record.metrics.firstIndex(of: .mlpAbsMean)
    for scope in scopes {
      for (column, metric) in record.metrics.enumerated() {
        statistics[.metric(metric), default: [:]][scope] =
          copies > 0 || hasGroups
          ? try Self.distinct(record, scope) { $0[column, $1] }
          : record.profile.domains.map { domain in record.layers.map { domain[scope, $0, metric] } }
      }
      guard let attention, let mlp else { continue }
      statistics[.attentionShare, default: [:]][scope] = try Self.distinct(record, scope) { rows, block in
        let (a, m) = (rows[attention, block], rows[mlp, block])
        return a + m > 0 ? a / (a + m) : .nan
      }
    }
  }

  /// Returns the statistics of a value by domain and block, over groups of distinct texts in the order of their first texts.
  private static func distinct(
    _ record: LoadedRun, _ scope: Scope, _ value: (_ rows: LoadedRun.Rows, _ block: Int) -> Double
  ) throws -> [[RunningStatistics]] {
    let (blocks, domains) = (record.layers.count, record.domains.count)
    var places = Array(repeating: [Int: Int](), count: domains)
    var sums = Array(repeating: [[(sum: Double, count: Int)]](), count: domains)
    try record.forEachText(scope) { domain, text, rows in
      guard !text.isCopy else { return }
      let place = places[domain][text.group] ?? sums[domain].count
      if place == sums[domain].count {
        places[domain][text.group] = place
        sums[domain].append(Array(repeating: (0, 0), count: blocks))
      }
      for block in 0..<blocks where rows.isCounted(block: block) {
        let value = value(rows, block)
        guard value.isFinite else { continue }
        sums[domain][place][block].sum += value
        sums[domain][place][block].count += 1
      }
    }
    return sums.map { groups in
      (0..<blocks).map { block in
        var statistics = RunningStatistics()
        for group in groups where group[block].count > 0 {
          // A text alone keeps its bits.
          let (sum, count) = group[block]
          statistics.add(count > 1 ? sum / Double(count) : sum)
        }
        return statistics
      }
    }
  }

  /// Scope of the sentences: the most restrictive one that the run has.
  var mainScope: Scope { scopes.last ?? .all }

  var layers: Range<Int> { record.layers }
  /// True if the blocks are so close together that markers have to be small.
  var isDense: Bool { layers.count > 32 }
  var names: [String] { record.domains.map(\.name) }

  /// Numbers of tokens of the distinct texts, ascending, by domain.
  var lengths: [[Double]] {
    record.domains.map { $0.texts.filter { !$0.isCopy }.map { Double($0.tokens) }.sorted() }
  }

  /// Lengths of the units of comparisons, by domain.
  var unitLengths: [UnitLengths] {
    record.domains.map { UnitLengths($0.texts.filter { !$0.isCopy }, isGrouped: record.groups.areShared) }
  }

  /// Number of groups of all distinct texts: a group that occurs in several domains counts once.
  let allGroups: Int
  /// The word for a unit of comparisons: a group if some group has several distinct texts.
  var unit: String { hasGroups ? "group" : "text" }
  /// The same of several.
  var units: String { hasGroups ? "groups of texts" : "texts" }
  /// The same of a domain that has no more.
  var loneUnit: String { hasGroups ? "group of texts" : "distinct text" }
  /// True if some group has several distinct texts.
  var hasGroups: Bool { allGroups < record.domains.reduce(0) { $0 + $1.texts.count - $1.copies } }

  /// Returns the texts' values of a metric of the text, ascending, by domain.
  func textValues(_ metric: Metric) -> [[Double]] { textValues[metric] ?? names.map { _ in [] } }

  /// Returns the statistics by domain and block.
  func table(_ quantity: Quantity, _ scope: Scope) -> [[RunningStatistics]] { statistics[quantity]?[scope] ?? [] }
  func table(_ metric: Metric, _ scope: Scope) -> [[RunningStatistics]] { table(.metric(metric), scope) }

  /// Returns the mean over domains of their means, by block; nil if no domain has a value.
  func overall(_ quantity: Quantity, _ scope: Scope) -> [Double?] {
    let table = table(quantity, scope)
    return layers.indices.map { $0 - layers.startIndex }.map { block in
      let means = table.compactMap { $0[block].mean }
      return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
    }
  }

  /// Returns the distance of each domain's mean from the mean of all domains' means at the block, in standard
  /// deviations between texts (or groups) of one domain; nil if that deviation is undefined.
  func deviations(_ metric: Metric, _ scope: Scope) -> [[Double?]] {
    let table = table(metric, scope)
    let overall = overall(.metric(metric), scope)
    return table.map { row in
      row.enumerated().map { block, own in
        guard let mean = own.mean, let center = overall[block], let spread = Self.pooled(table.map { $0[block] }),
          spread > 0
        else { return nil }
        return (mean - center) / spread
      }
    }
  }

  /// Returns the pooled standard deviation within domains.
  static func pooled(_ groups: [RunningStatistics]) -> Double? {
    var scatter = 0.0
    var degrees = 0
    for group in groups {
      guard let variance = group.variance else { continue }
      scatter += variance * Double(group.count - 1)
      degrees += group.count - 1
    }
    return degrees > 0 ? (scatter / Double(degrees)).squareRoot() : nil
  }

  /// Returns the half-width of the 95 % interval of a mean, by Student's t; nil with fewer than two texts.
  static func intervalHalf(_ statistics: RunningStatistics) -> Double? {
    statistics.standardDeviation.map {
      intervalFactor(statistics.count) * $0 / Double(statistics.count).squareRoot()
    }
  }

  /// Returns Student's t for the 95 % interval of a mean of `count` values.
  static func intervalFactor(_ count: Int) -> Double { StudentT(df: Double(count - 1)).upperQuantile(0.025) }
}
