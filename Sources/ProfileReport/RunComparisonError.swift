import Foundation
public import Foundations
import ProfileStore
import Profiler
import Statistics

/// Reason why runs cannot be compared. The description is one line.
public enum RunComparisonError: DescribedError, Equatable, Sendable {
  /// The two runs are in the same folder.
  case sameRun(String)
  /// The two runs have different blocks.
  case blocks(run: String, expected: String, found: String)
  /// The two runs have no domain in common.
  case noCommonDomain(run: String, expected: [String], found: [String])
  /// Each of the two runs has texts that the other lacks.
  case otherTexts(run: String, first: Int, second: Int, common: Int, differences: [RunDifference])
  /// Fewer than two domains have a text, or no domain has texts in both runs.
  case noTexts(run: String, tokens: Int?, domains: [String], texts: [Int])
  /// The texts of a run were not truncated to the length to be compared, and it keeps no sums over as many first tokens, but
  /// up to the ends of some buckets of positions.
  case tokens(run: String, expected: Int, ends: [Int], model: String, corpus: String)
  /// A run keeps no sums over these tokens of its texts.
  case positions(run: String, found: String, ends: [Int])
  /// A run of an earlier version keeps no sums over positions.
  case noPositions(run: String)
  /// A run lacks a metric that is to be compared.
  case metric(MissingMetric)
  /// A run lacks a scope that is to be compared.
  case scope(MissingScope)
  /// A metric has none of the scopes that are to be compared.
  case option(String, expected: String, found: String)

  public var description: String {
    switch self {
    case .option(let name, let expected, let found): "\(name): expected \(expected), found \(found.onOneLine)"
    case .metric(let missing): missing.description
    case .scope(let missing): missing.description
    case .sameRun(let run): "\(run.onOneLine): expected two runs, found the same one twice"
    case .blocks(let run, let expected, let found):
      "\(run.onOneLine): expected blocks \(expected) as in the first run, found \(found)"
    case .noCommonDomain(let run, let expected, let found):
      "\(run.onOneLine): expected a domain of the first run (\(expected.quotedList)), found \(found.quotedList)"
    case .otherTexts(let run, let first, let second, let common, let differences):
      "\(run.onOneLine): expected the texts of the first run, found others: \(TextTable.count(common)) of "
        + "\(TextTable.count(first)) and \(TextTable.count(second)) have the same tokens"
        + (differences.isEmpty ? "" : "; the runs differ in \(differences.map(\.phrase).joined(separator: ", "))")
        + "; --unpaired compares them as independent samples"
    case .noTexts(let run, let tokens, let domains, let texts):
      "\(run.onOneLine): expected \(tokens.map { "at least \(Verdict.leastTexts) distinct texts of at least \($0) tokens" } ?? "texts") "
        + "to compare in two domains, found "
        + zip(domains, texts).map { "\($0.quoted) \(TextTable.count($1))" }.joined(separator: ", ")
    case .positions(let run, let found, let ends):
      "\(run.onOneLine): expected first tokens up to the end of a bucket of positions "
        + "(\(ends.map(String.init).joined(separator: ", "))), or a run of profile --max-tokens with as many, found \(found)"
    case .noPositions(let run):
      "\(run.onOneLine): expected sums over positions, found a run of an earlier version, which has none; profile the texts anew"
    case .tokens(let run, let expected, let ends, let model, let corpus):
      "\(run.onOneLine): expected first tokens up to the end of a bucket of positions "
        + "(\(ends.map(String.init).joined(separator: ", "))), found \(expected); make a run of \(expected) with fp-cli profile --model \(model.onOneLine) --corpus \(corpus.onOneLine) "
        + "--max-tokens \(expected) --output \(run.onOneLine)-\(expected)"
    }
  }
}

extension RunComparisonError {
  /// The error of a run that has no values of some first tokens.
  static func tokens(_ expected: Int, _ settings: RunSettings, _ directory: URL) -> RunComparisonError {
    .tokens(
      run: directory.relativePath, expected: expected, ends: PositionBucket.ends(upTo: settings.maximumTokens),
      model: settings.model, corpus: settings.corpus)
  }
}
