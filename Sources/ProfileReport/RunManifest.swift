import Foundation
import Foundations
import LlamaCore
import ProfileStore
import Profiler

/// `manifest.json`: provenance of a run, sufficient to decide whether two runs may be compared, and to repeat one.
struct RunManifest {
  let settings: RunSettings
  /// Sessions in chronological order.
  let sessions: [RunSession]
  /// Statistics of the measurements.
  let profile: CorpusProfile
  /// Texts that were not run: the first of them, and their number.
  let failures: (first: [ProfileStore.Failure], count: Int)
  /// Measured scopes.
  let scopes: [Scope]
  /// File names in the order of the profile's domains.
  let domainFiles: [String]

  /// - Throws: `StoreError`.
  init(_ store: ProfileStore, _ profile: CorpusProfile) throws {
    settings = store.settings
    sessions = try store.sessions()
    scopes = store.scopes
    failures = try store.failures()
    domainFiles = DomainFileNames.names(of: profile.domains.map(\.name))
    self.profile = profile
  }

  /// Text of the file.
  var json: [UInt8] {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.key("model")
    json.beginObject()
    json.member("directory", .string(settings.model))
    json.member("sha256", .string(settings.modelFingerprint.hexadecimal))
    json.member("weights_sample_sha256", .string(settings.weightsFingerprint.hexadecimal))
    json.endObject()
    json.key("corpus")
    json.beginObject()
    json.member("file", .string(settings.corpus))
    json.member("sha256", .string(settings.corpusFingerprint.hexadecimal))
    json.endObject()
    writeSettings(&json)
    json.key("metrics")
    json.beginArray()
    for metric in settings.metrics { json.string(metric.rawValue) }
    json.endArray()
    writeCounts(&json)
    writeSinks(&json)
    writeDomains(&json)
    writeFailures(&json)
    writeIncidents(&json)
    json.key("versions")
    json.beginObject()
    if let session = sessions.last { json.member("fp-cli", .string(session.version)) }
    json.member("matmul", .string(settings.matmul))
    json.member("numbers", .integer(settings.numbersVersion))
    json.endObject()
    writeTimes(&json)
    json.endObject()
    return json.bytes + [UInt8(ascii: "\n")]
  }
}
