import Foundations
import LlamaCore
import Profiler

/// What a repair of a checkpoint without blocks was made of and what it brings, as a table and as JSON.
package struct RepairReport: Sendable {
  private let spans: [RemovedSpan]
  private let texts, tokens: Int
  private let hiddenSize: Int
  private let effect: RepairEffect
  private let seed: UInt64

  /// - Parameters:
  ///   - spans: removed blocks, each span with a map.
  ///   - texts: number of fitted texts.
  ///   - tokens: number of fitted tokens.
  ///   - hiddenSize: width of the residual stream.
  ///   - effect: likelihoods of texts that were not fitted.
  ///   - seed: seed that dealt the texts.
  package init(
    spans: [RemovedSpan], texts: Int, tokens: Int, hiddenSize: Int, effect: RepairEffect, seed: UInt64
  ) {
    (self.spans, self.texts, self.tokens, self.hiddenSize) = (spans, texts, tokens, hiddenSize)
    (self.effect, self.seed) = (effect, seed)
  }

  package init(_ fit: RepairFit, _ effect: RepairEffect, seed: UInt64) {
    self.init(
      spans: fit.spans, texts: fit.texts, tokens: fit.tokens, hiddenSize: fit.hiddenSize, effect: effect, seed: seed)
  }

  /// Spans, numbers of texts, likelihoods of the three models, and what may be said of their difference.
  package var table: String {
    var places = TextTable(header: ["removed blocks", "map in block"], names: 1)
    for span in spans { places.add([span.description, "\(span.keptLayer)"]) }
    var table = TextTable(header: ["model", "nll", "perplexity", "delta_nll", "95 % interval"], names: 1)
    func add(_ name: String, _ model: RepairEffect.Likelihood, _ difference: RepairEffect.Difference?) {
      table.add([
        name, TextTable.number(model.nll), TextTable.number(model.perplexity), TextTable.number(difference?.mean),
        difference?.interval.map(Self.text) ?? "-",
      ])
    }
    add("original", effect.original, nil)
    add("without blocks", effect.pruned, effect.damage)
    add("repaired", effect.repaired, effect.remaining)
    let texts =
      "fitted on \(TextTable.count(texts, "text")), \(TextTable.count(tokens, "token")); measured on "
      + "\(TextTable.count(effect.texts, "other text")), \(TextTable.count(effect.tokens, "predicted token"))\n"
    return [places.text, texts + table.text, sentences.map { $0 + "\n" }.joined()].joined(separator: "\n")
  }

  /// What may be said, a line each.
  package var sentences: [String] {
    var sentences: [String] = []
    if tokens < hiddenSize {
      sentences.append(
        "\(TextTable.count(tokens, "token")) do not determine the maps: fewer than the hidden size of "
          + "\(TextTable.count(hiddenSize)); fit on more texts")
    }
    let size = TextTable.number(effect.repair.mean.magnitude)
    guard let interval = effect.repair.interval else {
      let reason = effect.texts < 2 ? "one text was measured" : "a likelihood is not finite"
      return sentences + ["how sure the effect of the repair is cannot be said: \(reason)"]
    }
    let turned = Self.text(-interval.upperBound...(-interval.lowerBound))
    switch effect.verdict {
    case .better: sentences.append("the repair lowers the nll by \(size) (\(turned)) nats a token")
    case .worse:
      sentences.append("the repair raises the nll by \(size) (\(Self.text(interval))) nats a token: leave out --repair")
    case .open:
      sentences.append(
        "no effect of the repair is shown: it changes the nll by \(TextTable.number(effect.repair.mean)) "
          + "(\(Self.text(interval))) nats a token")
    }
    return sentences
  }

  private static func text(_ interval: ClosedRange<Double>) -> String {
    "\(TextTable.number(interval.lowerBound)) … \(TextTable.number(interval.upperBound))"
  }

  /// JSON form, with 0-based blocks.
  package var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
    func members(_ difference: RepairEffect.Difference) -> JSONObject {
      [
        "delta_nll": number(difference.mean), "low": number(difference.interval?.lowerBound),
        "high": number(difference.interval?.upperBound),
      ]
    }
    func model(_ model: RepairEffect.Likelihood, _ difference: RepairEffect.Difference?) -> JSONValue {
      var members = difference.map(members) ?? [:]
      members["nll"] = number(model.nll)
      members["perplexity"] = number(model.perplexity)
      return .object(members)
    }
    return .object([
      "maps": .array(
        spans.map { span in
          .object(["removed": .array(span.removed.map { .integer($0) }), "block": .integer(span.keptLayer)])
        }),
      "ridge": .number(RepairFit.ridge), "seed": .string(String(seed)),
      "fitted": .object(["texts": .integer(texts), "tokens": .integer(tokens)]),
      "measured": .object(["texts": .integer(effect.texts), "tokens": .integer(effect.tokens)]),
      "original": model(effect.original, nil), "pruned": model(effect.pruned, effect.damage),
      "repaired": model(effect.repaired, effect.remaining), "repair": .object(members(effect.repair)),
      "verdict": .string(effect.verdict.rawValue),
    ])
  }
}
