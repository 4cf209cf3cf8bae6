import ArgumentParser
import Foundation
import Foundations
import LlamaCore

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows a checkpoint's configuration, tensors, types and sizes; reads the weights only to check them.",
    discussion: """
      Where the tensors are missing or do not fit the configuration, the output ends after the configuration, and the \
      command fails.

      EXAMPLES
        fp-cli inspect Llama-3.2-1B
        fp-cli inspect model.safetensors --tensors
        fp-cli inspect Llama-3.2-1B --check
        fp-cli inspect Llama-3.2-1B --format json | jq .parameters
      """)

  @Argument(help: "Model directory, or safetensors file.", completion: .directory)
  var path: String

  @OptionGroup var printing: FormatOption<TextFormat>

  @Flag(help: "Lists every tensor by itself in the text, instead of one line for all blocks.")
  var tensors = false

  @Flag(
    help: """
      Reads every weight and names the tensors that hold NaN or infinities, with the place of the first; the command \
      fails where there are any.
      """)
  var check = false

  func validate() throws { try checkPaths(["path": path]) }

  func run() throws {
    let url = URL(filePath: path)
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    var contents: CheckpointSummary
    if exists, !isDirectory.boolValue {
      contents = CheckpointSummary(spec: nil, files: [try SafetensorsFile(contentsOf: url)])
    } else {
      let model = try model(url)
      contents = CheckpointSummary(spec: model.spec, files: model.checkpoint.files)
    }
    if check { contents.nonFinite = try NonFiniteTensor.all(in: contents.files) }
    switch printing.format {
    case .json: try StandardOutput.write(contents.json)
    case .text: try StandardOutput.write(contents.text(everyTensor: tensors))
    }
    if let fault = contents.nonFinite.flatMap(NonFiniteTensor.fault) {
      throw FileError(path: path, reason: .malformed(fault))
    }
  }

  /// Opens the model, which verifies that the tensors fit the configuration before it is shown.
  private func model(_ directory: URL) throws -> LlamaModel {
    let spec = try ModelSpec(contentsOf: directory)
    do {
      return try LlamaModel(directory: directory)
    } catch {
      if printing.format == .text { try StandardOutput.write(spec.summary) }
      throw error
    }
  }
}
