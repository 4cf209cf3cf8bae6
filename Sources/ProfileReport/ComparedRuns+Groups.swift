import Foundations
import Profiler
import Statistics

extension LoadedRun {
  /// Pairs of domains that have groups in common, with the number of these.
  var commonGroups: [(domainA: String, domainB: String, groups: Int)] { commonGroups(atLeast: 0) }

  /// As above, of texts with a least number of tokens.
  func commonGroups(atLeast tokens: Int) -> [(domainA: String, domainB: String, groups: Int)] {
    guard groups.areShared else { return [] }
    let sets = domains.map { Set($0.texts.lazy.filter { !$0.isCopy && $0.tokens >= tokens }.map(\.group)) }
    return DomainPair.all(of: sets.count).compactMap { pair in
      let count = sets[pair.a].intersection(sets[pair.b]).count
      return count > 0 ? (domains[pair.a].name, domains[pair.b].name, count) : nil
    }
  }
}

extension DomainComparison {
  /// True if the units of any pair are groups of several texts.
  var isGrouped: Bool { blocks.contains { $0.groupsA < $0.countA || $0.groupsB < $0.countB } }
}

extension ComparedRuns {
  /// Number of compared texts of each domain and of their groups, by domain, then run.
  var groupCounts: [(name: String, texts: Int, groups: Int)] {
    texts.map { ($0.name, $0.texts.count, Set($0.texts.lazy.map(\.group)).count) }
  }

  /// True if any compared texts share a group.
  var isGrouped: Bool { groupCounts.contains { $0.groups < $0.texts } }

  /// Pairs of domains that have groups in common, with the number of these.
  var commonGroups: [(domainA: String, domainB: String, groups: Int)] {
    design == .domains ? runs[0].commonGroups(atLeast: tokens ?? 0) : []
  }

  /// Remarks on groups of texts, none if each compared text is a group of its own.
  var groupNotes: [String] {
    var notes: [String] = []
    let grouped = groupCounts.filter { $0.groups < $0.texts }
    if !grouped.isEmpty {
      let list = grouped.map {
        "\(TextTable.label($0.name, limit: 30)) \(TextTable.count($0.texts, "text")) in \(TextTable.count($0.groups, "group"))"
      }
      notes.append("the unit of every test is the group, by the mean of its texts: \(list.joined(separator: ", "))")
    }
    for (place, run) in runs.enumerated() where run.groups.nearCopies > 0 {
      let label = labels.isEmpty ? "" : " of \(labels[place].onOneLine)"
      notes.append(
        "near-copies of other texts, which share a group with them\(label): \(TextTable.count(run.groups.nearCopies))")
    }
    if !commonGroups.isEmpty {
      let list = commonGroups.map { "\(title($0.domainA, $0.domainB, limit: 30)) \(TextTable.count($0.groups))" }
      notes.append("groups in both domains of a pair, which are left out there: \(list.joined(separator: ", "))")
    }
    return notes
  }
}
