import ArgumentParser
import Foundation

/// Model directory.
struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Hugging Face model directory: config.json, safetensors, tokenizer.json.", valueName: "dir"),
    completion: .directory)
  var model: String

  func validate() throws { try checkPaths(["--model": model]) }

  var url: URL { URL(filePath: model) }
}
