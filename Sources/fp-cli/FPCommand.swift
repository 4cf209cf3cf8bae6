import ArgumentParser
import LlamaCore

@main
struct FPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fp-cli",
    abstract: "Measures how much every block of a Llama-family transformer changes the residual stream.",
    discussion: """
      EXAMPLES
        fp-cli random-model --shape tiny --output tiny-model
        fp-cli corpus build 'cpp=src/**/*.cpp' legal=contracts.jsonl:text --output corpus.json
        fp-cli profile --model tiny-model --corpus corpus.json --output run
        fp-cli inspect tiny-model

      Results go to standard output, progress and messages to standard error.
      Shell completions: fp-cli --generate-completion-script zsh|bash|fish
      """,
    version: Version.current,
    subcommands: [
      InspectCommand.self, RandomModelCommand.self,
    ])
}
