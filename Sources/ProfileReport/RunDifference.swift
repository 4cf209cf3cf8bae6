import LlamaCore
import ProfileStore
import Profiler

/// Something that two runs do not have in common.
public struct RunDifference: Sendable, Equatable {
  /// A few words, such as `model`.
  public let name: String
  /// What it is in each of the runs.
  public let first: String
  public let second: String

  /// `model (models/a, models/b)`.
  var phrase: String { "\(name) (\(first.onOneLine), \(second.onOneLine))" }

  /// All differences of what was asked for; of blocks there are none, since such runs are not compared.
  static func all(_ first: RunSettings, _ second: RunSettings) -> [RunDifference] {
    var found: [RunDifference] = []
    func add(_ name: String, _ one: String, _ other: String) {
      if !one.hasSameBytes(as: other) { found.append(RunDifference(name: name, first: one, second: other)) }
    }
    /// Files by name, and where the names are the same by their hash, which is what tells them apart.
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
    add(
      "corpus", (first.corpus, second.corpus),
      (first.corpusFingerprint.hexadecimal, second.corpusFingerprint.hexadecimal))
    add("precision", first.precision, second.precision)
    add("matrix library", first.matmul, second.matmul)
    add("longest text in tokens", "\(first.maximumTokens)", "\(second.maximumTokens)")
    add("texts of a domain", limit(first.textLimit), limit(second.textLimit))
    add("BOS token", first.bosPolicy, second.bosPolicy)
    let (one, other) = (first.metrics.map(\.rawValue), second.metrics.map(\.rawValue))
    add(
      "metrics", one.filter { !other.contains($0) }.listed(or: "no other"),
      other.filter { !one.contains($0) }.listed(or: "no other"))
    return found
  }

  private static func limit(_ count: Int?) -> String { count.map { "at most \($0)" } ?? "all" }
}

extension [String] {
  /// The names with spaces between, or a word for none.
  fileprivate func listed(or none: String) -> String { isEmpty ? none : joined(separator: " ") }
}
