import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// The text form of an ablation, which identifies it in the settings of a run.
@Suite struct AblationTextFormTests {
  @Test(arguments: [
    "block:0-3", "block:0-3 attention:0-3 mlp:0-3", "block:2 head:1.0-3 head:2.0,2 keep_first", "span2:0-2",
    "block:0-3 span3:0-1 keep_first effects", "block:0-3 mean8", "mlp:1 span2:0 keep_first effects mean1.7",
    "head:1.0-3 span2:0-2 effects",
  ])
  func `the text form is read back`(text: String) throws {
    let ablation = try #require(Ablation(text))
    #expect(ablation.description == text)
    #expect(Ablation(ablation.description) == ablation)
  }

  @Test(arguments: [
    "", "block", "block:0 ", "block:0,1", "span1:0", "span:0", "span02:0", "span2:0,1", "effects", "effects block:0",
    "block:0 effects keep_first", "neck:0", "block:0 mean", "block:0 mean0", "block:0 mean08", "block:0 mean8.0",
    "block:0 mean8.-1", "block:0 mean8 mean8", "mean8 block:0", "head:1.0 mean8",
  ])
  func `another text is none`(text: String) { #expect(Ablation(text) == nil) }

  @Test func `spans are every run of their length, behind the other parts`() throws {
    let spec = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama")).spec
    func text(_ parts: [BlockUnit.Part], heads: [Int] = [], spans: Int?) -> String {
      Ablation(Ablation.units(of: spec, parts: parts, headsOf: heads, spansOf: spans)).description
    }
    #expect(text([.mlp], spans: nil) == "mlp:0-3")
    #expect(text([.block], heads: [2], spans: 2) == "block:0-3 head:2.0-3 span2:0-2")
    #expect(text([], spans: 3) == "span3:0-1")
    #expect(text([], spans: 4) == "span4:0")
    #expect(text([], spans: 5).isEmpty)
  }
}
