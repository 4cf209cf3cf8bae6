/// Settings of the statistics of an ablation. The same settings and costs give the same bits, whatever ``threads`` is.
public struct AblationSettings: Sendable, Equatable {
  /// Rise of the negative log-likelihood that does no harm, in nats a token: 0.05 are 5 % of perplexity.
  public var margin = 0.05
  /// Error rate of lists and of q-values.
  public var alpha = 0.05
  /// Number of bootstrap resamples of the texts.
  public var resamples = 2_000
  /// Seed of all random draws.
  public var seed: UInt64 = 0
  /// Number of computing threads.
  public var threads = 1

  public init() {}
}

/// The verdict on a removal in one domain. The raw value is the name in files.
public enum RemovalVerdict: String, Sendable, CaseIterable {
  /// The interval of the mean `delta_nll` lies below the margin.
  case harmless
  /// The interval lies above the margin.
  case harmful
  /// Neither: the texts do not decide, or there is no interval.
  case open

  init(_ interval: ClosedRange<Double>?, margin: Double) {
    self =
      if let interval, interval.upperBound < margin {
        .harmless
      } else if let interval, interval.lowerBound > margin {
        .harmful
      } else {
        .open
      }
  }
}
