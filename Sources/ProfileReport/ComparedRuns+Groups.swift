import Foundations
import Profiler
import Statistics

extension LoadedRun {
  /// Two domains with some groups in common.
  struct CommonGroups {
    let domainA: String, domainB: String
    /// Number of these groups.
    let groups: Int
    /// True if neither domain has another group, so that they are compared group by group.
    let areAll: Bool
  }

  /// Returns the pairs of domains that have groups in common, of texts with a least number of tokens.
  func commonGroups(atLeast tokens: Int = 0) -> [CommonGroups] {
    let (sets, matched) = (groupSets(atLeast: tokens), Set(matchedDomains(atLeast: tokens)))
    return DomainPair.all(of: sets.count).compactMap { pair in
      let count = sets[pair.a].intersection(sets[pair.b]).count
      guard count > 0 else { return nil }
      return CommonGroups(
        domainA: domains[pair.a].name, domainB: domains[pair.b].name, groups: count, areAll: matched.contains(pair))
    }
  }

  /// Returns the pairs of domains that have the same groups, of texts with a least number of tokens.
  func matchedDomains(atLeast tokens: Int = 0) -> [DomainPair] {
    MetricSamples.matched(DomainPair.all(of: domains.count), groupSets(atLeast: tokens))
  }

  /// Returns the groups of each domain; none if no two texts of the run share one.
  private func groupSets(atLeast tokens: Int) -> [Set<Int>] {
    domains.map { domain in
      groups.areShared ? Set(domain.texts.lazy.filter { !$0.isCopy && $0.tokens >= tokens }.map(\.group)) : []
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

  /// Pairs of domains that have groups in common.
  private var commonGroups: [LoadedRun.CommonGroups] {
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
    for areAll in [true, false] {
      let list = commonGroups.filter { $0.areAll == areAll }
        .map { "\(title($0.domainA, $0.domainB, limit: 30)) \(TextTable.count($0.groups))" }
      guard !list.isEmpty else { continue }
      let what =
        areAll
        ? "domains with the same groups, which are compared group by group (paired)"
        : "groups in both domains of a pair, which are left out there"
      notes.append("\(what): \(list.joined(separator: ", "))")
    }
    return notes
  }
}
