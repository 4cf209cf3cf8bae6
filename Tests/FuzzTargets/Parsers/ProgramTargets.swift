import Foundation
import Foundations
import ProfileReport
import ProfileStore
import Profiler
import TestSupport

extension FuzzTarget {
  /// A size on the command line.
  static let byteCount = FuzzTarget(
    "byte-count", cases: 12_000, format: .text,
    seeds: ["800MB", "1.5GB", "2 GiB", "123", "0.5kb", "999999999tb"].map { Array($0.utf8) }, errors: []
  ) { bytes, _ in
    guard let count = ByteCount(String(decoding: bytes, as: UTF8.self)) else { return }
    guard (1..<1_000_000_000_000_000_000).contains(count.bytes) else { throw Finding("\(count.bytes) bytes") }
  }

  /// `profile.sqlite`, the database of a run.
  static let runDatabase = FuzzTarget(
    "run-database", cases: 20_000, format: .text, seeds: [database], errors: [StoreError.self, ReportError.self]
  ) { bytes, folder in
    let file = try folder.write(bytes, to: "run/\(RunFolder.fileName)")
    try readRun(file.deletingLastPathComponent())
  }

  private static func readRun(_ directory: URL) throws {
    let run = try LoadedRun(contentsOf: directory)
    for metric in run.metrics {
      for scope in run.scopes { _ = try run.samples(metric, scope) }
    }
    var texts = 0
    try run.forEachText(.all) { _, _, rows in
      texts += 1
      for block in 0..<min(1000, run.layers.count) { for metric in run.metrics.indices { _ = rows[metric, block] } }
    }
    guard texts == run.domains.reduce(0, { $0 + $1.texts.count }) else { throw Finding("\(texts) texts have rows") }
  }

  /// A run of two domains, whose cells are of all kinds. None where the folder cannot be had, which the tests refuse in a
  /// seed.
  private static let database: [UInt8] = {
    var run = MadeUpRun(domains: [("cpp", [12, 7]), ("a, \"b\"\n", [1])]) { metric, _, text, _, layer in
      metric == .relativeNorm ? .nan : metric == .blockInfluence ? .infinity : Double(text + layer) * 0.125e-3
    }
    run.layers = 1..<3
    run.nonFinite = { _, _ in [NonFinite(cause: .zeroNorm, layer: 1, position: 0, count: 2)] }
    guard let folder = try? FuzzFolder() else { return [] }
    defer { folder.remove() }
    try? run.write(to: folder.url)
    return (try? Data(contentsOf: folder.url.appending(path: RunFolder.fileName))).map { [UInt8]($0) } ?? []
  }()
}
