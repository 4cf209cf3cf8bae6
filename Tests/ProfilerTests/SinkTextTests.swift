import LlamaCore
import ProfileReport
import Profiler
import Testing

/// The sentences about massive activations, each with a case in which it must not be said.
@Suite struct SinkTextTests {
  /// A text of ten tokens with sinks at some positions.
  private func text(
    _ sinks: [(position: Int, token: TokenID?, text: String?, dimension: Int, value: Double, layer: Int)],
    tokens: Int = 10, omitted: Int = 0
  ) -> TextProfile {
    TextProfile(
      text: TextIdentity(domain: "d", index: 0), tokens: tokens, layers: 0..<20, nonFinite: [], all: [],
      withoutFirstToken: [], withoutSinks: [],
      sinks: sinks.map { sink in
        SinkToken(
          firstLayer: sink.layer,
          largest: MassiveActivation(
            layer: sink.layer + 2, position: sink.position, dimension: sink.dimension, value: sink.value),
          token: sink.token, text: sink.text)
      }, omittedMassive: omitted)
  }

  private func sentences(_ texts: [TextProfile]) -> [String] {
    var summary = SinkSummary()
    for text in texts { summary.add(text) }
    return SinkText(summary).sentences
  }

  @Test func `where there is no massive activation nothing is said of them`() throws {
    #expect(sentences([]).isEmpty)
    #expect(sentences([text([]), text([])]).isEmpty)
    #expect(!ProfileTable(try SmallRun().profile()).text.contains("massive"))
  }

  @Test func `one kind of sink is said to be always the same, several are not`() {
    #expect(
      sentences([text([(0, 7, "\n", 507, -23_851.6, 11)]), text([(0, 7, "\n", 507, 9000, 12)]), text([])]) == [
        "massive activations: in 2 of 3 texts, first at block 11 (1 of 2 sinks), largest in dimension 507 (|Y| up to "
          + "23,852, at block 13)",
        "sinks: the first token of 2 texts, always \"\\n\" (id 7)",
      ])
    #expect(
      sentences([
        text([(0, 7, nil, 507, 500, 4), (3, 9, "\n\n", 12, 400, 2), (8, 9, "\n\n", 507, 300, 3)]),
        text([(0, 8, nil, 507, 200, 5), (1, 3, ".", 507, -600, 3)]),
      ]) == [
        "massive activations: in 2 of 2 texts, first at block 3 (2 of 5 sinks; block 2 at the earliest), largest in "
          + "dimension 507 in 4 of 5 sinks (|Y| up to 600, at block 5)",
        "sinks: the first token of 2 texts, 1 of them id 7; 3 later tokens of 2 texts, 2 of them \"\\n\\n\" (id 9)",
      ])
  }

  @Test func `tokens that are not known, and the first token where it is none, are not named`() {
    #expect(
      sentences([text([(4, nil, nil, 1, 150, 0)])]) == [
        "massive activations: in 1 of 1 text, first at block 0, largest in dimension 1 (|Y| up to 150, at block 2)",
        "sinks: 1 later token of 1 text",
      ])
    #expect(sentences([text([(0, 5, nil, 1, 150, 0)])])[1] == "sinks: the first token of 1 text, id 5")
  }

  @Test func `texts of sinks only, and texts that massive.csv holds in part, are counted where there are any`() {
    let sink: (Int, TokenID?, String?, Int, Double, Int) = (0, 5, nil, 1, 150, 0)
    #expect(
      sentences([text([sink], tokens: 1), text([sink], omitted: 2)]).suffix(2) == [
        "1 text of sinks only has no row without sinks", "massive.csv holds the first 1,000 of 1 text",
      ])
    #expect(sentences([text([sink]), text([sink])]).count == 2)
  }
}
