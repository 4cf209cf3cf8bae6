import Foundation
import Foundations
import Profiler

extension RunSettings {
  /// Returns the differences between a stored run and these settings, each as one phrase in the terms of the command
  /// line. Hash values are omitted as of no use to a reader.
  func differences(from stored: [String: String]) -> [String] {
    identity.flatMap { name, value -> [String] in
      let found = stored[name] ?? ""
      if found.hasSameBytes(as: value) { return [] }
      func pair(_ name: String) -> String {
        "\(name) \(found.isEmpty ? "none" : found.clipped) there, \(value.isEmpty ? "none" : value) asked for"
      }
      func paths(_ there: String?, _ here: String) -> String {
        there.map { $0.hasSameBytes(as: here) ? "" : ": \($0.clipped) there, \(here) asked for" } ?? ""
      }
      switch name {
      case "model_sha256": return ["another model (configuration or tensors)\(paths(stored["model"], model))"]
      case "weights_sample_sha256": return ["another model (the values of weights)\(paths(stored["model"], model))"]
      case "corpus_sha256": return ["another corpus\(paths(stored["corpus"], corpus))"]
      case "numbers_version": return ["another version of fp-cli, whose numbers are others"]
      case "matmul": return [pair("matrix products by")]
      case "precision": return [pair("--precision")]
      case "maximum_tokens": return [pair("--max-tokens")]
      case "text_limit": return [pair("--limit")]
      case "first_layer": return [flag("--skip-first-block", isThere: found != "0")]
      case "last_layer": return [pair("last block")]
      case "metrics": return metricDifferences(found)
      case "ablation":
        let hasSwaps = [found, value].contains { $0.split(separator: " ").first == Substring(Ablation.swapWord) }
        return [
          "\(hasSwaps ? "removals or swaps" : "removals") \(found.isEmpty ? "none" : found.clipped) there, "
            + "\(value.isEmpty ? "none" : value.clipped) asked for"
        ]
      case Self.swapFingerprintName:
        // The parts tell it where only one of the two swaps.
        guard !found.isEmpty, !value.isEmpty else { return [] }
        return ["another checkpoint to swap from\(paths(stored["swap_from"], ablation?.swapsFrom?.relativePath ?? ""))"]
      case "edits":
        let there = stored["edits_as_typed"] ?? found
        return ["the model \(there.isEmpty ? "unchanged" : there.clipped) there, \(edits ?? "unchanged") asked for"]
      default: return [pair(name)]
      }
    }
  }

  /// Returns the differences in metrics, naming the flag that requests a metric if there is one.
  private func metricDifferences(_ stored: String) -> [String] {
    let there = Set(stored.split(separator: ",").map(String.init))
    let here = Set(metrics.map(\.rawValue))
    var others = there.symmetricDifference(here)
    var differences: [String] = []
    for group in [Metric.Group.spectrum, .likelihood] {
      let metrics = Set(group.metrics.map(\.rawValue))
      guard !others.isDisjoint(with: metrics) else { continue }
      differences.append(flag(group == .spectrum ? "--spectrum" : "--nll", isThere: !there.isDisjoint(with: metrics)))
      others.subtract(metrics)
    }
    return differences + (others.isEmpty ? [] : ["metrics \(others.sorted().quotedList) in one of the two only"])
  }

  private func flag(_ name: String, isThere: Bool) -> String {
    isThere ? "\(name) there, not asked for" : "\(name) asked for, not there"
  }
}
