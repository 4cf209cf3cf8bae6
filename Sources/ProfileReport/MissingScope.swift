import Foundation
import Foundations
public import Profiler

/// Scope in which no text of a run has a row. The description is one line that says why, and what to do.
public struct MissingScope: Equatable, Sendable, CustomStringConvertible {
  /// Reason why there is no row.
  public enum Reason: Equatable, Sendable {
    /// A version made the run that looked for no sinks.
    case earlierVersion
    /// Every token of every text is a sink.
    case sinksOnly
    /// Every text has one token.
    case oneToken
    /// No text was profiled.
    case noTexts
  }

  /// Path of the run.
  public let run: String
  public let scope: Scope
  /// Scopes in which texts have rows.
  public let known: [Scope]
  public let reason: Reason

  /// Nil if the run has the scope.
  init?(_ scope: Scope, in run: LoadedRun) {
    guard !run.scopes.contains(scope) else { return nil }
    let sinks = run.profile.sinks
    (self.run, self.scope, known) = (run.directory.relativePath, scope, run.scopes)
    reason =
      switch scope {
      case _ where sinks.texts == 0: .noTexts
      case .all: .noTexts
      case .withoutFirstToken: .oneToken
      // A text with another token than its sinks has a row in every run of a version that looked for them.
      case .withoutSinks: sinks.textsOfSinksOnly < sinks.texts ? .earlierVersion : .sinksOnly
      }
  }

  public var description: String {
    let scopes = known.map(\.rawValue).joined(separator: " or ")
    let why =
      switch reason {
      case .earlierVersion:
        "the version of fp-cli that made the run looked for no sinks; choose --scope \(scopes), or profile the texts "
          + "again with another --output"
      case .sinksOnly: "every token of its texts is a sink; choose --scope \(scopes)"
      case .oneToken: "its texts have one token each; choose --scope \(scopes)"
      case .noTexts: "it has no texts"
      }
    return "\(run.onOneLine): expected texts in scope \(scope.rawValue), found none: \(why)"
  }
}
