import ArgumentParser
import LlamaCore
import Profiler

/// What a profile measures besides the standard metrics.
struct MeasurementOptions: ParsableArguments {
  @Flag(
    help: """
      Measures effective_rank, stable_rank and top_direction_share of each block's change, from its singular values: the \
      last columns. Takes longer, most for long texts.
      """)
  var spectrum = false

  @Flag(
    help: """
      Measures nll, the mean negative log-likelihood of each text in nats per token: a column after the standard metrics. \
      Takes a product with the whole vocabulary for every token.
      """)
  var nll = false

  @Flag(help: "Leaves out block 0, for comparison with measurements that have no row for it.")
  var skipFirstBlock = false

  /// Refuses a model of which no block is left to measure.
  func check(_ model: LlamaModel) throws(ProfileError) {
    let layers = model.spec.layerCount
    guard !skipFirstBlock || layers > 1 else { throw .nothingToMeasure(layers: layers) }
  }

  /// Returns the profiler of the texts, with what is to be measured.
  func profiler(of corpus: TokenizedCorpus, _ model: LlamaModel) -> CorpusProfiler {
    CorpusProfiler(
      corpus: corpus, model: model, skipsFirstBlock: skipFirstBlock,
      measuring: Set((spectrum ? [.spectrum] : []) + (nll ? [.likelihood] : [])))
  }
}
