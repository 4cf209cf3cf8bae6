import Foundations
import LlamaCore
import Profiler

/// Sentences on massive activations, shown before any mean; none if there are no massive activations.
package struct SinkText {
  private let summary: SinkSummary

  package init(_ summary: SinkSummary) { self.summary = summary }

  /// Sentences without full stops; empty if no text has a massive activation.
  package var sentences: [String] {
    guard summary.sinks > 0 else { return [] }
    var sentences = ["massive activations: in \(texts), \(blocks)\(dimension)\(largest)", "sinks: \(sinks)"]
    if summary.textsOfSinksOnly > 0 {
      let (texts, verb) = (summary.textsOfSinksOnly, summary.textsOfSinksOnly == 1 ? "has" : "have")
      sentences.append("\(TextTable.count(texts, "text")) of sinks only \(verb) no row without sinks")
    }
    if summary.cutTexts > 0 {
      sentences.append(
        "massive.csv holds the first \(TextTable.count(MassiveActivation.limit)) of "
          + TextTable.count(summary.cutTexts, "text"))
    }
    return sentences
  }

  private var texts: String {
    "\(TextTable.count(summary.textsWithSinks)) of \(TextTable.count(summary.texts, "text"))"
  }

  private var blocks: String {
    guard let (layer, count) = SinkSummary.mostFrequent(summary.firstLayers) else { return "" }
    if count == summary.sinks { return "first at block \(layer), " }
    let earliest = summary.firstLayer.map { $0 < layer ? "; block \($0) at the earliest" : "" } ?? ""
    return
      "first at block \(layer) (\(TextTable.count(count)) of \(TextTable.count(summary.sinks, "sink"))\(earliest)), "
  }

  private var dimension: String {
    guard let (dimension, count) = SinkSummary.mostFrequent(summary.dimensions) else { return "" }
    if count == summary.sinks { return "largest in dimension \(dimension)" }
    return "largest in dimension \(dimension) in \(TextTable.count(count)) of \(TextTable.count(summary.sinks, "sink"))"
  }

  private var largest: String {
    guard let largest = summary.largest else { return "" }
    return " (|Y| up to \(Self.size(largest.value)), at block \(largest.layer))"
  }

  private var sinks: String {
    var parts: [String] = []
    if summary.firstSinks > 0 {
      parts.append("the first token of \(TextTable.count(summary.firstSinks, "text"))" + token(summary.firstTokens))
    }
    if summary.laterSinks > 0 {
      parts.append(
        "\(TextTable.count(summary.laterSinks, "later token")) of "
          + TextTable.count(summary.textsWithLaterSinks, "text") + token(summary.laterTokens))
    }
    return parts.joined(separator: "; ")
  }

  /// Returns the most frequent of some tokens.
  private func token(_ counts: [SinkSummary.Token: Int]) -> String {
    guard let (token, count) = SinkSummary.mostFrequent(counts) else { return "" }
    let name = token.text.map { "\($0.quoted) (id \(token.id))" } ?? "id \(token.id)"
    let all = counts.values.reduce(0, +)
    if all == 1 { return ", \(name)" }
    return count == all ? ", always \(name)" : ", \(TextTable.count(count)) of them \(name)"
  }

  /// Formats a magnitude above 100 with thousands separators.
  private static func size(_ value: Double) -> String {
    let size = abs(value)
    return size < 1e15 ? TextTable.count(Int(size.rounded())) : TextTable.number(size)
  }
}
