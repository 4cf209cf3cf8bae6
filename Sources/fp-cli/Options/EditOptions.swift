import ArgumentParser
import LlamaCore

/// Changes of the model before it runs.
struct EditOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Blocks to run, in this order, such as 0-11,16-29; a block may be left out, moved or repeated.",
      valueName: "list"))
  var layers: String?

  @Option(
    help: ArgumentHelp(
      "Part that adds 0 to the stream: block:12, attention:12, mlp:3-5 or head:7.2; may be repeated.",
      valueName: "part"))
  var skip: [String] = []

  @Flag(help: "Leaves position 0 what a skipped part would have added to it; not with --layers.")
  var keepFirst = false

  @Option(
    help: ArgumentHelp(
      "Factor of what a part adds, such as mlp:20=0.5; may be repeated.", valueName: "part=factor"))
  var scale: [String] = []

  @Option(
    help: ArgumentHelp(
      "Vector of a safetensors file, added to the stream after a block: v.safetensors:v@12*4; may be repeated.",
      valueName: "file:tensor@block*factor"))
  var steer: [String] = []

  @Option(
    help: ArgumentHelp(
      "Checkpoint with the same shapes from which blocks take their weights: tuned@12-15, attention:tuned@3; may be repeated.",
      valueName: "dir@list"))
  var swapWeights: [String] = []

  func validate() throws {
    _ = try edits
  }

  /// The edits, as far as they can be checked without the model.
  var edits: ModelEdits {
    get throws {
      var edits = ModelEdits(keepsFirst: keepFirst)
      edits.program = try layers.map { try blockList($0, of: "--layers") }
      for text in skip {
        edits.skipped.formUnion(try Self.parsed("--skip") { () throws(EditSyntaxError) in try BlockUnit.units(text) })
      }
      for text in scale {
        let (units, factor) = try Self.parsed("--scale") { () throws(EditSyntaxError) in try BlockUnit.scale(text) }
        for unit in units where edits.scales.updateValue(factor, forKey: unit) != nil {
          throw ValidationError("--scale \(unit): expected one factor, found two")
        }
      }
      edits.steering = try steer.map { text in
        try Self.parsed("--steer") { () throws(EditSyntaxError) in try ModelEdits.Steering(parsing: text) }
      }
      edits.swaps = try swapWeights.map { text in
        try Self.parsed("--swap-weights") { () throws(EditSyntaxError) in try ModelEdits.Swap(parsing: text) }
      }
      return edits
    }
  }

  /// Opens a model and changes it.
  ///
  /// - Parameter removes: true for a command that removes parts of its own, which --keep-first concerns too.
  func model(_ option: ModelOption, removes: Bool = false) throws -> LlamaModel {
    if keepFirst, skip.isEmpty, !removes { throw ValidationError("--keep-first goes with --skip") }
    return try LlamaModel(directory: option.url).edited(by: edits)
  }

  private static func parsed<Value>(_ name: String, _ body: () throws(EditSyntaxError) -> Value) throws -> Value {
    do { return try body() } catch { throw ValidationError("\(name): \(error.description)") }
  }
}
