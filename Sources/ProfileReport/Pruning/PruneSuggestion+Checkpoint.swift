public import Foundation
public import LlamaCore
import ProfileStore
import Profiler

extension PruneSuggestion {
  /// Returns the checkpoint without the blocks to remove, to be written.
  ///
  /// Of a run with `--layers` a block to remove is a place of its program, and the others stay in the program's order.
  /// - Parameter directory: the model's folder; nil for that of the run.
  /// - Throws: ``PruneError`` if it is not the model that was profiled, which its configuration, tensors and a sample of its
  ///   weights say; errors of `LlamaModel` and `PrunedCheckpoint`.
  public func checkpoint(of directory: URL? = nil) throws -> PrunedCheckpoint {
    let folder = directory ?? URL(filePath: model)
    guard FileManager.default.fileExists(atPath: folder.appending(path: "config.json").path) else {
      throw PruneError.noModel(folder: folder.relativePath, isOfRun: directory == nil)
    }
    try checkEdits()
    let source = try LlamaModel(directory: folder)
    guard try Fingerprint(of: source.checkpoint) == settings.modelFingerprint,
      try Fingerprint(sampling: source.checkpoint) == settings.weightsFingerprint
    else { throw PruneError.otherModel(folder: folder.relativePath) }
    let program = settings.program ?? Array(source.spec.blocks.indices)
    let kept = program.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    return try PrunedCheckpoint(of: source, program: kept)
  }

  /// Refuses a run of a changed model that no checkpoint's blocks alone make.
  func checkEdits() throws(PruneError) {
    if let edits = settings.edits, edits != ModelEdits(program: settings.program).description {
      throw PruneError.edits(edits)
    }
  }
}
