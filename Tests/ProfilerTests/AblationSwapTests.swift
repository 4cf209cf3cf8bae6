import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// Swaps in the settings of a run and in its table.
@Suite struct AblationSwapTests {
  private static let directory = URL(filePath: "models/tuned")
  private static let units = [BlockUnit(.block, 0), BlockUnit(.block, 1), BlockUnit(.mlp, 3)]

  @Test func `the text form begins with swap, and is read back with the checkpoint`() {
    let swap = Ablation(swapping: Self.units, from: Self.directory, hasEffects: true)
    #expect(swap.isSwap)
    #expect(swap.description == "swap block:0-1 mlp:3 effects")
    #expect(Ablation(swap.description, swapsFrom: Self.directory) == swap)
    let removal = Ablation(Self.units, hasEffects: true)
    #expect(!removal.isSwap)
    #expect(removal.description == "block:0-1 mlp:3 effects")
    #expect(Ablation(removal.description) == removal)
  }

  @Test(arguments: ["swap", "block:0 swap", "swap block:0 keep_first", "swap head:0.1", "swap swap block:0", "swap "])
  func `a text that is no swap is not read`(text: String) {
    #expect(Ablation(text, swapsFrom: Self.directory) == nil)
  }

  @Test func `a swap without a checkpoint, and a removal with one, are not read`() {
    #expect(Ablation("swap block:0") == nil)
    #expect(Ablation("swap block:0", swapsFrom: Self.directory) != nil)
    #expect(Ablation("block:0", swapsFrom: Self.directory) == nil)
    #expect(Ablation("block:0") != nil)
  }

  @Test func `what swaps cost orders no removals`() {
    let steps = RemovalSteps(1, rules: [.greedy, .oneShot])
    #expect(steps.candidates(of: Ablation(Self.units)) == Self.units)
    #expect(steps.candidates(of: Ablation(swapping: Self.units, from: Self.directory)).isEmpty)
  }

  @Test func `the contents of the other checkpoint identify a run, its path does not`() {
    func fingerprint(_ contents: String, _ path: String = "a") -> Fingerprint {
      var settings = MadeUpRun(domains: [("a", [3])]) { _, _, _, _, _ in 0 }.settings
      settings.ablation = Ablation(swapping: Self.units, from: URL(filePath: path))
      settings.swapFingerprint = Fingerprint(of: Array(contents.utf8).span)
      return settings.fingerprint
    }
    #expect(fingerprint("one") != fingerprint("two"))
    #expect(fingerprint("one", "a") == fingerprint("one", "b"))
  }

  @Test func `a table says where units come from, if they do, in a line that fits`() {
    let summaries = [AblationSummary(madeUpAblation(units: [BlockUnit(.block, 0)], [[0.5], [0.25]]))]
    let plain = AblationTable(summaries).text
    #expect(!plain.contains("weights"))
    #expect(
      AblationTable(summaries, swapsFrom: "models/tuned").text
        == "each unit with the weights of models/tuned in place of its own\n\n" + plain)
    let long = AblationTable(summaries, swapsFrom: String(repeating: "a folder/", count: 30)).text
    #expect(long.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 100 })
  }
}
