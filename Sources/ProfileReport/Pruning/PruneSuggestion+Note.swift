import LlamaCore
import ProfileStore
import Profiler
import Statistics

extension PruneSuggestion {
  /// Caveat that accompanies every suggestion, one line: what the ranking does not tell, and which command would. Of a
  /// ranking by a metric in a run that measured the damage it says how the choice fares.
  public var note: String {
    // Where a list of blocks ran, its places are no numbers of the checkpoint.
    settings.program == nil ? caveat : "blocks are places in \(settings.edits ?? ""), from 0; \(caveat)"
  }

  private var caveat: String {
    switch basis {
    case .damage:
      let first = keepsFirst ? "; measured with the first token kept, which a checkpoint without blocks does not" : ""
      return "each block was removed by itself, and several together need not cost the sum, which this measures: "
        + "\(command("perplexity", more: ["--layers", BlockList.text(keptOfProgram)]))\(first)\(together ?? "")"
    case .metric(_, let scope):
      let sinks =
        (scope == .all ? "" : "; \(scope.phrase), a block that makes the attention sink looks idle") + sinkNote
      if let damage { return "similarity is a hint\(sinks); \(truth(damage))" }
      let hint =
        "similarity is a hint: only ablation, running the model without these blocks, proves what they are worth\(sinks)"
      if isMeasured { return hint + "; of the removals that the run measured no text of these domains counts" }
      let measured =
        settings.ablation?.means == nil
        ? "the damage was not measured" : "the run's removals leave a mean, which a checkpoint without a block does not"
      return "\(hint); \(measured), this would: "
        + command("ablate", more: ["--parts", "block", "--output", "DIR"])
    }
  }

  /// What rules that removed as many blocks one after the other chose, and what that costs together, on texts by which they did
  /// not choose; nil where the run has no such steps.
  private var together: String? {
    guard let curves, curves.split == .heldOut, curves.domains.count == domains.count else { return nil }
    let found = curves.rules.indices.compactMap { rule -> String? in
      guard ![RemovalRule.last.name, RemovalRule.random.name].contains(curves.rules[rule]),
        let cost = curves.mean(removed.count, rule: rule)
      else { return nil }
      let units = (1...removed.count).compactMap { curves.step($0, domain: 0, rule: rule)?.unit }
      guard units.count == removed.count, units.allSatisfy({ $0.part == .block }) else { return nil }
      return "\(curves.rules[rule]) \(TextTable.number(cost)) (\(Words.blocks(units.map(\.layer).sorted())))"
    }
    return found.isEmpty
      ? nil
      : "; removed one after the other in the run, nats a token on texts by which no rule chose: "
        + found.joined(separator: ", ")
  }

  /// What becomes of the block that makes the sink.
  private var sinkNote: String {
    guard let sinkLayer else { return "" }
    let place = "block \(sinkLayer) makes the attention sink, and models are known to break without one"
    return "; \(place)\(removed.contains(sinkLayer) ? ": it is among these" : "; it stays")"
  }

  private var keepsFirst: Bool { settings.ablation?.keepsFirst ?? false }

  /// The removed blocks' measured costs against those of as many that cost least.
  private func truth(_ damage: BlockRanking) -> String {
    let costs = Dictionary(damage.places.map { ($0.layer, $0.value) }, uniquingKeysWith: { first, _ in first })
    func sum(_ layers: [Int]) -> String { TextTable.number(layers.reduce(0) { $0 + (costs[$1] ?? 0) }) }
    let least = damage.places.prefix(removed.count).map(\.layer).sorted()
    guard removed.count > 1 else {
      let own = "measured, the \(Basis.damageName) of removing \(Words.blocks(removed)) is \(sum(removed)) nats a token"
      return least == removed
        ? "\(own), the least of all" : "\(own), that of \(Words.blocks(least)), the least, \(sum(least))"
    }
    let own =
      "measured, the \(Basis.damageName) of removing \(Words.blocks(removed)) one by one sums to \(sum(removed)) nats a token"
    return least == removed
      ? "\(own), the least that \(removed.count) blocks can"
      : "\(own), that of the least harmful, \(Words.blocks(least)), to \(sum(least))"
  }

  /// Blocks of the checkpoint that stay, in the order of the run's program.
  var keptOfProgram: [Int] {
    (settings.program ?? Array(0..<layerCount)).enumerated().filter { !removed.contains($0.offset) }.map(\.element)
  }

  /// These as runs of consecutive blocks, each followed by the next.
  var runsOfProgram: [Range<Int>] {
    var runs: [Range<Int>] = []
    for block in keptOfProgram {
      if let last = runs.last, last.upperBound == block {
        runs[runs.count - 1] = last.lowerBound..<block + 1
      } else {
        runs.append(block..<block + 1)
      }
    }
    return runs
  }

  /// Returns a command on the model and corpus of the run, on one line.
  private func command(_ name: String, more: [String]) -> String {
    let corpus = settings.corpus.isEmpty ? "FILE" : settings.corpus
    // The options of a changed model, but a list of blocks only once.
    var edits = settings.edits ?? ""
    if more.contains("--layers"), let program = settings.program {
      edits = edits.replacing(ModelEdits(program: program).description, with: "")
    }
    let words = ["fp-cli", name, "--model", ShellWord.quoted(model), "--corpus", ShellWord.quoted(corpus)]
    return (words + texts + edits.split(separator: " ").map(String.init) + more).joined(separator: " ").onOneLine
  }

  /// Options of the texts that count.
  private var texts: [String] {
    // A comma would separate two names.
    let names = domains.contains { $0.contains(",") } ? domains : [domains.joined(separator: ",")]
    return names.flatMap { ["--domain", ShellWord.quoted($0)] }
      + (settings.textLimit.map { ["--limit", String($0)] } ?? [])
      + ["--max-tokens", String(settings.maximumTokens)]
  }
}
