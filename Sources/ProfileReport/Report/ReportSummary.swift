import LlamaCore
import ProfileStore
import Profiler
import Statistics

/// Summary of the run on the first screen, in sentences with numbers.
struct ReportSummary {
  let data: ReportData
  let comparisons: [DomainComparison]
  let rankings: [ReportFigures.RankingKey: BlockRanking]
  var record: LoadedRun { data.record }
  var scope: Scope { data.mainScope }

  struct Paragraph {
    let title: String
    /// True if the numbers are of one scope.
    var isScoped = true
    let statements: [Statement]
  }

  /// First screen: at most ten sentences on what the numbers support and what they do not, with the costs of removals if
  /// the run has any.
  var first: [Paragraph] {
    let texts = Paragraph(title: "What was run", isScoped: false, statements: subject)
    if !removals.isEmpty { return [texts] + removals.filter { !$0.statements.isEmpty } }
    guard let composition = data.composition.map({ CompositionStatements(composition: $0, units: data.units) }) else {
      let found = Array(profile.prefix(max(0, Self.most - subject.count)))
      return [texts, Paragraph(title: "What the profile says", statements: found)].filter { !$0.statements.isEmpty }
    }
    let supported =
      composition.identification + composition.inputs + composition.equalLength + composition.shares
      + composition.distances
      + composition.stableGroups + composition.farthest + composition.confusion
    let limits = composition.limits
    let room = max(0, Self.most - subject.count - limits.count)
    return [
      texts, Paragraph(title: "What the profile is made of", statements: Array(supported.prefix(room))),
      Paragraph(title: "What that does not say", isScoped: false, statements: limits),
    ].filter { !$0.statements.isEmpty }
  }

  /// Largest number of sentences of the first screen.
  private static let most = 10

  /// Findings one by one.
  var paragraphs: [Paragraph] {
    let all = [
      Paragraph(title: "Which texts and tokens", isScoped: false, statements: run),
      Paragraph(title: "What the profile says", statements: profile),
      Paragraph(title: "Where domains differ", statements: differences),
      Paragraph(title: "What is equivalent", statements: equivalence),
      Paragraph(title: "What remains open", statements: open),
      Paragraph(title: "Can it be trusted", isScoped: false, statements: trust),
    ]
    return all.filter { !$0.statements.isEmpty }
  }

  // MARK: The run

  /// Statements on the texts, the model and its changes.
  private var subject: [Statement] {
    let model = record.settings.model
    let texts = record.domains.reduce(0) { $0 + $1.texts.count }
    let count = record.domains.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.tokens } }
    let names = record.domains.map { Words.strong($0.name) }
    let precision = " in \(record.settings.precision.markup)"
    var statements = [
      Statement(
        .subject,
        "\(TextTable.count(texts, "text")) of \(TextTable.count(names.count, "domain")) (\(Words.list(names))), "
          + "\(TextTable.count(count, "token")) in all, went through \(TextTable.count(data.layers.count, "block")) of "
          + "<b>\(Words.name(of: model).markup)</b>\(precision).")
    ]
    if let edits = record.settings.edits {
      let places = record.settings.program.map { program in
        " A block's number is its place in that list; the blocks of the checkpoint are \(BlockList.text(program))."
      }
      statements.append(
        Statement(
          .edits,
          "It was not run as it is in its checkpoint, but <b>changed</b>: <code>\(edits.markup)</code>.\(places ?? "")")
      )
    }
    return statements
  }

  private var run: [Statement] {
    var statements = sinks
    for pool in record.pools { statements.append(Statement(.pools, "Pooled: \(pool.phrase.markup).")) }
    if data.copies > 0 {
      let (verb, noun) = data.copies == 1 ? ("is a copy", "counts") : ("are copies", "count")
      statements.append(
        Statement(
          .copies,
          "<b>\(TextTable.count(data.copies, "text"))</b> \(verb) of an earlier one of the domain, token for token, and "
            + "\(noun) nowhere."))
    }
    if let first = data.layers.first, first > 0 {
      let layers = Words.blocks(Array(0..<first)).capitalizedFirst
      statements.append(Statement(.blocksLeftOut, "\(layers) \(first == 1 ? "was" : "were") left out."))
    }
    // What removals cost is always of all tokens.
    let numbers = data.ablation == nil ? "Numbers" : "Numbers of the profile"
    return statements + [Statement(.scope, "\(numbers) here and on the first screen \(tokens).")]
  }

  /// Statements on massive activations; empty for a run of an earlier version, which did not look for them.
  private var sinks: [Statement] {
    let sentences = SinkText(record.profile.sinks).sentences
    if sentences.isEmpty, data.scopes.contains(.withoutSinks) {
      return [Statement(.noMassiveActivations, "No text has a massive activation.")]
    }
    return sentences.map { sentence in
      let text = sentence.capitalizedFirst.markup.replacing("Massive activations:", with: "<b>Massive activations:</b>")
      return Statement(.massiveActivations, text + ".")
    }
  }

  /// Phrase that names the tokens behind the numbers.
  private var tokens: String {
    switch scope {
    case .all: "are of all tokens"
    case .withoutFirstToken: "leave out each text’s first token"
    case .withoutSinks:
      record.profile.sinks.sinks > 0
        ? "leave out the tokens that are sinks" : "are of all tokens, since none is a sink"
    }
  }
}

extension String {
  /// The string with its first letter capitalised and the rest unchanged.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
