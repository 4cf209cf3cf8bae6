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
    help: ArgumentHelp("The shape: one of the names above.", valueName: "name"),
    completion: .list(RandomCheckpoint.all.map(\.name)))
  var shape: String

  @Option(help: ArgumentHelp("Number of blocks; by default that of the published model.", valueName: "n"))
  var blocks: Int?

  @Option(help: ArgumentHelp("Seed of the weights: the same seed gives the same bytes.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("The directory to write; made where it is missing.", valueName: "dir"), completion: .directory)
  var output: String

  @OptionGroup var messages: QuietOption

  func validate() throws {
    try checkPaths(["--output": output])
    try checkCounts(["--blocks": (blocks, 1...1024)])
    guard RandomCheckpoint.all.contains(where: { $0.name == shape }) else {
      let known = RandomCheckpoint.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--shape: expected one of \(known), found \(shape.quoted)")
    }
  }

  func run() throws {
    guard var model = RandomCheckpoint.all.first(where: { $0.name == shape }) else { return }
    if let blocks { model.layerCount = blocks }
    let directory = URL(filePath: output)
    for name in ["config.json", "model.safetensors", "model.safetensors.index.json"]
    where FileManager.default.fileExists(atPath: directory.appending(path: name).path) {
      throw FileError(path: output, reason: .malformed("expected a directory without a model, found a \(name)"))
    }
    let progress = messages.progress
    try model.write(to: directory, seed: seed) { bytes in
      progress.show(Double(bytes) / Double(model.byteCount), "\(size(bytes)) of \(size(model.byteCount))")
    }
    progress.note("wrote \(model.name), \(size(model.byteCount)), to \(output)")
  }
}
