import Foundation
import Profiler
import Statistics

/// Section on what the profiles are made of.
extension ReportSections {
  /// Returns the section; nil if fewer than two domains have enough texts.
  var composition: ReportSection? {
    guard let composition = figures.data.composition else { return nil }
    let statements = CompositionStatements(composition: composition, units: figures.data.units)
    let introduction = """
      <p>A profile is the values of <code>\(composition.metric.rawValue)</code> at all blocks, \(composition.scope.phrase), as
      logarithms. Its scale is their mean, its shape what is left of it.</p>

      """
    return ReportSection(
      id: "composition", title: "What the profile is made of",
      content: [
        .html(introduction),
        .paragraph(statements.shares + statements.leftOut), .html("\n" + tables.shares(composition)),
        .html("\n<h3>Naming the domain of a text</h3>\n"),
        .paragraph(statements.identification + statements.inputs + statements.equalLength + statements.confusion),
        .html("\n" + tables.identifications(composition) + tables.confusions(composition)),
        .html("\n<h3>Distances between domains</h3>\n"),
        .paragraph(statements.distances + statements.stableGroups + statements.farthest),
        .figures(figures.tree(composition)), .html("\n" + tables.shapeDistances(composition)),
        .paragraph(statements.limits),
      ])
  }
}

extension ReportFigures {
  /// Returns the tree of the domains; none of two, which have one distance.
  func tree(_ composition: ProfileComposition) -> [Figure] {
    guard composition.domains.count > 2, composition.shape.distances.joined().allSatisfy(\.isFinite) else { return [] }
    let tree = composition.shape.tree
    let chart = TreeChart(
      name: FigureName.tree.text, title: "Domains by the shape of their profiles",
      subtitle: composition.scope.phrase, axis: "mean distance between domains, % of shape", names: composition.domains,
      tree: tree, heights: tree.merges.map { 100 * expm1($0.height) }, supports: composition.shape.supports,
      distances: composition.shape.distances.map { $0.map { 100 * expm1($0) } })
    let draws = TextTable.count(composition.shape.resamples)
    return [
      Figure(
        chart: chart.chart,
        caption:
          "Domains are joined at the mean distance between them (average linkage). Beside a joint: in how many of "
          + "\(draws) draws of the texts with replacement the tree has that very group.")
    ]
  }
}

extension ReportTables {
  func shares(_ composition: ProfileComposition) -> String {
    let shares = composition.shares
    let rows = [
      ("between blocks", shares.block), ("between domains, in scale", shares.domain),
      ("between domains, in shape", shares.blockByDomain), ("between texts of a domain, in scale", shares.text),
      ("between texts of a domain, in shape", shares.residual),
    ]
    return Self.table(
      ["variance", "share"], rows.map { [$0.0, Words.percent($0.1, 2)] }, numbers: [1])
  }

  func identifications(_ composition: ProfileComposition) -> String {
    let first = composition.firstTokens
    func name(_ input: String) -> String {
      first.map(ProfileComposition.firstInput) == input
        ? "profile of the first \(TextTable.count(first ?? 0)) tokens" : input
    }
    let rows = composition.identifications.map { found in
      [
        name(found.input), Words.percent(found.accuracy, 1),
        "\(Words.percent(found.interval.lowerBound, 1)) to \(Words.percent(found.interval.upperBound, 1))",
      ]
    }
    let chance = ["chance", Words.percent(1 / Double(composition.domains.count), 1), ""]
    return Self.table(["named by", "accuracy", "95 % interval"], rows + [chance], numbers: [1, 2])
  }

  /// Returns the shares of each domain's texts by what they are named by their profiles.
  func confusions(_ composition: ProfileComposition) -> String {
    guard let whole = composition.identification(ProfileComposition.profileInput) else { return "" }
    let rows = zip(composition.domains, whole.named).map { name, row in
      let all = row.reduce(0, +)
      return ["\(name.markup)"] + row.map { $0 == 0 ? "–" : Words.percent($0 / all, 1) }
    }
    return Self.table(
      ["texts of"] + composition.domains.map { "named \($0.markup)" }, rows,
      numbers: Set(1..<composition.domains.count + 1))
  }

  func shapeDistances(_ composition: ProfileComposition) -> String {
    let shape = composition.shape
    let rows = composition.domains.indices.map { own in
      [composition.domains[own].markup]
        + composition.domains.indices.map { other in
          own == other ? "" : CompositionStatements.percent(shape.distances[own][other])
        }
    }
    return Self.table(
      ["distance in shape"] + composition.domains.map(\.markup), rows, numbers: Set(1..<composition.domains.count + 1))
  }
}
