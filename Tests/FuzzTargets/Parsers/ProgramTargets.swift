import Foundation
import LlamaCore
import ProfileReport
import Profiler

extension FuzzTarget {
  /// A size on the command line.
  static let byteCount = FuzzTarget(
    "byte-count", cases: 12_000, format: .text,
    seeds: ["800MB", "1.5GB", "2 GiB", "123", "0.5kb", "999999999tb"].map { Array($0.utf8) }, errors: []
  ) { bytes, _ in
    guard let count = ByteCount(String(decoding: bytes, as: UTF8.self)) else { return }
    guard (1..<1_000_000_000_000_000_000).contains(count.bytes) else { throw Finding("\(count.bytes) bytes") }
  }

  /// `texts.csv` of a run, beside a manifest that fits it undamaged.
  static let runRows = FuzzTarget(
    "run-rows", cases: 12_000, format: .text, seeds: [Array(rows.utf8)], errors: [RunReadError.self]
  ) { bytes, folder in
    let file = try folder.write(bytes, to: "run/texts.csv")
    _ = try folder.write(Array(manifest.utf8), to: "run/manifest.json")
    try readRun(file.deletingLastPathComponent())
  }

  /// `manifest.json` of a run, beside its undamaged rows.
  static let runManifest = FuzzTarget(
    "run-manifest", cases: 8_000, format: .json, seeds: [Array(manifest.utf8)], errors: [RunReadError.self]
  ) { bytes, folder in
    let file = try folder.write(bytes, to: "run/manifest.json")
    _ = try folder.write(Array(rows.utf8), to: "run/texts.csv")
    try readRun(file.deletingLastPathComponent())
  }

  private static func readRun(_ directory: URL) throws {
    let run = try RunRecord(contentsOf: directory)
    for metric in run.metrics {
      for scope in run.scopes { _ = run.samples(metric, scope, minimumTokens: 2) }
    }
    for text in run.domains.flatMap(\.texts) {
      for layer in run.layers.prefix(1000) {
        guard let row = text.row(.all, layer), row.count == run.metrics.count else {
          throw Finding("text \(text.index) has no row of block \(layer)")
        }
      }
    }
  }

  private static let rows: String = {
    let metrics = Metric.standard
    var lines = ["domain,text,tokens,scope,layer," + metrics.map(\.rawValue).joined(separator: ",")]
    for (domain, text, tokens) in [("cpp", 0, 12), ("cpp", 2, 7), ("\"a, \"\"b\"\"\"", 0, 3)] {
      for scope in Scope.allCases {
        for layer in 1...2 {
          let values = metrics.indices.map { $0 == 3 ? "nan" : $0 == 4 ? "" : "\(Double($0 + layer) * 0.125)e-3" }
          lines.append("\(domain),\(text),\(tokens),\(scope.rawValue),\(layer),\(values.joined(separator: ","))")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private static let manifest = """
    {"model": {"directory": "m", "sha256": "00"}, "settings": {"precision": "float32", "threads": 2, "seed": "1"},
     "metrics": ["mean"], "domains": [{"name": "cpp", "file": "cpp.csv", "texts": 2, "tokens": 19},
     {"name": "a, \\"b\\"", "file": "a.csv", "texts": 1, "tokens": 3}]}
    """
}
