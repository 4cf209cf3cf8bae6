import Foundation
import LlamaCore
import Profiler

/// Standard input, where a text may come from.
enum StandardInput {
  /// All of it.
  /// - Throws: `FileError` where it is longer than a stream may be, cannot be read, or is not UTF-8.
  static func text() throws -> String {
    let data: Data
    do {
      data = try InputFile.readStream(.standardInput)
    } catch {
      throw FileError(path: "standard input", reason: .malformed((error as? FileFailure ?? FileFailure(error)).reason))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileError(path: "standard input", reason: .malformed("expected UTF-8, found other bytes"))
    }
    return text
  }
}
