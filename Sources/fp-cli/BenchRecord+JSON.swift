import Foundations
import LlamaCore
import ProfileBench

extension BenchRecord {
  /// All measurements, including each run. Bytes, seconds, 10⁹ operations or bytes per second, shares of 1.
  var json: String {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("version", .string(Version.current))
    json.key("machine")
    json.beginObject()
    json.member("processor", Machine.processor.map(JSONValue.string) ?? .null)
    json.member("processors", .integer(Machine.processors))
    json.member("memory_bytes", .integer(Machine.memory))
    json.endObject()
    json.key("model")
    json.beginObject()
    json.member("name", .string(model))
    json.member("parameters", .integer(spec.parameterCount))
    json.member("blocks", .integer(spec.layerCount))
    json.member("hidden_size", .integer(spec.hiddenSize))
    json.member("intermediate_size", .integer(spec.blocks.first?.mlp.intermediateSize ?? 0))
    json.endObject()
    json.member("threads", .integer(plan.threads))
    json.member("runs", .integer(plan.runs))
    json.key("matmul")
    json.beginArray()
    for measurement in report.products { json.value(measurement.json) }
    json.endArray()
    json.key("profile")
    json.beginObject()
    for figures in report.profiles {
      json.key(figures.precision.rawValue)
      write(figures, to: &json)
    }
    json.endObject()
    if let decoding = report.decoding {
      json.key("decoding")
      write(decoding, to: &json)
    }
    json.key("curve")
    json.beginArray()
    for point in report.points { point.write(to: &json) }
    json.endArray()
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private func write(_ figures: DecodingFigures, to json: inout JSONWriter) {
    json.beginObject()
    json.member("weight_bytes", .integer(figures.weightBytes))
    json.member("read_bandwidth_gb_per_second", .number(figures.readBandwidth))
    json.key("steps")
    json.beginArray()
    for point in figures.points {
      let speed = figures.gigabytesPerSecond(point)
      json.beginObject()
      json.member("sequences", .integer(point.sequences))
      json.member("tokens_per_second", .number(point.tokensPerSecond))
      json.member("seconds_per_step", .number(point.seconds))
      json.member("weights_gb_per_second", .number(speed))
      json.member("share_of_read_bandwidth", .number(speed / figures.readBandwidth))
      json.member("peak_resident_bytes", .integer(point.peakBytes))
      json.member("step_seconds", .array(point.stepSeconds.map(JSONValue.number)))
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }

  private func write(_ figures: ProfileFigures, to json: inout JSONWriter) {
    func share(of peak: Double?) -> JSONValue { peak.map { .number(figures.gigaflops / $0) } ?? .null }
    json.beginObject()
    json.member("library", .string(LlamaModel.computeLibrary(for: figures.precision)))
    json.member("texts", .integer(figures.plan.texts))
    json.member("tokens", .integer(figures.plan.tokens))
    json.member("waves", .integer(figures.plan.waves))
    json.member("operations", .number(figures.plan.operations))
    json.member("seconds", .number(figures.seconds))
    json.member("tokens_per_second", .number(figures.tokensPerSecond))
    json.member("gflops", .number(figures.gigaflops))
    json.member("share_of_peak", share(of: report.peak(figures.precision)))
    json.member("share_of_plain_peak", share(of: report.plainPeak(figures.precision)))
    json.member(
      "share_of_cblas_sgemm", figures.precision == .float32 ? share(of: report.peak(.cblas, .float32)) : .null)
    json.member("peak_gflops", report.peak(figures.precision).map(JSONValue.number) ?? .null)
    json.member("peak_gflops_afterwards", figures.peakAfterwards.map(JSONValue.number) ?? .null)
    json.member("peak_resident_bytes", .integer(figures.peakBytes))
    json.member("planned_peak_bytes", .integer(figures.plan.peakBytes))
    json.member("first_result_seconds", .number(figures.firstResult))
    json.member("observing_cost", .number(figures.observingCost))
    json.key("time_shares")
    json.beginObject()
    for phase in RunTiming.Phase.allCases { json.member(phase.key, .number(figures.share(phase))) }
    json.member("idle", .number(figures.idleShare))
    json.endObject()
    json.member("run_seconds", .array(figures.runs.map { .number($0.wall) }))
    json.member("unobserved_run_seconds", .array(figures.bareSeconds.map(JSONValue.number)))
    json.member("first_result_run_seconds", .array(figures.firstResultSeconds.map(JSONValue.number)))
    json.endObject()
  }
}

extension MatmulPeak.Measurement {
  fileprivate var json: JSONValue {
    .object([
      "library": .string(library == .cblas ? "cblas" : "onednn"), "precision": .string(precision.rawValue),
      "rows": .integer(rows), "columns": .integer(columns), "inputs": .integer(inputs),
      "calls": .string(calls.rawValue), "gflops": .number(gigaflops),
    ])
  }
}

extension CurvePoint {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("by", .string(curve.key))
    json.member("precision", .string(precision.rawValue))
    json.member("texts", .integer(texts))
    json.member("text_length", .integer(textLength))
    json.member("tokens", .integer(tokens))
    json.member("blocks", .integer(blocks))
    json.member("seconds", .number(seconds))
    json.member("tokens_per_second_per_block", .number(blockTokensPerSecond))
    json.member("nanoseconds_per_token_and_block", .number(nanoseconds))
    if let bareSeconds { json.member("unobserved_seconds", .number(bareSeconds)) }
    if let bareNanoseconds { json.member("unobserved_nanoseconds_per_token_and_block", .number(bareNanoseconds)) }
    json.member("peak_resident_bytes", .integer(peakBytes))
    json.member("run_seconds", .array(runSeconds.map(JSONValue.number)))
    json.endObject()
  }
}

extension CurvePoint.Curve {
  fileprivate var key: String { self == .textLength ? "text_length" : rawValue }
}

extension RunTiming.Phase {
  fileprivate var key: String {
    switch self {
    case .pageIn: "page_in"
    case .widen: "widen"
    case .matmul: "matmul"
    case .attention: "attention"
    case .vectorLoops: "vector_loops"
    case .logits: "logits"
    case .observer: "observer"
    }
  }
}
