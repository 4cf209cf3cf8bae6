import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// The folder of a checkpoint with other blocks: files beside the weights, and what is refused without a trace.
@Suite struct PrunedFolderTests {
  private func prune(_ directory: URL, _ program: [Int], to url: URL) throws {
    try PrunedCheckpoint(of: LlamaModel(directory: directory), program: program).write(to: url)
  }

  @Test func `tokenizer, generation and descriptions are copied, other files and folders are not`() throws {
    let (source, folder) = (try PrunedModels.copy("variants/biases"), try TemporaryFolder())
    let kept = [
      "README.md", "chat_template.jinja", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    ]
    for name in kept + ["pytorch_model.bin", "corpus.json", "model-old.safetensors", ".hidden"] {
      try source.write("\(name)\n\u{0}é", to: name)
    }
    try FileManager.default.createDirectory(
      at: source.url.appending(path: "LICENSE"), withIntermediateDirectories: false)
    try prune(source.url, [1], to: folder.url)
    #expect(try folder.names == (kept + ["config.json", "model.safetensors"]).sorted())
    for name in kept { #expect(try folder.text(name) == source.text(name)) }
  }

  @Test func `the hub's cache, whose files are links to its blobs, is copied as files`() throws {
    let (cache, folder) = (try TemporaryFolder(), try TemporaryFolder())
    let source = try PrunedModels.copy("variants/biases")
    try source.write("{}", to: "tokenizer.json")
    let (blobs, snapshot) = (cache.url.appending(path: "blobs"), cache.url.appending(path: "snapshots/0123"))
    for url in [blobs, snapshot] { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    for (number, name) in try source.names.enumerated() {
      try FileManager.default.copyItem(
        at: source.url.appending(path: name), to: blobs.appending(path: "\(number)"))
      try FileManager.default.createSymbolicLink(
        atPath: snapshot.appending(path: name).path, withDestinationPath: "../../blobs/\(number)")
    }
    try prune(snapshot, [0], to: folder.url)
    #expect(try folder.names == ["config.json", "model.safetensors", "tokenizer.json"])
    for name in try folder.names {
      let type = try FileManager.default.attributesOfItem(atPath: folder.path(name))[.type]
      #expect(type as? FileAttributeType == .typeRegular)
    }
  }

  @Test func `a link out of the model is refused, and nothing is written`() throws {
    let (source, folder, other) = (
      try PrunedModels.copy("variants/biases"), try TemporaryFolder(), try TemporaryFolder()
    )
    try other.write("secret", to: "key")
    try FileManager.default.createSymbolicLink(
      atPath: source.path("README.md"), withDestinationPath: other.path("key"))
    let error = #expect(throws: PrunedCheckpointError.self) {
      try prune(source.url, [0], to: folder.url.appending(path: "new"))
    }
    #expect(error == .link(file: source.path("README.md")))
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [
    ([], "--layers: expected 1 to 10000 blocks, found 0"), ([0, 4], "--layers: expected a block from 0 to 3, found 4"),
    ([-1], "--layers: expected a block from 0 to 3, found -1"),
  ])
  func `a program that the model cannot run is refused`(program: [Int], message: String) throws {
    let model = try LlamaModel(directory: PrunedModels.directory("tiny-llama"))
    let error = #expect(throws: EditError.self) { try PrunedCheckpoint(of: model, program: program) }
    #expect(error?.description == message)
  }

  @Test func `edits other than the program do not count`() throws {
    let folder = try TemporaryFolder()
    let model = try LlamaModel(directory: PrunedModels.directory("tiny-llama"))
    let edited = try model.edited(by: ModelEdits(program: [0, 1], skipped: [BlockUnit(.mlp, 1)]))
    try PrunedCheckpoint(of: edited, program: [3, 2]).write(to: folder.url)
    let tokens: [[TokenID]] = [[3, 4, 5]]
    let wanted = try model.edited(by: ModelEdits(program: [3, 2])).logits(of: tokens)
    #expect(try LlamaModel(directory: folder.url).logits(of: tokens)[0].values == wanted[0].values)
  }

  @Test func `blocks that the configuration's keys cannot tell apart are refused`() throws {
    // A family's spec over a configuration that says nothing of its windows, read as one of Llama.
    let source = try PrunedModels.copy("tiny-llama")
    var spec = try ModelSpec(contentsOf: source.url)
    spec.blocks[2].attention.window = 6
    let model = try LlamaModel(directory: source.url, spec: spec)
    let error = #expect(throws: PrunedCheckpointError.self) { try PrunedCheckpoint(of: model, program: [0, 2]) }
    #expect(error == .configuration(file: source.path("config.json"), place: 1, block: 2))
    #expect(error?.description.contains("found none for what distinguishes block 2") == true)
  }

  @Test func `a folder with something in it is refused and stays as it is`() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "notes")
    let source = PrunedModels.directory("tiny-llama")
    for url in [folder.url, folder.url.appending(path: "notes")] {
      let error = #expect(throws: FileError.self) { try prune(source, [0], to: url) }
      #expect(error?.description.contains("expected an empty or missing folder, found ") == true)
    }
    #expect(try folder.names == ["notes"])
    #expect(try folder.text("notes") == "mine")
  }

  @Test func `a file that became shorter after it was opened is an error, and nothing is written`() throws {
    let (source, folder) = (try PrunedModels.copy("variants/biases"), try TemporaryFolder())
    let pruned = try PrunedCheckpoint(of: LlamaModel(directory: source.url), program: [1])
    let file = source.path("model.safetensors")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
    try #require(truncate(file, off_t(size / 2)) == 0)
    let error = #expect(throws: FileError.self) { try pruned.write(to: folder.url.appending(path: "new")) }
    guard case .truncated(size, _) = error?.reason else {
      Issue.record("\(error.map { "\($0)" } ?? "")")
      return
    }
    #expect(error?.path == file)
    #expect(try folder.names.isEmpty)
  }

  @Test func `a task that is cancelled writes nothing`() async throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "new")
    let pruned = try PrunedCheckpoint(of: LlamaModel(directory: PrunedModels.directory("tiny-llama")), program: [0])
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try pruned.write(to: url)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try folder.names.isEmpty)
  }
}
