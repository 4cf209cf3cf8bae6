import ArgumentParser
import Foundation
import LlamaCore

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows a checkpoint's configuration, tensors, types and sizes without reading the weights.",
    discussion: """
      EXAMPLES
        fp-cli inspect Llama-3.2-1B
        fp-cli inspect model.safetensors --tensors
        fp-cli inspect Llama-3.2-1B --format json | jq .parameters
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "A model directory, or a safetensors file.", completion: .directory)
  var path: String

  @Option(help: "How to print: text or json.")
  var format = Format.text

  @Flag(help: "Lists every tensor by itself instead of one line for all blocks.")
  var tensors = false

  func run() throws {
    let url = URL(filePath: path)
    let isFile = (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    let contents: CheckpointSummary
    if isFile {
      contents = CheckpointSummary(configuration: nil, files: [try SafetensorsFile(contentsOf: url)])
    } else {
      // The tensors must fit the configuration before they are shown as a model.
      let model = try LlamaModel(directory: url)
      contents = CheckpointSummary(configuration: model.configuration, files: model.checkpoint.files)
    }
    switch format {
    case .json: print(try contents.json())
    case .text: print(contents.text(everyTensor: tensors))
    }
  }
}
