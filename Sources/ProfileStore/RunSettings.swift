import Foundation
import Foundations
import LlamaCore
public import Profiler

/// Settings of a run: everything that its numbers depend on, and the origin of its inputs.
///
/// A run is resumed only under the same settings. Threads, memory and waves are not among them: no number depends on
/// them, see ``RunSession``.
public struct RunSettings: Equatable, Sendable {
  /// See `Fingerprint(of:)`.
  public var modelFingerprint: Fingerprint
  /// See `Fingerprint(sampling:)`.
  public var weightsFingerprint: Fingerprint
  /// Hash of the corpus file's bytes.
  public var corpusFingerprint: Fingerprint
  /// Precision of the matrix products, such as `float32`.
  public var precision: String
  /// Libraries and kernels of the matrix products: the last bits depend on them.
  public var matmul: String
  /// Maximum tokens of a text; longer texts were truncated.
  public var maximumTokens: Int
  /// Maximum texts of a domain; nil for all.
  public var textLimit: Int?
  /// 0-based indices of the measured blocks.
  public var layers: Range<Int>
  /// Metrics of the columns, in the order of `Metric`.
  public var metrics: [Metric]

  /// Model directory, as given.
  public var model: String
  /// Corpus file, as given.
  public var corpus: String
  /// Origin of a BOS token at position 0, such as `tokenizer template` or `as in the corpus`.
  public var bosPolicy: String
  /// Command that began the run, as typed.
  public var command: String?
  /// Changes of the model in the words of the command line; nil for none.
  public package(set) var edits: String?
  /// The same with hashes in place of files: what the numbers depend on.
  package var editsIdentity: String?
  /// Blocks of the checkpoint in the order in which they ran; nil for all in their order.
  public package(set) var program: [Int]?
  /// Removals, or swaps, that were tried on every text; nil for none.
  public package(set) var ablation: Ablation?
  /// `Fingerprint(sampling:)` of the checkpoint that an ablation swaps from; nil for none.
  public package(set) var swapFingerprint: Fingerprint?
  /// Removal of units one after the other, for which measurements can be added to a finished run; nil for none.
  public var steps: RemovalSteps?
  /// Margin of the verdicts on removals, see `AblationSettings`, from which numbers are derived; nil for the default.
  public var margin: Double?
  /// Version of the numbers: that of the program which made the run.
  public package(set) var numbersVersion = Self.currentNumbersVersion

  public init(
    modelFingerprint: Fingerprint, weightsFingerprint: Fingerprint, corpusFingerprint: Fingerprint, precision: String,
    matmul: String, maximumTokens: Int, textLimit: Int? = nil, layers: Range<Int>, metrics: [Metric], model: String,
    corpus: String, bosPolicy: String, command: String? = nil
  ) {
    self.modelFingerprint = modelFingerprint
    self.weightsFingerprint = weightsFingerprint
    self.corpusFingerprint = corpusFingerprint
    self.precision = precision
    self.matmul = matmul
    self.maximumTokens = maximumTokens
    self.textLimit = textLimit
    self.layers = layers
    self.metrics = metrics
    self.model = model
    self.corpus = corpus
    self.bosPolicy = bosPolicy
    self.command = command
  }

  /// Hash of everything that the numbers depend on, which identifies the numbers of a run.
  public var fingerprint: Fingerprint {
    let text = storedIdentity.map { "\($0.name) \($0.value)\n" }.joined()
    return Fingerprint(of: Array(text.utf8).span)
  }

  /// Maximum number of removal steps, above that of the units of any model.
  package static let stepLimit = 10_000

  /// Incremented with every change of the program that changes a number of some run.
  static let currentNumbersVersion = 3
}

// MARK: As rows of the table `setting`

extension RunSettings {
  /// Names and values of the settings that numbers depend on.
  var identity: [(name: String, value: String)] {
    [
      ("numbers_version", String(numbersVersion)), ("model_sha256", modelFingerprint.hexadecimal),
      ("weights_sample_sha256", weightsFingerprint.hexadecimal), ("corpus_sha256", corpusFingerprint.hexadecimal),
      ("precision", precision), ("matmul", matmul), ("maximum_tokens", String(maximumTokens)),
      ("text_limit", textLimit.map(String.init) ?? ""), ("first_layer", String(layers.lowerBound)),
      ("last_layer", String(layers.upperBound - 1)), ("metrics", metrics.map(\.rawValue).joined(separator: ",")),
      ("edits", editsIdentity ?? ""), ("ablation", ablation?.description ?? ""),
      (Self.swapFingerprintName, swapFingerprint?.hexadecimal ?? ""),
    ]
  }

  /// Without what a run has none of, as in versions that knew nothing of it.
  private var storedIdentity: [(name: String, value: String)] {
    identity.filter { !["edits", "ablation", Self.swapFingerprintName].contains($0.name) || !$0.value.isEmpty }
  }

  static let swapFingerprintName = "swap_weights_sample_sha256"

  /// Rows that can change while the run remains the same.
  var derived: [(name: String, value: String?)] {
    [("removal_steps", steps?.description), ("margin", margin.map { String($0) })]
  }

  /// All rows of the table.
  var entries: [(name: String, value: String)] {
    let optional: [(name: String, value: String?)] =
      [
        ("edits_as_typed", edits), ("program", program.map(BlockList.text)),
        ("swap_from", ablation?.swapsFrom?.relativePath), ("command", command),
      ] + derived
    return storedIdentity
      + [("model", model), ("corpus", corpus), ("bos_policy", bosPolicy)]
      + optional.compactMap { name, value in value.map { (name, $0) } }
  }

  /// Error in the rows of the table.
  struct Fault: Error {
    let name: String
    let reason: String
  }

  /// - Parameters:
  ///   - entries: rows of the table.
  ///   - standard: metrics that the run has at least.
  init(entries: [String: String], standard: [Metric]) throws(Fault) {
    func text(_ name: String) throws(Fault) -> String {
      guard let value = entries[name] else { throw Fault(name: name, reason: "expected a value, found none") }
      return value
    }
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Fault) -> Int {
      let value = try text(name)
      guard let integer = Int(value), range.contains(integer) else {
        throw Fault(
          name: name,
          reason: "expected an integer from \(range.lowerBound) to \(range.upperBound), found \(value.quoted)")
      }
      return integer
    }
    func fingerprint(_ name: String) throws(Fault) -> Fingerprint {
      let value = try text(name)
      guard let fingerprint = Fingerprint(hexadecimal: value) else {
        throw Fault(name: name, reason: "expected 64 hexadecimal digits, found \(value.quoted)")
      }
      return fingerprint
    }
    let metrics = try Self.metrics(in: try text("metrics"), standard: standard)
    let first = try integer("first_layer", 0...1)
    let last = try integer("last_layer", first...9_999)
    self.init(
      modelFingerprint: try fingerprint("model_sha256"), weightsFingerprint: try fingerprint("weights_sample_sha256"),
      corpusFingerprint: try fingerprint("corpus_sha256"), precision: try text("precision"),
      matmul: try text("matmul"), maximumTokens: try integer("maximum_tokens", 1...Int.max),
      textLimit: try text("text_limit").isEmpty ? nil : try integer("text_limit", 1...Int.max),
      layers: first..<last + 1, metrics: metrics, model: try text("model"), corpus: try text("corpus"),
      bosPolicy: try text("bos_policy"),
      command: entries["command"].map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(4_000))) })
    numbersVersion = try integer("numbers_version", 1...Int.max)
    editsIdentity = entries["edits"]
    edits = entries["edits_as_typed"]
    ablation = try entries["ablation"].map { text throws(Fault) in
      let ablation = Ablation(text, swapsFrom: entries["swap_from"].map { URL(filePath: $0) })
      guard let ablation, ablation.units.allSatisfy({ $0.layers.upperBound <= last + 1 }) else {
        throw Fault(name: "ablation", reason: "expected parts of blocks such as mlp:0-3, found \(text.quoted)")
      }
      return ablation
    }
    if ablation?.isSwap == true { swapFingerprint = try fingerprint(Self.swapFingerprintName) }
    steps = try entries["removal_steps"].map { text throws(Fault) in
      guard let steps = RemovalSteps(text), steps.count <= Self.stepLimit, ablation?.isSwap == false else {
        throw Fault(name: "removal_steps", reason: "expected steps and rules of an ablation, found \(text.quoted)")
      }
      return steps
    }
    margin = try entries["margin"].map { text throws(Fault) in
      guard let margin = Double(text), margin.isFinite, margin >= 0 else {
        throw Fault(name: "margin", reason: "expected a number from 0, found \(text.quoted)")
      }
      return margin
    }
    program = try entries["program"].map { text throws(Fault) in
      guard let program = BlockList.indices(text), program.count == last + 1 else {
        throw Fault(name: "program", reason: "expected \(last + 1) blocks such as 0-3,7, found \(text.quoted)")
      }
      return program
    }
  }
  /// Returns the metrics of the row `metrics`.
  ///
  /// - Parameter standard: metrics that the run has at least.
  static func metrics(in value: String, standard: [Metric]) throws(Fault) -> [Metric] {
    let names = value.split(separator: ",", omittingEmptySubsequences: false)
    let metrics = names.compactMap { Metric(rawValue: String($0)) }
    guard metrics.count == names.count, metrics == Metric.allCases.filter(metrics.contains),
      metrics.starts(with: standard)
    else {
      throw Fault(name: "metrics", reason: "expected the names of metrics in their order, found \(value.quoted)")
    }
    return metrics
  }
}
