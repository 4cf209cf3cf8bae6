import LlamaCore
import TestSupport
import Testing

/// Removals of several blocks in a row, against the changed models run alone.
@Suite struct SpanAblationTests {
  /// Every span of every length, up to all blocks.
  private static func spans(_ layers: Int) -> [BlockUnit] {
    (1...layers).flatMap { count in (0...layers - count).map { .span(count, from: $0) } }
  }

  @Test(arguments: ["tiny-llama", "biases"] + BlockSpecTests.cases.map(\.name), [false, true])
  func `a span costs what the model costs that skips its blocks`(name: String, keepsFirst: Bool) throws {
    let model = try ModelEditsTests.model(name)
    let tokens = try ModelEditsTests.golden(name).tokens
    let layers = model.spec.layerCount
    var sets = Self.spans(layers).map { Set([$0]) }
    // With parts behind the span, beside it and in front of it, which no longer is the first then.
    sets += [
      [.span(layers - 1, from: 0), BlockUnit(.mlp, layers - 1)],
      [.span(layers - 1, from: 0), .head(1, of: layers - 1), BlockUnit(.attention, 0)],
      [BlockUnit(.mlp, 0), .span(layers - 1, from: 1)], [BlockUnit(.block, 0), BlockUnit(.block, layers - 1)],
    ]
    let costs = try AblationTests.ablate(
      model, [[3, 4], tokens], sets.map { Removal($0, keepsFirst: keepsFirst) }, hasEffects: true)[1]
    for (set, cost) in zip(sets, costs) {
      let alone = try model.edited(by: ModelEdits(skipped: set, keepsFirst: keepsFirst))
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(set)")
    }
    #expect(costs.count == sets.count)
  }

  @Test(arguments: [false, true])
  func `effects of a span begin behind its last block, and are those of the model that skips it`(keepsFirst: Bool)
    throws
  {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let (layers, width) = (model.spec.layerCount, model.spec.hiddenSize)
    let spans = Self.spans(layers)
    let costs = try AblationTests.ablate(
      model, [tokens], spans.map { Removal([$0], keepsFirst: keepsFirst) }, hasEffects: true)[0]
    var plain = StreamRecorder()
    try model.run([tokens], observer: &plain)
    for (span, cost) in zip(spans, costs) {
      #expect(cost.effects.map { $0 == nil } == (0..<layers).map { $0 < span.layers.upperBound }, "\(span)")
      var changed = StreamRecorder()
      try model.edited(by: ModelEdits(skipped: [span], keepsFirst: keepsFirst)).run([tokens], observer: &changed)
      for layer in span.layers.upperBound..<layers {
        func added(_ streams: StreamRecorder, _ index: Int) -> Double {
          Double(streams.attention[layer][index]) + Double(streams.mlp[layer][index])
        }
        let ratios = tokens.indices.map { token in
          var (squares, difference) = (0.0, 0.0)
          for index in token * width..<(token + 1) * width {
            let (d, other) = (added(plain, index), added(changed, index))
            squares += d * d
            difference += (d - other) * (d - other)
          }
          return difference.squareRoot() / max(squares.squareRoot(), 1e-6)
        }
        let effect = try #require(cost.effects[layer])
        #expect(abs(effect.mean - ratios.reduce(0, +) / Double(tokens.count)) <= 1e-9, "\(span) on \(layer)")
        #expect(abs(effect.maximum - (ratios.max() ?? .nan)) <= 1e-9, "\(span) on \(layer)")
      }
    }
  }

  @Test func `vectors that steer the model are added inside a span too`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let edits = try ModelEditsTests.edits("--steer VECTORS:v@1*4 --steer VECTORS:half@2", of: "tiny-llama")
    let spans = Self.spans(model.spec.layerCount)
    let costs = try AblationTests.ablate(model.edited(by: edits), [tokens], spans.map { Removal([$0]) })[0]
    for (span, cost) in zip(spans, costs) {
      var both = edits
      both.skipped = [span]
      let alone = try model.edited(by: both)
      #expect(try cost.nll == alone.negativeLogLikelihood(of: [tokens])[0].mean, "\(span)")
    }
  }

  @Test func `spans do not depend on threads, company, order or groups`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let tokens = try ModelEditsTests.golden("tiny-llama").tokens
    let removals = Self.spans(model.spec.layerCount).map { Removal([$0]) } + [Removal([BlockUnit(.attention, 2)])]
    let expected = try AblationTests.ablate(
      model, [tokens], removals, hasEffects: true, options: RunOptions(threads: 1))[0]
    let company = try AblationTests.ablate(
      model, [[5], tokens, tokens.reversed()], removals, hasEffects: true, options: RunOptions(threads: 3))
    #expect(company[1] == expected)
    let reversed = try AblationTests.ablate(model, [tokens], removals.reversed(), hasEffects: true)[0]
    #expect(reversed == expected.reversed())
    var options = RunOptions(threads: 1)
    options.memoryLimit =
      try model.plan([tokens.count], removals: [removals[0]], hasEffects: true, options: options).peakBytes + 20_000
    #expect(
      try model.plan([tokens.count], removals: removals, hasEffects: true, options: options).groups.count > 1)
    #expect(try AblationTests.ablate(model, [tokens], removals, hasEffects: true, options: options)[0] == expected)
  }

  @Test func `blocks of a span are not computed for its stream`() throws {
    let model = try ModelEditsTests.model("tiny-llama")
    let layers = model.spec.layerCount
    let removals = (0...layers - 2).map { Removal([.span(2, from: $0)]) }
    let evaluations = removals.indices.reduce(layers) { $0 + layers - 2 - $1 }
    #expect(try model.plan([7, 9], removals: removals).blockEvaluations == 2 * evaluations)
    #expect(throws: EditError.noBlock(edit: "removal of block:\(layers)", layer: layers, layers: layers)) {
      try AblationTests.ablate(model, [[1]], [Removal([.span(2, from: layers - 1)])])
    }
  }

  @Test func `a span is told from its blocks and from spans of another length`() {
    #expect(BlockUnit.span(3, from: 4).description == "span3:4")
    #expect(BlockUnit.span(3, from: 4) != .span(2, from: 4))
    #expect(BlockUnit.span(1, from: 4) != BlockUnit(.block, 4))
    #expect(Removal([.span(1, from: 4)]) == Removal([BlockUnit(.block, 4)]))
    #expect(Removal([.span(2, from: 4), BlockUnit(.mlp, 5)]).description == "block:4 block:5")
    #expect(
      [.span(3, from: 0), .span(2, from: 1), BlockUnit(.mlp, 5), BlockUnit(.block, 5), .span(2, from: 0)].sorted()
        == [BlockUnit(.block, 5), BlockUnit(.mlp, 5), .span(2, from: 0), .span(2, from: 1), .span(3, from: 0)])
    #expect(BlockUnit.spans("span2:0-2") == [.span(2, from: 0), .span(2, from: 1), .span(2, from: 2)])
    for text in ["span:0", "span1:0", "span2:", "span2", "spans2:0", "block:0", "span-2:0", "span2:0.1"] {
      #expect(BlockUnit.spans(text) == nil, "\(text)")
    }
  }
}
