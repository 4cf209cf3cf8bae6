import Foundation
import TestSupport
import Testing

@Suite struct PerplexityCommandTests {
  private let tiny = Tool.tinyModel.path

  @Test(arguments: Tool.trained)
  func `the perplexity of seven domains is that of Hugging Face's logits`(trained: Tool.Trained) throws {
    let result = try Tool.run(
      "perplexity", "--model", trained.model.path, "--corpus", trained.corpus.path, "--max-tokens", "128", "--format",
      "json", "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let found = try object(result.output)
    let domains = try #require(found["domains"] as? [[String: Any]])
    let file = Repository.fixtures.appending(path: "generation/perplexity.json")
    let models = try object(String(contentsOf: file, encoding: .utf8))
    let golden = try #require(models[trained.testDescription] as? [String: [String: Double]])
    #expect(domains.count == 7)
    #expect(golden.count == 7)
    var (sum, tokens) = (0.0, 0.0)
    for domain in domains {
      let name = try #require(domain["domain"] as? String)
      let expected = try #require(golden[name])
      func number(_ key: String) throws -> Double { try #require(domain[key] as? Double) }
      let (nll, reference) = (try number("nll"), try #require(expected["nll"]))
      #expect(abs(nll - reference) <= 1e-5 * reference)
      #expect(abs(try number("perplexity") - exp(reference)) <= 1e-4 * exp(reference))
      #expect(try number("texts") == expected["texts"])
      #expect(try number("tokens") == expected["tokens"])
      #expect(try number("nll_low") < nll)
      #expect(try nll < number("nll_high"))
      // Foundation's reader rounds in the last bit.
      #expect(try abs(number("perplexity_low") / exp(number("nll_low")) - 1) < 1e-12)
      sum += reference * (expected["tokens"] ?? 0)
      tokens += expected["tokens"] ?? 0
    }
    let all = try #require(found["all"] as? [String: Any])
    #expect(abs(try #require(all["nll"] as? Double) - sum / tokens) <= 1e-5 * sum / tokens)
    #expect(all["tokens"] as? Double == tokens)
  }

  @Test func `a table has a row per domain and one for all, and no number depends on the threads`() throws {
    func table(_ more: String...) throws -> [Substring] {
      let result = try Tool.run(
        ["perplexity", "--model", tiny, "--corpus", tiny + "/corpus.json", "--quiet"] + more)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.isEmpty, "\(result.messages)")
      return result.output.split(separator: "\n")
    }
    let lines = try table("--threads", "1")
    #expect(try table("--threads", "2") == lines)
    #expect(lines.count > 3)
    #expect(
      lines[0].split(separator: " ") == [
        "domain", "texts", "tokens", "nll", "low", "high", "perplexity", "low", "high",
      ])
    #expect(lines.last?.hasPrefix("all ") == true)
    let name = String(try #require(lines[1].split(separator: " ").first))
    // The only domain is all there is.
    #expect(try table("--domain", name, "--limit", "1").count == 2)
  }

  @Test(arguments: [
    ["--max-tokens", "1"], ["--limit", "0"], ["--threads", "0"], ["--precision", "float8"], ["--corpus", ""],
  ])
  func `options out of range are mistakes`(options: [String]) throws {
    let result = try Tool.run(["perplexity", "--model", tiny, "--corpus", "c.json"] + options)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
  }

  @Test func `a domain that is not there is one line`() throws {
    let result = try Tool.run(
      "perplexity", "--model", tiny, "--corpus", tiny + "/corpus.json", "--domain", "nowhere")
    #expect(result.status == 1)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("no domain \"nowhere\""))
  }
}
