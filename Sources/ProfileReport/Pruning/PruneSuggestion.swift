import Foundations
import ProfileStore
public import Profiler
public import Statistics

/// Blocks whose removal a metric suggests: those that change the residual stream least.
///
/// It is a hint. Two streams that point the same way need not mean the same to later blocks; only running the model
/// without a block shows how dispensable it is.
public struct PruneSuggestion: Sendable {
  /// Metrics that are near 0 for a block that changes little of its input. `abs_mean` is excluded: it ignores the norm
  /// of the stream, so it selects the first blocks, where the stream is short, and a model breaks without those.
  public static let metrics = Metric.allCases.filter(\.definition.ranksBlocks)
  /// Caveat that accompanies every suggestion.
  public var note: String {
    let hint = "similarity is a hint: only ablation, running the model without these blocks, proves what they are worth"
    return scope == .all
      ? hint
      : hint + "; \(scope.phrase), a block that makes the attention sink looks idle, and a model breaks without it"
  }

  public let metric: Metric
  public let scope: Scope
  /// Domains whose texts count, in the order of the run.
  public let domains: [String]
  public let ranking: BlockRanking
  /// Number of texts of these domains that are excluded as copies of others.
  public let copies: Int
  /// 0-based indices of the blocks to remove, ascending.
  public let removed: [Int]
  /// Number of the model's blocks.
  public let layerCount: Int
  public let seed: UInt64
  /// Model directory, as it was given to the run.
  public let model: String
  let settings: RunSettings

  /// - Parameters:
  ///   - blocks: number of blocks to remove; at least one of the measured blocks stays.
  ///   - metric: one of ``metrics``.
  ///   - scope: the tokens that count: by default all, because a model without the blocks also loses their effect on
  ///     sinks.
  ///   - domains: names; empty for all.
  ///   - seed: seed of the draws for the stability.
  /// - Throws: ``PruneError``; `FileError` if the rows of the run cannot be read back.
  public init(
    _ record: LoadedRun, blocks: Int, metric: Metric = .blockInfluence, scope: Scope = .all, domains: [String] = [],
    seed: UInt64 = 0
  ) throws {
    guard Self.metrics.contains(metric), record.metrics.contains(metric) else {
      throw PruneError.metric(found: metric.rawValue, known: Self.metrics.map(\.rawValue))
    }
    guard (1..<max(1, record.layers.count)).contains(blocks) else {
      throw PruneError.blocks(found: blocks, measured: record.layers.count)
    }
    if let missing = MissingScope(scope, in: record) { throw PruneError.scope(missing) }
    let known = record.domains.map(\.name)
    for name in domains where !known.containsBytes(of: name) {
      throw PruneError.unknownDomain(name: name, known: known)
    }
    let wanted = Set(domains.map { ByteString($0) })
    let samples = try record.samples(metric, scope)
      .filter { (wanted.isEmpty || wanted.contains(ByteString($0.name))) && !$0.values.isEmpty }
    guard let ranking = BlockRanking(samples, layers: record.layers, seed: seed) else {
      throw PruneError.noTexts(metric: metric.rawValue, scope: scope.rawValue)
    }
    self.metric = metric
    self.scope = scope
    self.domains = samples.map(\.name)
    copies = record.domains.filter { domain in samples.contains { $0.name.hasSameBytes(as: domain.name) } }.reduce(0) {
      $0 + $1.copies
    }
    self.ranking = ranking
    removed = ranking.places.prefix(blocks).map(\.layer).sorted()
    layerCount = record.layers.upperBound
    self.seed = seed
    model = record.settings.model
    settings = record.settings
  }

  /// Remaining blocks, as half-open ranges.
  var kept: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for layer in removed + [layerCount] {
      if layer > start { ranges.append(start..<layer) }
      start = layer + 1
    }
    return ranges
  }

  /// Phrase that describes the values.
  private var subject: String {
    let domains =
      domains.count == 1
      ? "mean over the texts of \(domains.first?.onOneLine ?? "")"
      : "mean over \(domains.count) domains of their means over texts"
    return "\(metric.rawValue), \(scope.phrase): \(domains)"
  }
}

// MARK: Forms

extension PruneSuggestion {
  /// Table of all blocks by rank, with the blocks to remove marked.
  public var table: String {
    let count = removed.count
    var table = TextTable(header: [
      "rank", "block", metric.rawValue, "95 % interval", "among the \(count) least", "remove",
    ])
    for (rank, place) in ranking.places.enumerated() {
      table.add([
        "\(rank + 1)", "\(place.layer)", TextTable.number(place.value),
        place.interval.map { "\(TextTable.number($0.lowerBound)) – \(TextTable.number($0.upperBound))" } ?? "-",
        TextTable.percentage(place.leastShares?[count - 1]), rank < count ? "yes" : "",
      ])
    }
    return "\(subject)\n\n\(table.text)\n\(stability)\n"
      + (copies > 0 ? "\(TextTable.count(copies, "text")) not counted: copies of others\n" : "")
  }

  /// Sentence on how stable the choice is under resampling of the texts, which does not measure its quality.
  private var stability: String {
    guard let share = ranking.sameSetShares?[removed.count - 1] else {
      return "how sure this order is cannot be said: a domain has a single distinct text"
    }
    return "the \(removed.count) least are the same in \(TextTable.percentage(share)) of "
      + "\(TextTable.count(ranking.resamples)) resamples of texts like these, other domains aside"
  }

  /// JSON form, with shares from 0 to 1 and 0-based blocks.
  public var json: String { json(repair: nil) }

  /// JSON form, with what the repair of the checkpoint brings.
  package func json(repair: JSONValue?) -> String {
    let count = removed.count
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("metric", .string(metric.rawValue))
    json.member("scope", .string(scope.rawValue))
    json.member("domains", .array(domains.map(JSONValue.string)))
    json.member("blocks", .array(removed.map { .integer($0) }))
    json.member("model_blocks", .integer(layerCount))
    json.member("resamples", .integer(ranking.resamples))
    // Written as a string, because many readers round integers beyond 2⁵³.
    json.member("seed", .string(String(seed)))
    json.member("same_blocks_share", ranking.sameSetShares.map { .number($0[count - 1]) } ?? .null)
    json.member("copies", .integer(copies))
    json.key("ranking")
    json.beginArray()
    for place in ranking.places {
      json.beginObject()
      json.member("block", .integer(place.layer))
      json.member("value", .number(place.value))
      json.member("low", place.interval.map { .number($0.lowerBound) } ?? .null)
      json.member("high", place.interval.map { .number($0.upperBound) } ?? .null)
      json.member("among_least_share", place.leastShares.map { .number($0[count - 1]) } ?? .null)
      json.endObject()
    }
    json.endArray()
    if let repair { json.member("repair", repair) }
    json.member("note", .string(note))
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  /// Configuration for mergekit that passes the remaining blocks through.
  public var mergekit: String {
    let names = removed.map(String.init).joined(separator: ", ")
    // A JSON string is also a YAML string, whatever the path contains.
    let source = JSONValue.string(model).text()
    let slices = kept.map { range in
      "  - sources:\n      - model: \(source)\n        layer_range: [\(range.lowerBound), \(range.upperBound)]\n"
    }
    return """
      # Leaves out blocks \(names) of \(layerCount), by \(subject.onOneLine).
      # Mind: \(stability).
      # Mind: \(note).
      merge_method: passthrough
      slices:
      \(slices.joined())
      """
  }
}
