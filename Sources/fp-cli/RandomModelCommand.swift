import ArgumentParser
import Foundation
import Foundations
import ProfileBench

struct RandomModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "random-model",
    abstract: "Writes a checkpoint of random weights in the shape of a published model.",
    discussion: """
      For trying speed and memory without a download: the numbers such a model gives mean nothing.

      SHAPES
      \(shapes)

      EXAMPLES
        fp-cli random-model --shape tiny --output tiny-model
        fp-cli random-model --shape llama-3.2-1b --seed 7 --output random-1b
        fp-cli random-model --shape llama-2-13b --blocks 48 --output random-30gb
      """)

  private static let shapes: String = {
    let width = RandomCheckpoint.all.map(\.name.count).max() ?? 0
    return RandomCheckpoint.all.map { model in
      "  \(model.name)\(String(repeating: " ", count: width - model.name.count))  \(size(model.byteCount))"
    }.joined(separator: "\n")
  }()

  @Option(
    help: ArgumentHelp("Shape: one of the names above.", valueName: "name"), completion: .list(RandomCheckpoint.names))
  var shape: String

  @Option(help: ArgumentHelp("Number of blocks; by default that of the published model.", valueName: "n"))
  var blocks: Int?

  @OptionGroup var random: SeedOption
  @OptionGroup var output: NewFolderOption
  @OptionGroup var messages: QuietOption

  func validate() throws {
    try checkCounts(["--blocks": (blocks, 1...1024)])
    _ = try RandomCheckpoint.named(shape)
  }

  func run() throws {
    var model = try RandomCheckpoint.named(shape)
    if let blocks { model.layerCount = blocks }
    for name in ["config.json", "model.safetensors", "model.safetensors.index.json"]
    where FileManager.default.fileExists(atPath: output.url.appending(path: name).path) {
      throw FileError(path: output.output, reason: .malformed("expected a directory without a model, found a \(name)"))
    }
    let progress = messages.progress
    try model.write(to: output.url, seed: random.seed) { bytes in
      progress.show(Double(bytes) / Double(model.byteCount), "\(size(bytes)) of \(size(model.byteCount))")
    }
    progress.note("wrote \(model.name), \(size(model.byteCount)), to \(output.output)")
  }
}
