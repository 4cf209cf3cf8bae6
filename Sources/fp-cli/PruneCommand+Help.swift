import ArgumentParser

extension PruneCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Names the blocks that a model can do without, and writes a checkpoint without blocks.",
    discussion: """
      In a run of fp-cli ablate the blocks are ranked by what removing each of them costs, delta_nll; in one of fp-cli profile \
      by how little they change the residual stream. Values are means over domains, or over those of --domain, of the means \
      over texts. A metric is taken over all tokens: a model without the blocks has to do without what they do to sinks too. \
      How often a block is among the least when the texts are drawn anew \
      says how sure its rank is among texts like these. Blocks are judged one by one: the distance across \
      several blocks in a row (Gromov et al. 2024) is not recorded by a run.

      Similarity is a hint. Only ablation, running the model without the blocks, proves what they are worth. With --metric, a run \
      that has the proof says how the choice fares: the sum of its blocks' delta_nll beside that of the least harmful ones.

      With --write a checkpoint without the blocks is written, which Hugging Face transformers and fp-cli load; with \
      --layers without any ranking. Tensors keep their bytes, and its numbers are those of profile, perplexity and \
      generate with the same --layers.

      With --repair each span of removed blocks is replaced by a linear map of what the MLP before it adds, fitted by \
      least squares without training (ReplaceMe, Shopkhoev et al. 2025) and merged into that MLP's down projection. Half \
      of the texts of --corpus fit the maps; on the others the nll of the original, of the model without the blocks and of \
      the written one are measured.

      EXAMPLES
        fp-cli prune run --blocks 4
        fp-cli prune ablation --blocks 4 --domain cpp
        fp-cli prune run --blocks 4 --metric relative_norm --domain cpp
        fp-cli prune run --blocks 4 --format mergekit > pruned.yaml
        fp-cli prune run --blocks 4 --write pruned
        fp-cli prune --model smollm2 --layers 0-12,15-29 --write pruned
        fp-cli prune --model smollm2 --layers 0-12,15-29 --write repaired \\
          --repair --corpus corpus.json --max-tokens 256
      """)
}
