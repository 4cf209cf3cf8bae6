import Foundation
import Foundations
import LlamaCore
import ProfileBench
import ProfileReport

/// Output of `bench`: results, model and machine, as tables for a terminal of 100 columns or as JSON.
struct BenchRecord {
  /// Directory of the model, or the name of its shape.
  let model: String
  let spec: ModelSpec
  let plan: BenchPlan
  let report: BenchReport

  /// Tables, separated by empty lines.
  var text: String {
    ([subject, products, profiles, decoding] + CurvePoint.Curve.allCases.map(curve)).joined(separator: "\n")
  }

  private var subject: String {
    let processor = Machine.processor.map { "\($0.onOneLine), " } ?? ""
    let profile = report.profiles.first?.plan
    let lines = [
      "machine  \(processor)\(TextTable.count(Machine.processors, "processor")), \(size(Machine.memory)) of memory",
      "model    \(model.onOneLine): \(TextTable.count(spec.parameterCount)) parameters, "
        + TextTable.count(spec.layerCount, "block"),
      "texts    \(TextTable.count(profile?.texts ?? 0)), \(TextTable.count(profile?.tokens ?? 0, "token"))",
      "runs     \(TextTable.count(plan.threads, "thread")), "
        + (plan.runs == 1 ? "single runs" : "medians of \(plan.runs)"),
    ]
    return lines.map { line in
      let room = 100
      return (line.count > room ? line.prefix(room - 1) + "…" : line[...]) + "\n"
    }.joined()
  }

  private var products: String {
    var shapes: [String] = []
    for measurement in report.products where !shapes.contains(measurement.shape) { shapes.append(measurement.shape) }
    var table = TextTable(header: ["library", "precision", "calls"] + shapes, names: 3)
    for library in MatrixLibrary.allCases {
      for precision in Precision.allCases {
        for calls in MatmulPeak.Calls.allCases {
          let row = report.products.filter { $0.library == library && $0.precision == precision && $0.calls == calls }
          if row.isEmpty { continue }
          table.add(
            [library.label, precision.rawValue, calls.rawValue]
              + shapes.map { shape in row.first { $0.shape == shape }.map { decimals($0.gigaflops, 1) } ?? "-" })
        }
      }
    }
    return "Matrix products, \(TextTable.count(MatmulPeak.rows)) rows, all threads, GFLOP/s by weight\n" + table.text
  }

  private var profiles: String {
    var table = TextTable(header: ["profile"] + report.profiles.map(\.precision.rawValue), names: 1)
    func add(_ name: String, _ value: (ProfileFigures) -> String) { table.add([name] + report.profiles.map(value)) }
    func percent(_ share: Double?) -> String { share.map { decimals(100 * $0, 1) + " %" } ?? "-" }
    add("library") { $0.library.label }
    add("tokens/s") { rate($0.tokensPerSecond) }
    add("seconds") { TextTable.number($0.seconds) }
    add("GFLOP/s") { decimals($0.gigaflops, 1) }
    add("of the fastest product of its library") { figures in
      percent(report.peak(figures.precision).map { figures.gigaflops / $0 })
    }
    add("of its fastest product in plain calls") { figures in
      percent(report.plainPeak(figures.precision).map { figures.gigaflops / $0 })
    }
    add("the fastest product measured again, GFLOP/s") { $0.peakAfterwards.map { decimals($0, 1) } ?? "-" }
    add("of the fastest cblas_sgemm") { figures in
      guard figures.precision == .float32 else { return "-" }
      return percent(report.peak(.cblas, .float32).map { figures.gigaflops / $0 })
    }
    add("peak memory") { size($0.peakBytes) }
    add("first text's results after, s") { TextTable.number($0.firstResult) }
    add("observing adds to a bare run") { percent($0.observingCost) }
    for phase in RunTiming.Phase.allCases { add("time in \(phase.label)") { percent($0.share(phase)) } }
    add("time idle") { percent($0.idleShare) }
    return "Profile of the texts, all metrics\n" + table.text
  }

  private var decoding: String {
    guard let figures = report.decoding else { return "" }
    var table = TextTable(
      header: ["decoding"] + figures.points.map { TextTable.count($0.sequences, "sequence") }, names: 1)
    func add(_ name: String, _ value: (DecodingFigures.Point) -> String) {
      table.add([name] + figures.points.map(value))
    }
    add("tokens/s") { rate($0.tokensPerSecond) }
    add("milliseconds a step") { decimals(1000 * $0.seconds, 2) }
    add("weights read, GB/s") { decimals(figures.gigabytesPerSecond($0), 1) }
    add("of the memory's \(decimals(figures.readBandwidth, 1)) GB/s") { point in
      decimals(100 * figures.gigabytesPerSecond(point) / figures.readBandwidth, 1) + " %"
    }
    add("peak memory") { size($0.peakBytes) }
    return "Decoding, token by token: \(size(figures.weightBytes)) of weights a step, read as stored\n" + table.text
  }

  private func curve(_ curve: CurvePoint.Curve) -> String {
    let isLength = curve == .textLength
    var header = ["precision", curve.label] + (curve == .blocks ? [] : ["texts"])
    header += ["tokens/s, one block", "ns per token, block"] + (isLength ? ["unobserved ns"] : []) + ["peak memory"]
    var table = TextTable(header: header, names: 1)
    let points = report.points.filter { $0.curve == curve }
    for point in points {
      let value = [.tokens: point.tokens, .textLength: point.textLength, .blocks: point.blocks][curve] ?? 0
      var cells = [point.precision.rawValue, TextTable.count(value)]
      if curve != .blocks { cells.append(TextTable.count(point.texts)) }
      cells += [rate(point.blockTokensPerSecond), TextTable.count(Int(point.nanoseconds.rounded()))]
      if isLength { cells.append(point.bareNanoseconds.map { TextTable.count(Int($0.rounded())) } ?? "-") }
      table.add(cells + [size(point.peakBytes)])
    }
    guard let first = points.first else { return "" }
    let length = TextTable.count(first.textLength, "token")
    let blocks = first.blocks == 1 ? "the first block" : "the first \(first.blocks) blocks"
    let title =
      switch curve {
      case .tokens: "Cost by tokens: texts of \(length) through \(blocks)"
      case .textLength: "Cost by text length: \(TextTable.count(first.tokens, "token")) through \(blocks)"
      case .blocks: "Cost by blocks: \(TextTable.count(first.texts, "text")) of \(length)"
      }
    return "\(title)\n" + table.text
  }

  private func rate(_ value: Double) -> String {
    value < 100 ? decimals(value, 1) : TextTable.count(Int(value.rounded()))
  }
}

extension MatmulPeak.Measurement {
  /// Shape of the weight, such as `8192 × 2048`.
  fileprivate var shape: String { "\(columns) × \(inputs)" }
}

extension MatrixLibrary {
  /// Display name of the library.
  fileprivate var label: String { self == .cblas ? "CBLAS" : "oneDNN" }
}

extension CurvePoint.Curve {
  fileprivate var label: String {
    switch self {
    case .tokens: "tokens"
    case .textLength: "text length"
    case .blocks: "blocks"
    }
  }
}

extension RunTiming.Phase {
  /// Name of the phase in a table.
  fileprivate var label: String {
    switch self {
    case .pageIn: "reading weights"
    case .widen: "widening weights"
    case .matmul: "products with weights"
    case .attention: "attention"
    case .vectorLoops: "norms, RoPE, activation, additions"
    case .logits: "likelihoods"
    case .observer: "metrics"
    }
  }
}
