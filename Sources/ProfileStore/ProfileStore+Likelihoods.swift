import GRDB
import LlamaCore
import Profiler

/// Likelihoods of texts under models without some units, for removals one after the other.
extension ProfileStore {
  /// Takes over the settings that can change while the run remains the same, where they are given.
  ///
  /// - Throws: ``StoreError``.
  func adopt(_ wanted: RunSettings) throws(StoreError) {
    var changed = settings
    changed.steps = wanted.steps ?? changed.steps
    changed.margin = wanted.margin ?? changed.margin
    guard changed != settings else { return }
    try write { db in
      for (name, value) in changed.derived {
        guard let value else { continue }
        try db.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [name, value])
      }
    }
    settings = changed
  }

  /// Returns the finished texts of each domain, divided into those by which rules choose and the others: those of two tokens
  /// and more, without copies; the others without texts that share a group with one by which rules choose.
  ///
  /// - Throws: ``StoreError``.
  package func searchDomains(_ steps: RemovalSteps) throws(StoreError) -> [RemovalSearch.Domain] {
    let names = try domains().map(\.name)
    let groups = try groups()
    var place = 0
    var texts: [[(text: RemovalLikelihoods.Text, hash: String)]] = names.map { _ in [] }
    try read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT id, domain, tokens, sha256 FROM text WHERE state = 'done' ORDER BY id")
      while let row = try rows.next().map({ StoredRow($0, "text", file) }) {
        let domain = try row.integer(1)
        guard names.indices.contains(domain) else { throw row.fault("expected a domain, found \(domain)") }
        let group = groups.areShared && groups.numbers.indices.contains(place) ? groups.numbers[place] : nil
        place += 1
        texts[domain].append((.init(id: try row.integer(0), tokens: try row.integer(2), group: group), try row.text(3)))
      }
    }
    let split = TextSplit(texts.map { $0.map(\.hash) }, count: steps.chosenTexts, seed: steps.seed)
    return zip(names, zip(texts, split.domains)).map { name, domain in
      let (texts, split) = domain
      func counting(_ places: [Int]) -> [RemovalLikelihoods.Text] {
        places.map { texts[$0].text }.filter { $0.tokens > 1 }
      }
      let chosen = counting(split.chosen)
      // Texts of one group may depend on each other: what was chosen by one is not judged on another.
      let known = Set(chosen.compactMap(\.group))
      let heldOut = counting(split.heldOut).filter { $0.group.map(known.contains) != true }
      return RemovalSearch.Domain(name: name, chosen: chosen, heldOut: heldOut)
    }
  }

  /// Returns the run's texts, by their place in its list.
  ///
  /// - Parameter corpus: texts of the run.
  /// - Throws: ``StoreError``.
  func texts(of corpus: TokenizedCorpus) throws(StoreError) -> [Int: PlacedText] {
    var place = 0
    let byNumber = corpus.domains.map { domain in
      var texts: [Int: PlacedText] = [:]
      for text in domain.texts {
        texts[text.index] = PlacedText(tokens: text.tokens, place: place)
        place += 1
      }
      return texts
    }
    var found: [Int: PlacedText] = [:]
    try read { db in
      let rows = try Row.fetchCursor(db, sql: "SELECT id, domain, number FROM text WHERE state = 'done' ORDER BY id")
      while let row = try rows.next().map({ StoredRow($0, "text", file) }) {
        let domain = try row.integer(1)
        guard byNumber.indices.contains(domain), let text = byNumber[domain][try row.integer(2)] else {
          throw row.fault("expected a text of the corpus")
        }
        found[try row.integer(0)] = text
      }
    }
    return found
  }

  /// Returns every likelihood that the run has: of the unchanged model, without single units, and without several.
  ///
  /// - Throws: ``StoreError``.
  package func likelihoods() throws(StoreError) -> RemovalLikelihoods {
    var known = RemovalLikelihoods()
    guard let ablation = settings.ablation else { return known }
    let single = ablation.units.map { Removal([$0], keepsFirst: ablation.keepsFirst).description }
    try read { db in
      func each(_ table: String, _ sql: String, _ body: (StoredRow) throws -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() { try body(StoredRow(row, table, file)) }
      }
      let first = settings.layers.lowerBound
      if settings.metrics.contains(.nll) {
        try each("block", "SELECT text, nll FROM block WHERE scope = 0 AND layer = \(first)") {
          known.add("", try $0.integer(0), try $0.value(1))
        }
      }
      try each("removal", "SELECT text, unit, nll FROM removal") {
        let unit = try $0.integer(1)
        guard single.indices.contains(unit) else { throw $0.fault("expected a unit, found \(unit)") }
        known.add(single[unit], try $0.integer(0), try $0.value(2))
      }
      guard try StoreSchema.has(StoreSchema.cutItem, db) else { return }
      try each("cut", "SELECT removed, text, nll FROM cut") {
        known.add(try $0.text(0), try $0.integer(1), try $0.value(2))
      }
    }
    return known
  }

  /// Returns the mean of a metric for each block, over the texts that choose in a domain and then over domains; texts
  /// without a finite value in each block are left out.
  ///
  /// - Throws: ``StoreError``.
  package func means(_ metric: Metric, _ domains: [RemovalSearch.Domain]) throws(StoreError) -> [Double] {
    var values: [Int: [Double]] = [:]
    try read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT text, layer, \"\(metric.rawValue)\" FROM block WHERE scope = 0 ORDER BY text, layer")
      while let row = try rows.next().map({ StoredRow($0, "block", file) }) {
        values[try row.integer(0), default: []].append(try row.value(2))
      }
    }
    let blocks = settings.layers.count
    let means = domains.compactMap { domain -> [Double]? in
      let rows = domain.chosen.compactMap { values[$0.id] }.filter { $0.count == blocks && $0.allSatisfy(\.isFinite) }
      guard !rows.isEmpty else { return nil }
      return (0..<blocks).map { block in rows.reduce(0) { $0 + $1[block] } / Double(rows.count) }
    }
    // A first block that was left out has no values.
    let missing = Array(repeating: Double.nan, count: settings.layers.lowerBound)
    return missing
      + (0..<blocks).map { block in means.reduce(0) { $0 + $1[block] } / Double(max(1, means.count)) }
  }

  /// Stores likelihoods of texts under models without several units, in one transaction.
  ///
  /// - Throws: ``StoreError``.
  package func add(_ cuts: [(removed: String, text: Int, nll: Double)]) throws(StoreError) {
    try write { db in
      if try !StoreSchema.has(StoreSchema.cutItem, db) { try db.execute(sql: StoreSchema.cutItem.sql) }
      let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO cut VALUES (?, ?, ?)")
      for cut in cuts { try statement.execute(arguments: [cut.removed, cut.text, cut.nll]) }
    }
  }

  /// Returns the curves of the run's removals in steps; empty without.
  ///
  /// - Parameter settings: resamples and seed of the intervals.
  /// - Throws: ``StoreError``; ``StoreError/unfinishedSteps(file:)`` where a likelihood is still to be measured.
  package func removalCurves(_ settings: AblationSettings) throws -> [RemovalCurve] {
    guard let steps = self.settings.steps, let ablation = self.settings.ablation else { return [] }
    var known = try likelihoods()
    return try removalSearch(steps, ablation).curves(&known, settings: settings) { _, _ in
      throw StoreError.unfinishedSteps(file: file)
    }
  }

  /// Returns the search of the run's removals in steps.
  func removalSearch(_ steps: RemovalSteps, _ ablation: Ablation) throws(StoreError) -> RemovalSearch {
    let domains = try searchDomains(steps)
    return RemovalSearch(steps, of: ablation, layers: settings.layers.upperBound, domains: domains) {
      [self] metric in try means(metric, domains)
    }
  }
}

/// Text of a corpus, with its place among all of them.
struct PlacedText {
  let tokens: [TokenID]
  let place: Int
}
