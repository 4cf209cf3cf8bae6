import ArgumentParser

extension AblateCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate",
    abstract:
      "Measures what the model loses without each block, attention and MLP, or with another checkpoint's, per text and per domain.",
    discussion: """
      Every part is removed by itself: it adds 0 to the residual stream, or with --replace mean the mean of what it added in some \
      texts of the domain. All changed models go through the blocks together, so \
      the weights are read once for a group of texts, and what precedes a removal is computed once; every number is that of the changed \
      model run alone, to the last bit. delta_nll is the rise of the mean negative log-likelihood in nats per token; its intervals \
      are 95 % bootstrap intervals over texts. A part is harmless where the interval lies below --margin (0.05), harmful \
      where it lies above, and otherwise open.

      With --swap-from every part takes its weights from another checkpoint of the same shapes instead, such as a fine-tuned one, or \
      a quantised one that is stored as numbers again: which parts does that change? Both checkpoints are read once for a group of \
      texts, and every number is that of --swap-weights with this part alone. What a swap costs says nothing about what can be cut.

      The run is stored, resumed and exported like that of fp-cli profile, which it includes for the unchanged model. \
      ablation.csv has every text, ablation_summary.csv the domains, proxies.csv how well each metric of the profile names the \
      blocks that can go, ablation_comparison.csv where a removal costs one domain more than another, effects.csv (--effects) the \
      effects on later blocks.

      --remove K removes up to K parts one after the other: by what costs least at each step (greedy), by single costs (one_shot), by a \
      metric, from the last block but one downwards, and in 20 random orders. Rules choose by some texts of each domain and are \
      measured on the others: removal.csv.

      EXAMPLES
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output ablation
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output blocks \\
          --parts block --limit 16 --max-tokens 128 --effects
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output heads \\
          --parts attention --heads 3,7 --keep-first --dry-run
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output steps \\
          --parts block --remove 4 --rules greedy,block_influence --protect block:0
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output swaps \\
          --swap-from Llama-3.2-1B-Instruct
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output spans \\
          --parts none --spans 3
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output means \\
          --replace mean --select 4
      """)
}
