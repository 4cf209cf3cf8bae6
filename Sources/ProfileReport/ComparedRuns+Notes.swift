import Foundation
import Foundations
import Profiler
import Statistics

extension ComparedRuns {
  /// Compared pairs with the overlap of their lengths; empty if the texts are the same or of one length.
  public var lengthOverlaps: [LengthOverlap] {
    guard design != .paired, tokens == nil else { return [] }
    let texts = texts
    // Groups of two runs are compared as if they were different.
    let lengths = texts.map {
      UnitLengths($0.texts, isGrouped: runs[$0.run].groups.areShared, isApart: design != .domains)
    }
    let pairs =
      design == .domains
      ? DomainPair.all(of: lengths.count) : names.indices.map { DomainPair(2 * $0, 2 * $0 + 1) }
    return pairs.map { LengthOverlap($0, names: texts.map(\.name), lengths: lengths) }
  }

  /// Number of texts per domain that are excluded because an earlier text of the domain has the same token ids; only
  /// domains with such copies.
  public var copies: [(name: String, copies: Int)] {
    names.flatMap { name in
      zip(runs, labels.isEmpty ? [""] : labels).compactMap { run, label in
        let copies = run.domain(name)?.copies ?? 0
        return copies > 0 ? (label.isEmpty ? name : "\(name) (\(label))", copies) : nil
      }
    }
  }

  /// Domains with too few groups of texts to be compared, with their number of groups; without groups each text is one.
  public var scarce: [(name: String, groups: Int)] {
    groupCounts.filter { $0.groups < (design == .paired ? Verdict.leastPairs : Verdict.leastTexts) }
      .map { ($0.name, $0.groups) }
  }

  /// Checks that there is something to compare.
  ///
  /// - Throws: ``RunComparisonError/noTexts(run:tokens:domains:texts:)`` if there are two domains but nothing to
  ///   compare.
  public func checkTexts() throws(RunComparisonError) {
    guard design != .domains || names.count > 1 else { return }
    let texts = texts
    // A requested text length implies testing; without one, domains with too few texts are reported as such.
    let least = tokens == nil ? 1 : design == .paired ? Verdict.leastPairs : Verdict.leastTexts
    let isFilled = texts.map { $0.texts.count >= least }
    let isEnough =
      design == .domains
      ? isFilled.count(where: \.self) > 1 : names.indices.contains { isFilled[2 * $0] && isFilled[2 * $0 + 1] }
    guard isEnough else {
      throw .noTexts(
        run: runs[0].directory.relativePath, tokens: tokens, domains: texts.map(\.name),
        texts: texts.map(\.texts.count))
    }
  }

  /// Remarks to accompany the numbers, one per line: differences between the runs, which texts count, what was left
  /// out, and pairs whose lengths hardly overlap.
  public var notes: [String] {
    var notes: [String] = []
    if !labels.isEmpty {
      notes.append("g is positive where \(labels[0].onOneLine) is larger than \(labels[1].onOneLine)")
      let phrases = differences.map(\.phrase)
      notes.append(
        phrases.isEmpty
          ? "the runs were asked for the same, as far as their models are told apart: by shapes and a sample of the weights"
          : "the runs differ in \(phrases.joined(separator: ", "))")
      notes += textNotes
    }
    if let choice = runs[0].tokens {
      notes.append("compared: \(choice) of the texts that have them; sinks are those of the whole texts")
    }
    for pool in runs[0].pools { notes.append(pool.phrase) }
    if !copies.isEmpty {
      let list = copies.map { "\(TextTable.label($0.name, limit: 30)) \(TextTable.count($0.copies))" }
      notes.append("copies of other texts, which do not count: \(list.joined(separator: ", "))")
    }
    if !scarce.isEmpty {
      let least = design == .paired ? Verdict.leastPairs : Verdict.leastTexts
      let list = scarce.map { "\(TextTable.label($0.name, limit: 30)) \(TextTable.count($0.groups))" }
      let what = isGrouped ? "groups of distinct texts" : "distinct texts"
      let kind = tokens.map { "\(what) of at least \($0) tokens" } ?? what
      notes.append("fewer than \(least) \(kind), too few to compare: \(list.joined(separator: ", "))")
    }
    notes += groupNotes
    let little = lengthOverlaps.filter(\.isLittle)
    if !little.isEmpty {
      let list = little.map { overlap in
        "\(title(overlap.domainA, overlap.domainB, limit: 30)) \(TextTable.count(overlap.common.countA)) and "
          + TextTable.count(overlap.common.countB)
      }
      notes.append(
        "lengths hardly overlap, so that a difference may be one of length and there is no verdict "
          + "(\(isGrouped ? "groups" : "texts") in the range of lengths that both domains have): "
          + list.joined(separator: ", "))
    }
    return notes
  }

  /// Remarks on which texts of two runs are compared.
  private var textNotes: [String] {
    var notes: [String] = []
    let counts = runs.map { run in
      run.domains.filter { domain in names.containsBytes(of: domain.name) }.reduce(0) { sum, domain in
        sum + domain.texts.count { !$0.isCopy && $0.tokens >= tokens ?? 0 }
      }
    }
    if design == .paired {
      let common = texts.filter { $0.run == 0 }.reduce(0) { $0 + $1.texts.count }
      var note = "paired text by text: \(TextTable.count(common, "text")) of the same tokens in both runs"
      for (count, label) in zip(counts, labels) where count > common {
        note += "; left out: \(TextTable.count(count - common)) only in \(label.onOneLine)"
      }
      notes.append(note)
      let others = otherSinks.reduce(0) { $0 + $1.count }
      if others > 0 {
        notes.append(
          "left out without sinks: \(TextTable.count(others, "text")) with other sinks in one run than in the other")
      }
    } else {
      notes.append(
        "compared as independent samples: \(TextTable.count(counts[0], "text")) of \(labels[0].onOneLine) and "
          + "\(TextTable.count(counts[1])) of \(labels[1].onOneLine)")
    }
    for (run, label) in zip(runs, labels) {
      let others = run.domains.map(\.name).filter { !names.containsBytes(of: $0) }
      if !others.isEmpty { notes.append("only in \(label.onOneLine): \(others.quotedList)") }
    }
    return notes
  }

  /// Returns a short title of a pair of domains: `cpp – legal`, or the domain's name alone for two runs.
  func title(_ a: String, _ b: String, limit: Int) -> String {
    if let label = labels.first {
      return TextTable.label(String(a.unicodeScalars.dropLast(label.unicodeScalars.count + 3)), limit: 2 * limit + 3)
    }
    return "\(TextTable.label(a, limit: limit)) – \(TextTable.label(b, limit: limit))"
  }
}
