import Profiler

extension Scope {
  /// Phrase for use after a comma.
  var phrase: String {
    switch self {
    case .all: "all tokens"
    case .withoutFirstToken: "without the first token"
    case .withoutSinks: "without sinks"
    }
  }
}
