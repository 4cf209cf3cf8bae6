import LlamaCore
import ProfileReport
import Profiler

/// Output of `perplexity`.
extension CorpusPerplexity {
  func text(_ format: TableFormat) -> String { format == .json ? json : table }

  /// Row per domain, and one for all if there are several.
  private var table: String {
    let rows = domains.count > 1 ? domains + [("all", all)] : domains
    var table = TextTable(
      header: ["domain", "texts", "tokens", "nll", "low", "high", "perplexity", "low", "high"], names: 1)
    for (name, summary) in rows {
      let (interval, perplexities) = (summary.interval, summary.perplexityInterval)
      let values = [
        summary.mean, interval?.lowerBound, interval?.upperBound, summary.perplexity, perplexities?.lowerBound,
        perplexities?.upperBound,
      ]
      table.add(
        [TextTable.label(name, limit: 40), TextTable.count(summary.texts), TextTable.count(summary.tokens)]
          + values.map(TextTable.number))
    }
    return table.text
  }

  private var json: String {
    func value(_ summary: PerplexitySummary) -> JSONObject {
      func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
      return [
        "texts": .integer(summary.texts), "tokens": .integer(summary.tokens), "nll": number(summary.mean),
        "nll_low": number(summary.interval?.lowerBound), "nll_high": number(summary.interval?.upperBound),
        "perplexity": number(summary.perplexity),
        "perplexity_low": number(summary.perplexityInterval?.lowerBound),
        "perplexity_high": number(summary.perplexityInterval?.upperBound),
      ]
    }
    let domains = domains.map { name, summary in
      var members = value(summary)
      members["domain"] = .string(name)
      return JSONValue.object(members)
    }
    return JSONValue.object(["domains": .array(domains), "all": .object(value(all))]).text(indentation: 2) + "\n"
  }
}
