import ArgumentParser
import Foundation
import Foundations
import LlamaCore

/// A checkpoint to write without blocks.
struct PruneWriteOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder for the checkpoint without the blocks; empty or missing.", valueName: "dir"),
    completion: .directory)
  var write: String?

  @Option(
    help: ArgumentHelp("Model directory; by default that of the run, which must be the same model.", valueName: "dir"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Blocks to keep, in this order, in place of a run's ranking, such as 0-12,15-29; one may be moved or repeated.",
      valueName: "list"))
  var layers: String?

  func validate() throws {
    try checkPaths(["--write": write, "--model": model])
    if let layers { _ = try blockList(layers, of: "--layers") }
    if layers != nil, model == nil || write == nil { throw ValidationError("--layers goes with --model and --write") }
    if model != nil, write == nil { throw ValidationError("--model goes with --write") }
  }

  /// The checkpoint of the blocks to keep; nil without `--layers`.
  var chosen: PrunedCheckpoint? {
    get throws {
      guard let layers, let model else { return nil }
      return try PrunedCheckpoint(
        of: LlamaModel(directory: URL(filePath: model)), program: blockList(layers, of: "--layers"))
    }
  }

  /// Model directory in place of the run's.
  var modelURL: URL? { model.map { URL(filePath: $0) } }

  /// Writes the checkpoint.
  func save(_ checkpoint: PrunedCheckpoint, _ progress: ProgressLine) throws {
    guard let write else { return }
    let total = checkpoint.byteCount
    try checkpoint.write(to: URL(filePath: write)) { bytes in
      progress.show(Double(bytes) / Double(max(1, total)), "\(size(bytes)) of \(size(total))")
    }
    progress.note(
      "wrote \(size(total)), blocks \(BlockList.text(checkpoint.program)) of \(checkpoint.originalLayerCount), to \(write)"
    )
  }

  /// Returns what was written, and what a repair brings, as JSON.
  func json(_ checkpoint: PrunedCheckpoint, repair: JSONValue?) -> String {
    var json: JSONObject = [
      "folder": .string(write ?? ""), "bytes": .integer(checkpoint.byteCount),
      "blocks": .array(checkpoint.program.map { .integer($0) }),
      "model_blocks": .integer(checkpoint.originalLayerCount),
      "files": .array(checkpoint.weightFiles.map { .string($0) }),
    ]
    json["repair"] = repair
    return JSONValue.object(json).text(indentation: 2) + "\n"
  }
}
