import ArgumentParser
import LlamaCore
import ProfileStore
import Profiler

/// Removal of units one after the other, and the margin of verdicts.
struct StepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Number of units to remove one after the other, by each rule: removal.csv. Can be given, or changed, when the run is finished.",
      valueName: "n"))
  var remove: Int?

  @Option(
    help: ArgumentHelp(
      "Rules besides last and random, as a list: greedy (measured anew at each step), one_shot (the order of single costs), or metrics without a sign, of which the smallest goes first. (default: greedy,one_shot,block_influence)",
      valueName: "list"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "Parts that --remove leaves in place: block:0-1, mlp:7; may be repeated.", valueName: "part:list"))
  var protect: [String] = []

  @Option(
    help: ArgumentHelp(
      "Rise of the negative log-likelihood in nats a token below which a part is harmless.", valueName: "nats"))
  var margin: Double?

  /// Rules unless others are named.
  private static let usual: [RemovalRule] = [.greedy, .oneShot, .metric(.blockInfluence)]

  func validate() throws {
    if let remove, !(1...RunSettings.stepLimit).contains(remove) {
      throw ValidationError("--remove: expected a number from 1 to \(RunSettings.stepLimit), found \(remove)")
    }
    if remove == nil {
      for (name, isGiven) in [("--rules", rules != nil), ("--protect", !protect.isEmpty)] where isGiven {
        throw ValidationError("\(name) is of --remove, which is missing")
      }
    }
    if let margin, !(margin >= 0 && margin.isFinite) {
      throw ValidationError("--margin: expected a number from 0, found \(margin)")
    }
    _ = try named
    _ = try protected
  }

  /// Returns the removal of units one after the other; nil without `--remove`.
  func steps(of ablation: Ablation, metrics: [Metric], chosenTexts: Int, layers: Int) throws -> RemovalSteps? {
    guard let remove else { return nil }
    for unit in try protected where unit.layer >= layers {
      throw EditError.noBlock(edit: "--protect \(unit)", layer: unit.layer, layers: layers)
    }
    let hasBlocks = ablation.units.contains { $0.part == .block }
    for rule in try named ?? [] {
      guard case .metric(let metric) = rule else { continue }
      guard hasBlocks else {
        throw ValidationError("--rules \(rule.name): a metric orders blocks, and --parts has none")
      }
      guard metrics.contains(metric) else {
        throw ValidationError(
          "--rules \(rule.name): expected a metric that the run measures, such as \(metrics[0].rawValue)")
      }
    }
    let rules = try named ?? Self.usual.filter { $0 != .metric(.blockInfluence) || hasBlocks }
    let steps = RemovalSteps(remove, rules: rules, protecting: try protected, chosenTexts: chosenTexts)
    let candidates = steps.candidates(of: ablation)
    guard candidates.count >= remove else {
      throw ValidationError(
        "--remove: expected at most \(candidates.count), the number of parts that may go, found \(remove)")
    }
    return steps
  }

  private var named: [RemovalRule]? {
    get throws {
      try rules.map {
        try $0.split(separator: ",", omittingEmptySubsequences: false).map { name in
          guard let rule = RemovalRule(String(name)) else {
            throw ValidationError(
              "--rules: expected greedy, one_shot or metrics without a sign, such as block_influence, found \"\(name)\""
            )
          }
          return rule
        }
      }
    }
  }

  private var protected: [BlockUnit] {
    get throws {
      try protect.flatMap { text in
        do throws(EditSyntaxError) { return try BlockUnit.units(text, heads: false) } catch {
          throw ValidationError("--protect: \(error)")
        }
      }
    }
  }
}
