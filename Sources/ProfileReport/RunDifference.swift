import Foundations
import ProfileStore
import Profiler

/// Difference between the settings of two runs.
public struct RunDifference: Sendable, Equatable {
  /// Name of a few words, such as `model`.
  public let name: String
  /// Values in the two runs.
  public let first: String
  public let second: String

  /// Phrase such as `model (models/a, models/b)`.
  var phrase: String { "\(name) (\(first.onOneLine), \(second.onOneLine))" }

  /// Returns all differences of the settings except blocks, since runs of different blocks are not compared.
  static func all(_ first: RunSettings, _ second: RunSettings) -> [RunDifference] {
    var found: [RunDifference] = []
    func add(_ name: String, _ one: String, _ other: String) {
      if !one.hasSameBytes(as: other) { found.append(RunDifference(name: name, first: one, second: other)) }
    }
    /// Files by name, and files of the same name by their hash, which identifies them.
    func add(_ name: String, _ files: (String, String), _ hashes: (String, String)) {
      guard hashes.0 != hashes.1 else { return add("path of the \(name)", files.0, files.1) }
      if !files.0.hasSameBytes(as: files.1) { return add(name, files.0, files.1) }
      add(name, "\(files.0) \(hashes.0.prefix(8))", "\(files.1) \(hashes.1.prefix(8))")
    }
    add(
      "model", (first.model, second.model),
      (
        first.modelFingerprint.hexadecimal + first.weightsFingerprint.hexadecimal,
        second.modelFingerprint.hexadecimal + second.weightsFingerprint.hexadecimal
      ))
    add("changes of the model", first.edits ?? "none", second.edits ?? "none")
    add(
      "corpus", (first.corpus, second.corpus),
      (first.corpusFingerprint.hexadecimal, second.corpusFingerprint.hexadecimal))
    add("version of the numbers", "\(first.numbersVersion)", "\(second.numbersVersion)")
    add("precision", first.precision, second.precision)
    add("matrix library", first.matmul, second.matmul)
    add("longest text in tokens", "\(first.maximumTokens)", "\(second.maximumTokens)")
    add("texts of a domain", limit(first.textLimit), limit(second.textLimit))
    add("BOS token", first.bosPolicy, second.bosPolicy)
    let (one, other) = (first.metrics.map(\.rawValue), second.metrics.map(\.rawValue))
    add(
      "metrics", one.filter { !other.contains($0) }.listed(or: "none of its own"),
      other.filter { !one.contains($0) }.listed(or: "none of its own"))
    return found
  }

  private static func limit(_ count: Int?) -> String { count.map { "at most \($0)" } ?? "all" }
}

extension [String] {
  /// The names separated by spaces, or `none` if there are none.
  fileprivate func listed(or none: String) -> String { isEmpty ? none : joined(separator: " ") }
}
