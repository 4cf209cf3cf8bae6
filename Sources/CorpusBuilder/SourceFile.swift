import Foundation
import Foundations
import Profiler

/// File of a source, with the functions that its readers share.
struct SourceFile {
  let path: String
  /// True if the source named this one file.
  let isNamed: Bool
  let input: InputFile
  let options: CorpusBuilder.Options

  /// True if the file is not text and may be skipped. If the source names the file, that is an error instead.
  ///
  /// The test is that of git and grep: a NUL in the first 8 KiB.
  var isBinary: Bool {
    get throws(CorpusBuildError) {
      guard let zero = input.data.prefix(8192).firstIndex(of: 0) else { return false }
      if isNamed {
        throw .malformed(file: path, place: "byte \(zero)", reason: "expected text, found a NUL: the file is binary")
      }
      return true
    }
  }

  /// Adds a text, or counts or throws an error for bytes that are not UTF-8. `offset` is the position of the bytes in
  /// `input.data`.
  func add(
    _ bytes: Span<UInt8>, at offset: Int, place: String? = nil, from origin: TextOrigin,
    to selection: inout TextSelection
  ) throws(CorpusBuildError) {
    let text: String
    do {
      text = String(copying: try UTF8Span(validating: bytes))
    } catch {
      if options.skipsInvalid { return selection.addInvalid() }
      throw .notUTF8(file: path, place: place, offset: input.start + offset + error.byteOffsets.lowerBound)
    }
    try selection.add(text, from: origin)
  }
}
