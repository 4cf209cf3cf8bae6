import Foundation
import Foundations
import LlamaCore
import ProfileStore
import Profiler

extension RunManifest {
  func writeSettings(_ json: inout JSONWriter) {
    let session = sessions.last
    json.key("settings")
    json.beginObject()
    json.member("precision", .string(settings.precision))
    json.member("threads", session.map { .integer($0.threads) } ?? .null)
    // A run makes no random draws.
    json.member("seed", .null)
    json.member("bos_policy", .string(settings.bosPolicy))
    json.member("maximum_tokens", .integer(settings.maximumTokens))
    json.member("text_limit", settings.textLimit.map { .integer($0) } ?? .null)
    json.member("skip_first_block", .boolean(settings.layers.lowerBound > 0))
    json.member("edits", settings.edits.map { .string($0) } ?? .null)
    json.member("ablation", settings.ablation.map { .string($0.description) } ?? .null)
    if let directory = settings.ablation?.swapsFrom {
      json.member("swap_from", .string(directory.relativePath))
      json.member("swap_weights_sample_sha256", settings.swapFingerprint.map { .string($0.hexadecimal) } ?? .null)
    }
    if let steps = settings.steps { writeSteps(steps, &json) }
    if let margin = settings.margin { json.member("margin", .number(margin)) }
    // For each block of the files that of the checkpoint.
    json.member("program", settings.program.map { .array($0.map { .integer($0) }) } ?? .null)
    json.member("memory_limit", session?.memoryLimit.map { .integer($0) } ?? .null)
    json.member("wave_tokens", session?.waveTokens.map { .integer($0) } ?? .null)
    json.endObject()
  }

  /// Writes the settings of a removal of units one after the other.
  private func writeSteps(_ steps: RemovalSteps, _ json: inout JSONWriter) {
    json.key("removal")
    json.beginObject()
    json.member("steps", .integer(steps.count))
    json.member("rules", .array(steps.rules.map { .string($0.name) }))
    json.member("protected", .array(steps.protected.map { .string($0.description) }))
    json.member("chosen_texts", .integer(steps.chosenTexts))
    json.member("random_orders", .integer(RemovalSteps.orders))
    json.member("seed", .integer(Int(truncatingIfNeeded: steps.seed)))
    json.endObject()
  }

  func writeCounts(_ json: inout JSONWriter) {
    json.key("counts")
    json.beginObject()
    json.member("texts", .integer(profile.texts))
    json.member("tokens", .integer(profile.tokens))
    json.member("empty_texts", .integer(profile.emptyTexts))
    json.member("truncated_texts", .integer(profile.truncatedTexts))
    json.member("copies", .integer(profile.copies))
    json.member("non_finite_texts", .integer(profile.nonFiniteTexts))
    json.member("failed_texts", .integer(failures.count))
    json.endObject()
  }

  /// Writes the tokens with massive activations, if the run looked for them.
  func writeSinks(_ json: inout JSONWriter) {
    guard scopes.contains(.withoutSinks) else { return }
    let sinks = profile.sinks
    json.key("sinks")
    json.beginObject()
    json.member("texts", .integer(sinks.textsWithSinks))
    json.member("texts_of_sinks_only", .integer(sinks.textsOfSinksOnly))
    json.member("tokens", .integer(sinks.sinks))
    json.member("first_tokens", .integer(sinks.firstSinks))
    json.member("first_layer", sinks.firstLayer.map { .integer($0) } ?? .null)
    if let largest = sinks.largest {
      json.key("largest")
      json.beginObject()
      json.member("layer", .integer(largest.layer))
      json.member("position", .integer(largest.position))
      json.member("dimension", .integer(largest.dimension))
      json.member("value", .number(largest.value))
      json.endObject()
    } else {
      json.member("largest", .null)
    }
    json.member("cut_texts", .integer(sinks.cutTexts))
    json.endObject()
  }

  func writeDomains(_ json: inout JSONWriter) {
    json.key("domains")
    json.beginArray()
    for (domain, file) in zip(profile.domains, domainFiles) {
      json.beginObject()
      json.member("name", .string(domain.name))
      json.member("file", .string(file))
      json.member("texts", .integer(domain.texts))
      json.member("tokens", .integer(domain.tokens))
      json.member("empty_texts", .integer(domain.emptyTexts))
      json.member("truncated_texts", .integer(domain.truncatedTexts))
      json.member("copies", .integer(domain.copies))
      json.member("non_finite_texts", .integer(domain.nonFiniteTexts))
      json.endObject()
    }
    json.endArray()
  }

  /// Writes the texts that could not be run: the first thousand of them.
  func writeFailures(_ json: inout JSONWriter) {
    json.key("failed")
    json.beginArray()
    for failure in failures.first {
      json.beginObject()
      json.member("domain", .string(failure.text.domain))
      json.member("text", .integer(failure.text.index))
      json.member("reason", .string(failure.reason))
      json.endObject()
    }
    json.endArray()
  }

  /// Writes the blocks with non-finite values: the first thousand of them, and their number.
  func writeIncidents(_ json: inout JSONWriter) {
    json.member("non_finite_blocks", .integer(profile.incidentCount))
    json.key("non_finite")
    json.beginArray()
    for incident in profile.incidents {
      json.beginObject()
      json.member("domain", .string(incident.text.domain))
      json.member("text", .integer(incident.text.index))
      json.member("layer", .integer(incident.nonFinite.layer))
      json.member("cause", .string(incident.nonFinite.cause.rawValue))
      json.member("position", .integer(incident.nonFinite.position))
      json.member("count", .integer(incident.nonFinite.count))
      json.endObject()
    }
    json.endArray()
  }

  /// Writes the times; those of an interrupted run are the sums over its sessions.
  func writeTimes(_ json: inout JSONWriter) {
    let seconds = sessions.reduce(0) { $0 + $1.seconds }
    let tokens = sessions.reduce(0) { $0 + $1.tokens }
    json.member("sessions", .integer(sessions.count))
    json.member("started", sessions.first.map { .string($0.started.formatted(.iso8601)) } ?? .null)
    json.member("finished", sessions.last.map { .string($0.ended.formatted(.iso8601)) } ?? .null)
    json.member("seconds", .number(seconds))
    json.member("tokens_per_second", seconds > 0 ? .number(Double(tokens) / seconds) : .null)
    json.member("peak_resident_bytes", sessions.compactMap(\.peakResident).max().map { .integer($0) } ?? .null)
    var parts: [(name: String, seconds: Double)] = []
    for time in sessions.flatMap(\.threadSeconds) {
      if let index = parts.firstIndex(where: { $0.name == time.name }) {
        parts[index].seconds += time.seconds
      } else {
        parts.append(time)
      }
    }
    guard !parts.isEmpty else { return }
    json.key("thread_seconds")
    json.beginObject()
    for part in parts {
      json.member(String(part.name.map { $0 == " " || $0 == "-" ? "_" : $0 }), .number(part.seconds))
    }
    json.endObject()
  }
}
