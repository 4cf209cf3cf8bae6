import Foundations
import GRDB
import LlamaCore
public import Profiler

extension ProfileStore {
  /// Refuses to resume a run of an older version, with other settings or with other texts.
  func check(_ settings: RunSettings, _ corpus: TokenizedCorpus) throws(StoreError) {
    guard schemaVersion == StoreSchema.version else {
      try checkFinished()
      throw .olderSchema(file: file, found: schemaVersion, expected: StoreSchema.version)
    }
    var differences = settings.differences(from: entries)
    let isOtherCorpus = settings.corpusFingerprint != self.settings.corpusFingerprint
    let names = try domains().map(\.name)
    let wanted = corpus.domains.map(\.name)
    if !isOtherCorpus, names != wanted {
      differences.append("--domain \(Self.list(names)) there, \(Self.list(wanted)) asked for")
    } else if differences.count == (isOtherCorpus ? 1 : 0), let text = try firstDifference(from: corpus) {
      // Other limits imply other texts, which adds no information.
      differences = ["\(differences.first ?? "other tokens, as of another tokenizer.json"), first at \(text)"]
    }
    guard !differences.isEmpty else { return }
    throw .otherRun(
      file: file, differences: differences, command: self.settings.command, isFinished: try counts().isFinished)
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(12).map { String($0.quoted.dropFirst().dropLast()) }.joined(separator: ",")
      + (names.count > 12 ? ",…" : "")
  }

  /// Returns the first place where the texts of a corpus differ from those of the run; nil if there is none.
  private func firstDifference(from corpus: TokenizedCorpus) throws(StoreError) -> String? {
    let domains = try domains()
    for (number, domain) in corpus.domains.enumerated() {
      guard number < domains.count else { return "domain \(domain.name.quoted), which is not there" }
      let stored = domains[number]
      guard stored.name.hasSameBytes(as: domain.name) else {
        return "domain \(stored.name.quoted) there, \(domain.name.quoted) asked for"
      }
      let texts = try texts(ofDomain: number)
      let wanted = StoredText.list(of: domain)
      for (found, text) in zip(texts, wanted) where !found.isSameText(as: text) {
        return TextIdentity(domain: domain.name, index: min(found.number, text.number)).description
      }
      let counts = (texts.count, stored.emptyTexts, stored.truncatedTexts)
      guard counts == (wanted.count, domain.emptyTexts, domain.truncatedTexts) else {
        return "domain \(domain.name.quoted), \(texts.count) texts there, \(wanted.count) asked for"
      }
    }
    guard domains.count == corpus.domains.count else {
      return "domain \(domains[corpus.domains.count].name.quoted), which is not asked for"
    }
    return nil
  }

  private func texts(ofDomain domain: Int) throws(StoreError) -> [StoredText] {
    try read { db in
      let sql = "SELECT number, tokens, sha256, state, reason FROM text WHERE domain = \(domain) ORDER BY id"
      // An SQLite row takes much more memory than the values kept of it.
      var texts: [StoredText] = []
      let rows = try Row.fetchCursor(db, sql: sql)
      while let row = try rows.next().map({ StoredRow($0, "text", file) }) {
        guard let state = StoredText.State(rawValue: try row.text(3)) else {
          throw row.fault("state: expected pending, done or failed, found \(try row.text(3).quoted)")
        }
        texts.append(
          StoredText(
            number: try row.integer(0), tokens: try row.integer(1), hash: try row.text(2), state: state,
            reason: state == .failed ? try row.text(4) : nil))
      }
      return texts
    }
  }

  /// Returns the texts of the run's corpus that have yet to be run.
  ///
  /// - Throws: ``StoreError``.
  public func remaining(of corpus: TokenizedCorpus) throws(StoreError) -> TokenizedCorpus {
    var domains: [TokenizedCorpus.Domain] = []
    for (number, domain) in corpus.domains.enumerated() {
      let pending = Set(try texts(ofDomain: number).filter { $0.state == .pending }.map(\.number))
      domains.append(
        TokenizedCorpus.Domain(
          name: domain.name, texts: domain.texts.filter { pending.contains($0.index) }, emptyTexts: domain.emptyTexts,
          truncatedTexts: domain.truncatedTexts, failures: domain.failures))
    }
    return TokenizedCorpus(domains: domains)
  }
}

extension StoredText {
  /// True if two rows are of the same text, whether or not it is finished.
  func isSameText(as other: StoredText) -> Bool {
    number == other.number && tokens == other.tokens && hash == other.hash
      && (state == .failed) == (other.state == .failed)
  }
}
