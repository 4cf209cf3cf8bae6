public import Foundations
public import Statistics

/// The reason why samples cannot be compared. The description is one line.
public enum ComparisonError: DescribedError, Equatable, Sendable, SizedError {
  /// A setting is out of range.
  case setting(name: String, expected: String, found: String)
  /// A pair refers to a domain that is not among the samples.
  case pair(domains: Int, found: DomainPair)
  /// Samples of a pair that cannot be paired, because their numbers of texts differ.
  case unpaired(metric: Metric, scope: Scope?, expected: Int, found: Int)
  /// Samples of a pair that cannot be paired, because their texts are in other groups.
  case unpairedGroups(metric: Metric, scope: Scope?, expected: Int, found: Int)
  /// A text that does not have one value per block, or a single one for a metric of the text.
  case blockCount(metric: Metric, scope: Scope?, domain: String, text: Int, expected: Int, found: Int)
  /// A value that is not finite; such texts must be excluded from samples.
  case notFinite(metric: Metric, scope: Scope?, domain: String, text: Int, layer: Int, value: String)
  /// Samples that could not be read again.
  case unreadable(reason: String)
  /// One metric alone needs more bytes than ``ComparisonSettings/memoryLimit``.
  case memory(needed: Int, limit: Int)
  /// A value that has no logarithm.
  case notPositive(metric: Metric, scope: Scope?, domain: String, text: Int, layer: Int, value: Double)

  public var description: String {
    if case .memory(_, let limit) = self { return description(in: ByteUnit(fitting: limit)) }
    return description(in: .byte)
  }

  package func description(in unit: ByteUnit) -> String {
    switch self {
    case .setting(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
    case .pair(let domains, let found):
      "pair \(found.a) and \(found.b): expected places among \(domains) domains"
    case .unpaired(let metric, let scope, let expected, let found):
      "\(metric.rawValue)\(scope.map { " (\($0.rawValue))" } ?? ""): expected pairs of \(expected) texts, found \(found)"
    case .unpairedGroups(let metric, let scope, let expected, let found):
      "\(metric.rawValue)\(scope.map { " (\($0.rawValue))" } ?? ""): expected pairs of the same \(expected) groups of texts, "
        + "found \(found) other ones"
    case .unreadable(let reason): reason.onOneLine
    case .memory(let needed, let limit):
      "expected a memory limit that leaves at least \(unit.text(needed)) for the tables of a metric, "
        + "found \(unit.text(limit))"
    case .blockCount(let metric, let scope, let domain, let text, let expected, let found):
      "\(Self.place(metric, scope, domain, text)): expected \(expected) blocks, found \(found)"
    case .notFinite(let metric, let scope, let domain, let text, let layer, let value):
      "\(Self.place(metric, scope, domain, text)), block \(layer): expected a finite value, found \(value)"
    case .notPositive(let metric, let scope, let domain, let text, let layer, let value):
      "\(Self.place(metric, scope, domain, text)), block \(layer): "
        + "expected a positive value for the log scale, found \(value)"
    }
  }

  /// Returns the place of a value for messages. Texts are counted within the sample.
  private static func place(_ metric: Metric, _ scope: Scope?, _ domain: String, _ text: Int) -> String {
    "\(metric.rawValue)\(scope.map { " (\($0.rawValue))" } ?? ""), text \(text) of sample \(domain.quoted)"
  }
}

extension ComparisonError {
  /// Returns the result of `body`, which reads and writes values that do not fit into memory.
  ///
  /// - Throws: ``unreadable(reason:)``.
  static func attempt<Result>(_ body: () throws(FileError) -> Result) throws(ComparisonError) -> Result {
    do {
      return try body()
    } catch {
      throw .unreadable(reason: error.description)
    }
  }
}

extension ComparisonSettings {
  /// - Throws: ``ComparisonError/setting(name:expected:found:)``.
  func check() throws(ComparisonError) {
    guard alpha > 0, alpha < 1 else {
      throw .setting(name: "alpha", expected: "a number between 0 and 1", found: "\(alpha)")
    }
    guard equivalenceBound.isValid else {
      throw .setting(name: "equivalence bound", expected: "a positive number", found: "\(equivalenceBound)")
    }
    let counts = [("permutations", permutations), ("resamples", resamples), ("threads", threads)]
    for (name, count) in counts where count < 1 {
      throw .setting(name: name, expected: "at least 1", found: "\(count)")
    }
  }
}
