import ArgumentParser

extension ProfileCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures how much every block changes the residual stream, per text and per domain.",
    discussion: """
      The run is profile.sqlite in the output folder, to which every wave of texts is committed. A run that was \
      stopped is resumed by the same command. At its end <domain>.csv, texts.csv, \
      summary.csv, massive.csv, groups.csv and manifest.json are written beside it, then the domains are compared and report.html is drawn, as \
      fp-cli export does. A corpus is {"domain": ["text", …], …}, see fp-cli corpus build; a text may also be a list of token ids. \
      --format json prints the manifest. With --layers, --skip, --scale, --steer or --swap-weights the changed model is \
      profiled; the files then number the blocks of --layers from 0.

      EXAMPLES
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --domain cpp --domain legal --limit 16 --max-tokens 512
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --precision bfloat16 --memory-limit 1GB --dry-run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --spectrum --skip-first-block
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --layers 0-11,14,15 --skip mlp:3
      """)
}
