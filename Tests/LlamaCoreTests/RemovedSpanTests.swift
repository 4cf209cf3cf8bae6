import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Spans of removed blocks, and the maps that are merged in their place.
@Suite struct RemovedSpanTests {
  private func spec(layers: Int) throws -> ModelSpec {
    var spec = try ModelSpec(contentsOf: PrunedModels.directory("tiny-llama"))
    spec.blocks = Array(repeating: spec.blocks[0], count: layers)
    return spec
  }

  @Test(arguments: [
    ([0, 2], [0: 1...1, 2: 3...5]), ([0, 1, 2, 3, 4], [4: 5...5]), ([0, 5], [0: 1...4]), ([0], [0: 1...5]),
    ([0, 1, 3, 5], [1: 2...2, 3: 4...4]),
  ])
  func `a span stands behind the kept block before it, up to the end of the model`(
    program: [Int], expected: [Int: ClosedRange<Int>]
  ) throws {
    let spans = try RemovedSpan.spans(of: program, in: spec(layers: 6))
    #expect(spans == expected.sorted { $0.key < $1.key }.map { RemovedSpan(keptLayer: $0.key, removed: $0.value) })
  }

  @Test(arguments: [
    ([1, 2], RepairError.start(0...0), "found block 0 removed at the start; keep block 0"),
    ([3, 5], .start(0...2), "found blocks 0-2 removed at the start"),
    ([0, 1, 2, 3, 4, 5], .nothingRemoved(blocks: 6), "found all 6 kept; leave out --repair"),
    ([0, 2, 1], .order([0, 2, 1]), "found 0,2,1; leave out --repair or keep the order"),
    ([0, 2, 2, 3], .order([0, 2, 2, 3]), "expected blocks in ascending order, each once"),
  ])
  func `what has no block before it, or no order, is refused`(program: [Int], error: RepairError, words: String) throws
  {
    let spec = try spec(layers: 6)
    let found = #expect(throws: RepairError.self) { try RemovedSpan.spans(of: program, in: spec) }
    #expect(found == error)
    #expect(found?.description.contains(words) == true, "\(found.map { "\($0)" } ?? "")")
  }

  @Test(arguments: BlockSpecTests.cases)
  func `a norm behind the MLP is refused, a multiplier is not`(family: BlockSpecTests.Case) throws {
    let spec = family.spec
    let hasNorm = spec.blocks[0].postNorm != nil
    #expect(hasNorm == ["gemma2", "olmo2"].contains(family.name))
    if hasNorm {
      let error = #expect(throws: RepairError.self) { try RemovedSpan.spans(of: [0, 2], in: spec) }
      #expect(error == .postNorm(layer: 0))
      #expect(error?.description.contains("found a norm behind it in block 0") == true)
    } else {
      #expect(try RemovedSpan.spans(of: [0, 2], in: spec) == [RemovedSpan(keptLayer: 0, removed: 1...1)])
    }
  }
}
