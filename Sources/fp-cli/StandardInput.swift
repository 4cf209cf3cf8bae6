import Foundation
import Foundations
import Profiler

/// Standard input as a source of text.
enum StandardInput {
  /// Reads all of standard input.
  /// - Throws: `FileError` if it exceeds the maximum length of a stream, cannot be read, or is not UTF-8.
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
