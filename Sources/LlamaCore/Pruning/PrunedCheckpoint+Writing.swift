public import Foundation
import Foundations

extension PrunedCheckpoint {
  /// Bytes that are copied at a time.
  private static let chunk = 1 << 22
  private static let indexName = "model.safetensors.index.json"

  /// Writes the model directory: `config.json`, safetensors in one file or in shards with their index as in the original,
  /// and files beside them that do not depend on blocks (``companions``).
  ///
  /// The directory must be empty or missing. It appears when it is complete and has been opened as a model; before, it
  /// is a hidden folder beside it, which an error removes. Memory does not depend on the weights.
  /// - Parameters:
  ///   - directory: the model directory to write.
  ///   - progress: called with the bytes of tensors written so far.
  /// - Throws: ``FileError``, for example if the original has become shorter or the disk is full; ``PrunedCheckpointError``;
  ///   `CancellationError` if the calling task is cancelled.
  public func write(to directory: URL, progress: (_ bytes: Int) -> Void = { _ in }) throws {
    let folder = try AtomicFolder(at: directory)
    do {
      // What may be refused comes before what takes long.
      for name in Self.companions { try copy(name, to: folder.url) }
      try writeWeights(to: folder.url, progress)
      try original.check()
      try Self.write(configuration, to: folder.url.appending(path: "config.json"))
      _ = try LlamaModel(directory: folder.url)
    } catch let error as FileError {
      throw folder.renamed(error)
    }
    try folder.commit()
  }

  /// Throws if ``write(to:progress:)`` would refuse the directory, before anything that takes long.
  ///
  /// - Throws: ``FileError``.
  package static func checkFolder(_ directory: URL) throws(FileError) { _ = try AtomicFolder(at: directory) }

  /// Names of the weights' files.
  public var weightFiles: [String] {
    if shards.count == 1 { return ["model.safetensors"] }
    func padded(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
    }
    return shards.indices.map { "model-\(padded($0 + 1))-of-\(padded(shards.count)).safetensors" }
  }

  private func writeWeights(to folder: URL, _ progress: (Int) -> Void) throws {
    // Entries for the whole model, such as the framework, stand in every file.
    let metadata = original.files.first?.metadata ?? []
    var written = 0
    for (name, shard) in zip(weightFiles, shards) {
      var writer = try SafetensorsWriter(
        at: folder.appending(path: name), shard.map { ($0.name, $0.info.type, $0.info.shape) }, metadata: metadata)
      for tensor in shard {
        try Task.checkCancellation()
        if let bytes = replaced[ByteString(tensor.info.name)] {
          try writer.write(bytes)
          written += bytes.count
          progress(written)
          continue
        }
        let file = original.files[tensor.file]
        let range = file.fileRange(of: tensor.info)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunk) {
          // Read rather than mapped, so that a file that becomes shorter is an error.
          let bytes = try file.file.file.bytes(start..<min(start + Self.chunk, range.upperBound))
          try writer.write(bytes)
          written += bytes.count
          progress(written)
        }
      }
      try writer.commit()
    }
    if shards.count > 1 { try Self.write(index, to: folder.appending(path: Self.indexName)) }
  }

  /// `model.safetensors.index.json`, with tensors in the order of their names as in transformers.
  private var index: String {
    let places = zip(weightFiles, shards).flatMap { file, shard in
      shard.map { (name: ByteString($0.name), file: file) }
    }
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("metadata", .object(["total_size": .integer(byteCount)]))
    json.key("weight_map")
    json.beginObject()
    for (name, file) in places.sorted(by: { $0.name < $1.name }) { json.member(name.text, .string(file)) }
    json.endObject()
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ text: String, to url: URL) throws(FileError) {
    var file = try AtomicFile(at: url)
    try file.write(text)
    try file.commit()
  }
}

// MARK: Other files

extension PrunedCheckpoint {
  /// Files of a model directory that are the same whatever its blocks: tokenizer, generation, licence and description.
  public static let companions = [
    "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json",
    "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json", "README.md",
    "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "NOTICE.txt", "USE_POLICY.md",
  ]

  /// Copies a file of the original if it has one of this name.
  private func copy(_ name: String, to folder: URL) throws {
    let source = original.directory.appending(path: name)
    guard let path = Self.resolved(source), try isOwn(path, source) else { return }
    let file = try RegularFile(URL(filePath: path))
    var copy = try AtomicFile(at: folder.appending(path: name))
    for start in stride(from: 0, to: file.count, by: Self.chunk) {
      try copy.write(file.bytes(start..<min(start + Self.chunk, file.count)))
    }
    try copy.commit()
  }

  /// Returns false for a folder or a device; throws for a link out of the model, which could lead to anybody's file. The
  /// hub's cache keeps a model's files in `blobs` and links to them from `snapshots/<revision>`.
  private func isOwn(_ path: String, _ source: URL) throws(PrunedCheckpointError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    let home = (path as NSString).deletingLastPathComponent
    let homes = [original.directory, original.directory.appending(path: "../../blobs")].compactMap(Self.resolved)
    guard homes.containsBytes(of: home) else { throw .link(file: source.relativePath) }
    return true
  }

  /// Returns the absolute path without links; nil if nothing is there.
  private static func resolved(_ url: URL) -> String? {
    guard let path = realpath(url.path, nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
