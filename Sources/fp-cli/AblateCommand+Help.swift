import ArgumentParser

extension AblateCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate",
    abstract: "Measures what the model loses without each block, attention and MLP, per text and per domain.",
    discussion: """
      Every part is removed by itself: it adds 0 to the residual stream, or with --replace mean the mean of what it added in some \
      texts of the domain. All changed models go through the blocks together, so \
      the weights are read once for a group of texts, and what precedes a removal is computed once; every number is that of the changed \
      model run alone, to the last bit. delta_nll is the rise of the mean negative log-likelihood in nats per token; its intervals \
      are 95 % bootstrap intervals over texts. A part is harmless where the interval lies below 0.05, harmful where it lies above, \
      and otherwise open.

      The run is stored, resumed and exported like that of fp-cli profile, which it includes for the unchanged model. \
      ablation.csv has every text, ablation_summary.csv the domains, proxies.csv how well each metric of the profile names the \
      blocks that can go, effects.csv (--effects) the effects on later blocks.

      EXAMPLES
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output ablation
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output ablation \\
          --parts block --limit 16 --max-tokens 128 --effects
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output ablation \\
          --parts attention --heads 3,7 --keep-first --dry-run
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output spans \\
          --parts none --spans 3
        fp-cli ablate --model Llama-3.2-1B --corpus corpus.json --output means \\
          --replace mean --select 4
      """)
}
