import Foundation
import LlamaCore

/// Standard input, where a text may come from.
enum StandardInput {
  /// All of it.
  /// - Throws: `FileError` where it is not UTF-8.
  static func text() throws -> String {
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileError(path: "standard input", reason: .malformed("expected UTF-8, found other bytes"))
    }
    return text
  }
}
