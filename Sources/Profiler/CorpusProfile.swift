import Foundations
public import LlamaCore
import Statistics

/// Results of a run over a corpus, without the rows of its texts, which are passed to the run's sink.
public struct CorpusProfile: Sendable {
  /// A text with its non-finite values.
  public struct Incident: Sendable, Equatable {
    public let text: TextIdentity
    public let nonFinite: NonFinite
  }

  /// The measured metrics, in the order of the columns.
  public let metrics: [Metric]
  /// The domains, in the order of the corpus.
  public internal(set) var domains: [DomainProfile]
  /// Non-finite values, in the order of the corpus; limited to the first ``incidentLimit``, so that a broken model does
  /// not make the profile grow with the corpus.
  public private(set) var incidents: [Incident] = []
  /// Number of all incidents, listed or not.
  public private(set) var incidentCount = 0
  /// Maximum length of ``incidents``.
  public static let incidentLimit = 1_000

  /// The tokens with massive activations.
  public var sinks: SinkSummary { domains.reduce(into: SinkSummary()) { $0.add($1.sinks) } }

  /// Time spent by the run's threads, by phase; nil if the profiler did not run the model itself.
  public internal(set) var timing: RunTiming?

  package init(metrics: [Metric], domains: [DomainProfile]) {
    self.metrics = metrics
    self.domains = domains
  }

  /// Adds a text of the domain at index `domain`.
  package mutating func add(_ profile: TextProfile, domain: Int) {
    domains[domain].add(profile)
    incidentCount += profile.nonFinite.count
    let room = Self.incidentLimit - incidents.count
    incidents += profile.nonFinite.prefix(room).map { Incident(text: profile.text, nonFinite: $0) }
  }

  /// Returns the profile with domains pooled.
  ///
  /// - Parameter pools: for each pool its name and the indices of its domains.
  package func pooled(_ pools: [(name: String, domains: [Int])]) -> CorpusProfile {
    var result = self
    result.domains = pools.map { pool in DomainProfile(name: pool.name, pool.domains.map { domains[$0] }) }
    let names = Set(pools.flatMap(\.domains).map { ByteString(domains[$0].name) })
    result.incidents = incidents.filter { names.contains(ByteString($0.text.domain)) }
    // If only some of them are listed, the full total is kept.
    if incidents.count == incidentCount { result.incidentCount = result.incidents.count }
    return result
  }

  /// Returns the scope in which a metric is compared and plotted: the last one in which it has values, which is the one
  /// without sinks unless the run is of an older version, or the metric is not measured there.
  package func mainScope(_ metric: Metric) -> Scope {
    let found = metric.scopes.last { scope in
      domains.contains { domain in domain.layers.contains { domain[scope, $0, metric].count > 0 } }
    }
    return found ?? .all
  }

  /// Number of texts that were run.
  public var texts: Int { domains.reduce(0) { $0 + $1.texts } }
  /// Number of tokens that were run.
  public var tokens: Int { domains.reduce(0) { $0 + $1.tokens } }
  /// Number of texts without characters or tokens.
  public var emptyTexts: Int { domains.reduce(0) { $0 + $1.emptyTexts } }
  /// Number of texts that were truncated.
  public var truncatedTexts: Int { domains.reduce(0) { $0 + $1.truncatedTexts } }
  /// Number of texts that are copies of an earlier one of their domain.
  public var copies: Int { domains.reduce(0) { $0 + $1.copies } }
  /// Number of texts with a value that is not finite.
  public var nonFiniteTexts: Int { domains.reduce(0) { $0 + $1.nonFiniteTexts } }
}
