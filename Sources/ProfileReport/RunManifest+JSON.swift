import Foundation
import LlamaCore
import Profiler

extension RunManifest {
  /// `manifest.json`: the settings, what `profile` counted, and the files of the run.
  ///
  /// - Parameter domainFiles: file names in the order of the profile's domains.
  func json(_ profile: CorpusProfile, domainFiles: [String]) -> [UInt8] {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.key("model")
    json.beginObject()
    json.member("directory", .string(model))
    json.member("sha256", .string(modelFingerprint.hexadecimal))
    json.endObject()
    json.key("corpus")
    json.beginObject()
    json.member("file", .string(corpus))
    json.member("sha256", .string(corpusFingerprint.hexadecimal))
    json.endObject()
    writeSettings(&json)
    json.key("metrics")
    json.beginArray()
    for metric in profile.metrics { json.string(metric.rawValue) }
    json.endArray()
    writeCounts(profile, &json)
    writeDomains(profile, domainFiles, &json)
    writeIncidents(profile, &json)
    json.key("versions")
    json.beginObject()
    for (name, version) in versions { json.member(name, .string(version)) }
    json.endObject()
    writeTimes(profile, &json)
    json.endObject()
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private func writeSettings(_ json: inout JSONWriter) {
    json.key("settings")
    json.beginObject()
    json.member("precision", .string(precision))
    json.member("threads", .integer(threads))
    // As a string, because many readers round integers beyond 2⁵³.
    json.member("seed", seed.map { .string(String($0)) } ?? .null)
    json.member("bos_policy", .string(bosPolicy))
    json.member("maximum_tokens", .integer(maximumTokens))
    json.member("text_limit", textLimit.map { .integer($0) } ?? .null)
    json.member("skip_first_block", .boolean(skipsFirstBlock))
    json.member("memory_limit", memoryLimit.map { .integer($0) } ?? .null)
    json.member("wave_tokens", waveTokens.map { .integer($0) } ?? .null)
    json.endObject()
  }

  private func writeCounts(_ profile: CorpusProfile, _ json: inout JSONWriter) {
    json.key("counts")
    json.beginObject()
    json.member("texts", .integer(profile.texts))
    json.member("tokens", .integer(profile.tokens))
    json.member("empty_texts", .integer(profile.emptyTexts))
    json.member("truncated_texts", .integer(profile.truncatedTexts))
    json.member("non_finite_texts", .integer(profile.nonFiniteTexts))
    json.endObject()
  }

  private func writeDomains(_ profile: CorpusProfile, _ files: [String], _ json: inout JSONWriter) {
    json.key("domains")
    json.beginArray()
    for (domain, file) in zip(profile.domains, files) {
      json.beginObject()
      json.member("name", .string(domain.name))
      json.member("file", .string(file))
      json.member("texts", .integer(domain.texts))
      json.member("tokens", .integer(domain.tokens))
      json.member("empty_texts", .integer(domain.emptyTexts))
      json.member("truncated_texts", .integer(domain.truncatedTexts))
      json.member("non_finite_texts", .integer(domain.nonFiniteTexts))
      json.endObject()
    }
    json.endArray()
  }

  /// The blocks at which values were not finite: the first thousand of them, and how many there are.
  private func writeIncidents(_ profile: CorpusProfile, _ json: inout JSONWriter) {
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

  private func writeTimes(_ profile: CorpusProfile, _ json: inout JSONWriter) {
    let seconds = finished.timeIntervalSince(started)
    json.member("started", .string(started.formatted(.iso8601)))
    json.member("finished", .string(finished.formatted(.iso8601)))
    json.member("seconds", .number(seconds))
    json.member("tokens_per_second", seconds > 0 ? .number(Double(profile.tokens) / seconds) : .null)
    json.member("peak_resident_bytes", peakResident.map { .integer($0) } ?? .null)
    guard let time else { return }
    json.key("thread_seconds")
    json.beginObject()
    for part in time.parts {
      let key = String(part.name.map { $0 == " " || $0 == "-" ? "_" : $0 })
      json.member(key, .number(part.seconds))
    }
    json.endObject()
  }
}
