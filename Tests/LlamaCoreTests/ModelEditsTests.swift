import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Changed models against hooks on transformers in float64 (Fixtures/make_edits.py).
@Suite struct ModelEditsTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let edits: String
      let nll: Double
      let logits: [Double]
    }
    let tokens: [TokenID]
    let cases: [Case]
  }

  static let folder = Repository.fixtures.appending(path: "edits")
  static let models = ["tiny-llama", "biases"] + BlockSpecTests.cases.map(\.name)

  static func golden(_ name: String) throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  static func model(_ name: String) throws -> LlamaModel {
    if let known = BlockSpecTests.cases.first(where: { $0.name == name }) { return try known.model() }
    let isVariant = name == "biases"
    return try LlamaModel(directory: Repository.fixtures.appending(path: isVariant ? "variants/\(name)" : name))
  }

  /// Returns edits given in the words of the command line, with names for the files of a model.
  static func edits(_ words: String, of model: String = "") throws -> ModelEdits {
    let words = words.replacing("VECTORS", with: folder.appending(path: "\(model)-vectors.safetensors").path)
      .replacing("OTHER", with: folder.appending(path: "other-\(model)").path)
    var edits = ModelEdits()
    for option in words.split(separator: "--") {
      let pieces = option.split(separator: " ").map(String.init)
      let value = pieces.count > 1 ? pieces[1] : ""
      switch pieces[0] {
      case "layers": edits.program = BlockList.indices(value)
      case "skip": edits.skipped.formUnion(try BlockUnit.units(value))
      case "keep-first": edits.keepsFirst = true
      case "scale":
        let (units, factor) = try BlockUnit.scale(value)
        for unit in units { edits.scales[unit] = factor }
      case "steer": edits.steering.append(try ModelEdits.Steering(parsing: value))
      case "swap-weights": edits.swaps.append(try ModelEdits.Swap(parsing: value))
      default: Issue.record("\(option)")
      }
    }
    return edits
  }

  private func worst(_ found: some Sequence<Float>, _ expected: [Double]) -> Double {
    zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .nan
  }

  @Test(arguments: models)
  func `a changed model computes what transformers does with hooks`(name: String) throws {
    let (golden, model) = (try Self.golden(name), try Self.model(name))
    #expect(golden.cases.count >= 12)
    for wanted in golden.cases {
      let changed = try model.edited(by: Self.edits(wanted.edits, of: name))
      let nll = try #require(changed.negativeLogLikelihood(of: [golden.tokens])[0].mean)
      #expect(abs(nll - wanted.nll) <= 1e-5 * wanted.nll, "\(wanted.edits)")
      let logits = try changed.logits(of: [golden.tokens])[0].values
      let scale = wanted.logits.map(abs).max() ?? 0
      #expect(worst(logits, wanted.logits) <= 5e-6 * scale, "\(wanted.edits)")
    }
  }

  @Test(arguments: models)
  func `decoding with caches gives the changed model's logits, blocks that repeat included`(name: String) throws {
    let (golden, model) = (try Self.golden(name), try Self.model(name))
    for wanted in golden.cases {
      let session = try DecodingSession(model.edited(by: Self.edits(wanted.edits, of: name)))
      var logits = try session.prefill([Array(golden.tokens[..<5])])
      for token in golden.tokens[5...] { logits = try session.decode([token]) }
      let scale = wanted.logits.map(abs).max() ?? 0
      #expect(worst(logits[0].values, wanted.logits) <= 5e-6 * scale, "\(wanted.edits)")
    }
  }

  @Test(arguments: models)
  func `a changed text has the same bits alone and in company, and X + A + M = Y holds`(name: String) throws {
    let (golden, model) = (try Self.golden(name), try Self.model(name))
    let tokens = golden.tokens
    for wanted in golden.cases {
      let changed = try model.edited(by: Self.edits(wanted.edits, of: name))
      var (alone, together) = (StreamRecorder(), StreamRecorder())
      try changed.run([tokens], options: RunOptions(threads: 1), observer: &alone)
      try changed.run([[3, 4, 5], tokens, [6]], options: RunOptions(threads: 3), observer: &together)
      #expect(alone.after.count == changed.spec.layerCount)
      for layer in alone.after.indices {
        #expect(together.after[3 * layer + 1] == alone.after[layer], "\(wanted.edits)")
        let (x, a, m, y) = (alone.before[layer], alone.attention[layer], alone.mlp[layer], alone.after[layer])
        let error = y.indices.map { abs((x[$0] + a[$0]) + m[$0] - y[$0]) }.max() ?? .nan
        #expect(error == 0, "\(wanted.edits)")
      }
    }
  }

  @Test func `edits that change nothing leave every bit`() throws {
    let model = try Self.model("tiny-llama")
    let tokens = try Self.golden("tiny-llama").tokens
    var plain = StreamRecorder()
    let logits = try model.logits(of: [tokens], at: .all, observer: &plain)
    for edits in [ModelEdits(), ModelEdits(program: [0, 1, 2, 3]), ModelEdits(scales: [BlockUnit(.mlp, 1): 1])] {
      let same = try model.edited(by: edits)
      #expect(same.edits.isEmpty)
      #expect(same.edits.description.isEmpty)
      var seen = StreamRecorder()
      let again = try same.logits(of: [tokens], at: .all, observer: &seen)
      #expect(again[0].values == logits[0].values)
      #expect(seen.after == plain.after)
    }
  }

  @Test func `edits are replaced, not added to`() throws {
    let model = try Self.model("tiny-llama")
    let tokens = try Self.golden("tiny-llama").tokens
    let changed = try model.edited(by: Self.edits("--layers 0,2 --skip mlp:2"))
    #expect(changed.program == [0, 2])
    #expect(changed.spec.layerCount == 2)
    let restored = try changed.edited(by: ModelEdits())
    #expect(restored.program == [0, 1, 2, 3])
    #expect(try restored.logits(of: [tokens])[0].values == model.logits(of: [tokens])[0].values)
  }

  @Test func `a skipped block passes its input on, with rows of zeros for what it adds`() throws {
    let model = try Self.model("tiny-llama").edited(by: Self.edits("--skip block:1 --skip attention:2"))
    var seen = StreamRecorder()
    try model.run([Self.golden("tiny-llama").tokens], observer: &seen)
    #expect(seen.after[1] == seen.before[1])
    #expect(seen.attention[1].allSatisfy { $0 == 0 })
    #expect(seen.mlp[1].allSatisfy { $0 == 0 })
    #expect(seen.attention[2].allSatisfy { $0 == 0 })
    #expect(seen.mlp[2].contains { $0 != 0 })
  }

  @Test func `position 0 keeps what a skipped part would have added, the others get nothing`() throws {
    let model = try Self.model("tiny-llama")
    let tokens = try Self.golden("tiny-llama").tokens
    let width = model.spec.hiddenSize
    var (plain, seen) = (StreamRecorder(), StreamRecorder())
    try model.run([tokens], observer: &plain)
    try model.edited(by: Self.edits("--skip block:1 --keep-first")).run([tokens], observer: &seen)
    #expect(seen.after[1].prefix(width) == plain.after[1].prefix(width))
    #expect(seen.after[1].dropFirst(width) == seen.before[1].dropFirst(width))
    // Causality: position 0 of the whole run is that of the whole model.
    #expect(seen.after[3].prefix(width) == plain.after[3].prefix(width))
  }

  @Test func `what a skipped part would compute is not looked at, whatever it is`() throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "variants/biases")
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(at: source.appending(path: name), to: folder.url.appending(path: name))
    }
    let file = folder.url.appending(path: "model.safetensors")
    var bytes = try Data(contentsOf: file)
    let tensor = try #require(
      SafetensorsFile(contentsOf: file).tensors.first { $0.name == "model.layers.1.mlp.up_proj.weight" })
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + header + tensor.byteRange.lowerBound
    bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0xC0, 0x7F])
    try bytes.write(to: file)
    let model = try LlamaModel(directory: folder.url)
    #expect(try !model.logits(of: [[3, 4, 5]])[0].values.allSatisfy { $0.isFinite })
    for words in ["--skip mlp:1", "--skip block:1", "--skip mlp:1 --keep-first", "--layers 0"] {
      let values = try model.edited(by: Self.edits(words)).logits(of: [[3, 4, 5]])[0].values
      // With --keep-first position 0 has the values, which no later position sees at the last block.
      #expect(values.allSatisfy { $0.isFinite }, "\(words)")
    }
  }

  @Test(arguments: [
    ("--layers 0,4", "--layers: expected a block from 0 to 3, found 4"),
    ("--skip mlp:7", "--skip mlp:7: expected a block from 0 to 3, found 7"),
    ("--skip head:1.99", "--skip head:1.99: expected a query head from 0 to 3, found 99"),
    (
      "--layers 0-2 --skip block:3", "--skip block:3: expected a block that --layers runs, found 3, which it leaves out"
    ),
    ("--layers 0-2 --skip block:1 --keep-first", "--keep-first and --layers exclude each other"),
    ("--skip block:1 --scale mlp:1=2", "--skip block:1 and --scale mlp:1=2.0 exclude each other"),
    (
      "--steer VECTORS:w@1",
      "tensor \"w\": expected F32, F16 or BF16 [48], all finite, found no such tensor, of 2: \"v\", \"half\""
    ),
    ("--steer VECTORS:v@1*3e38", "all finite, found a number that is not finite, times 3e+38"),
    ("--steer none.safetensors:v@1", "none.safetensors: "),
    ("--swap-weights none@1", "none"),
  ])
  func `edits that do not fit the model are refused in one line`(words: String, message: String) throws {
    let model = try Self.model("tiny-llama")
    let error = #expect(throws: (any Error).self) { try model.edited(by: Self.edits(words, of: "tiny-llama")) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(message), "\(text)")
    #expect(!text.contains("\n"))
  }

  @Test func `a checkpoint of other shapes is refused with its tensors`() throws {
    let model = try Self.model("tiny-llama")
    let other = Repository.fixtures.appending(path: "variants/biases")
    let edits = ModelEdits(swaps: [.init(directory: other, layers: [1])])
    let error = #expect(throws: EditError.self) { try model.edited(by: edits) }
    #expect(error?.description.contains("expected the tensors of the model whose weights are swapped; ") == true)
    #expect(error?.description.contains("model.embed_tokens.weight: expected ") == true)
  }

  @Test(arguments: [
    "", "--layers 0-11,16-29", "--layers 3,3,2-4", "--skip block:3 --skip attention:1 --skip mlp:0 --skip head:7.2",
    "--skip block:3 --keep-first", "--scale block:1=0.5 --scale mlp:20=-2.0", "--steer a:b@c.safetensors:v@x@12*4.0",
    "--swap-weights tuned@12-15 --swap-weights attention:a@b@3", "--swap-weights mlp:tuned@0,2",
  ])
  func `the words of edits say them, and are read back`(words: String) throws {
    #expect(try Self.edits(words).description == words)
  }

  @Test(arguments: [
    "block", "block:", "block:1-", "block:-1", "block:3-2", "block:a", "neck:1", "head:7", "head:7.", "head:1-2.3",
    "mlp:1,,2", "mlp:9999999", "block:1.5", "block: 1", "span:1", "span2:1",
  ])
  func `a part that is not one is refused with an example`(text: String) {
    let error = #expect(throws: EditSyntaxError.self) { try BlockUnit.units(text) }
    #expect(error?.description.contains("such as") == true)
    #expect(error?.description.contains("found \"\(text)\"") == true)
  }

  @Test(arguments: ["mlp:1", "mlp:1=", "mlp:1=x", "mlp:1=inf", "mlp:1=nan", "head:1.2=2", "=2"])
  func `a scale that is not one is refused`(text: String) {
    #expect(throws: EditSyntaxError.self) { try BlockUnit.scale(text) }
  }

  @Test(arguments: ["", "a", "a:v", "a@1", ":v@1", "a:@1", "a:v@", "a:v@1*", "a:v@1*x", "a:v@1*inf", "a:v@1-2"])
  func `a steering vector that is not one is refused`(text: String) {
    #expect(throws: EditSyntaxError.self) { try ModelEdits.Steering(parsing: text) }
  }

  @Test(arguments: ["", "tuned", "@1", "tuned@", "tuned@x", "mlp:@1", "attention:"])
  func `a swap that is not one is refused`(text: String) {
    #expect(throws: EditSyntaxError.self) { try ModelEdits.Swap(parsing: text) }
  }
}
