import ArgumentParser
import Foundation
import LlamaCore
import ProfileBench
import Profiler

/// Model and texts to measure.
struct BenchSubject: ParsableArguments {
  @Option(
    help: ArgumentHelp("Hugging Face model directory; a random model by default.", valueName: "dir"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp("Shape of the random model; smollm-135m by default.", valueName: "name"),
    completion: .list(RandomCheckpoint.names))
  var shape: String?

  @Option(help: ArgumentHelp("Corpus file to profile.", valueName: "file"), completion: .file(extensions: ["json"]))
  var corpus: String?

  func validate() throws {
    if model != nil, shape != nil { throw ValidationError("expected --model or --shape, found both") }
    _ = try RandomCheckpoint.named(shapeName)
    try checkPaths(["--model": model, "--corpus": corpus])
  }

  /// Model as it is called in the results.
  var name: String { model ?? "\(shapeName), random weights" }

  private var shapeName: String { shape ?? "smollm-135m" }

  /// Opens the model, and returns it with the seconds that took and the texts to profile.
  func open(_ progress: ProgressLine) throws -> (model: LlamaModel, seconds: Double, texts: TokenizedCorpus) {
    if let model { return try open(URL(filePath: model)) }
    let random = try RandomCheckpoint.named(shapeName)
    // Reports a mistake before writing gigabytes.
    if let corpus { _ = try Corpus(contentsOf: URL(filePath: corpus)) }
    // The open model maps its files, so their names are no longer needed and nothing can be left behind.
    return try TemporaryFolder.use("fp-cli-bench") { folder in
      try random.write(to: folder, seed: 0) { bytes in
        progress.show(
          Double(bytes) / Double(random.byteCount), "writing \(random.name), \(size(random.byteCount))")
      }
      progress.clear()
      return try open(folder)
    }
  }

  private func open(_ directory: URL) throws -> (model: LlamaModel, seconds: Double, texts: TokenizedCorpus) {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try LlamaModel(directory: directory)
    let seconds = (clock.now - start) / .seconds(1)
    guard let corpus else { return (model, seconds, BenchTexts.standard(for: model.spec)) }
    let texts = try CorpusSelection(isStrict: true).read(URL(filePath: corpus), for: model)
    return (model, seconds, texts.tokenized)
  }
}
