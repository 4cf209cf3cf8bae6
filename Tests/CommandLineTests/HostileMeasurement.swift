import Foundation
import TestSupport
import Testing

extension Tool {
  /// A run of the tool, and what it took.
  struct Measurement {
    let result: Result
    let took: MeasuredTool.Result
  }

  static func measure(_ arguments: [String]) throws -> Measurement {
    let found = try MeasuredTool.run(arguments)
    let result = Result(
      status: abs(found.status), wasSignaled: found.status < 0, output: found.output, messages: found.messages)
    return Measurement(result: result, took: found)
  }

  /// Runs the tool on something broken: it must end with one line that says `messages`, soon and in little memory.
  static func expectRefusal(
    _ arguments: [String], _ messages: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try measure(arguments)
    let result = found.result
    #expect(result.status == 1, "\(result.messages)", sourceLocation: sourceLocation)
    #expect(!result.wasSignaled, "\(result.messages)", sourceLocation: sourceLocation)
    #expect(
      result.lines.count == 1,
      sourceLocation: sourceLocation)
    #expect(
      result.messages.hasPrefix("Error: "),
      sourceLocation: sourceLocation)
    #expect(
      result.messages.hasSuffix("\n"),
      sourceLocation: sourceLocation)
    for message in messages {
      #expect(result.messages.contains(message), "\(result.messages)", sourceLocation: sourceLocation)
    }
    #expect(result.messages.utf8.count < 4_000, sourceLocation: sourceLocation)
    found.expectSmall(sourceLocation)
  }
}

extension Tool.Measurement {
  /// Less than a second and 300 MB.
  func expectSmall(_ sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(took.takesAtMost(seconds: 1), "\(took.seconds) s, \(took.peakBytes) bytes", sourceLocation: sourceLocation)
  }
}

extension TemporaryFolder {
  /// Writes a safetensors file.
  ///
  /// - Parameters:
  ///   - data: zero bytes after the header.
  ///   - length: what the file says is the header's length, where that is not so.
  func safetensors(
    _ header: [UInt8], data: Int = 0, length: UInt64? = nil, to name: String = "model.safetensors"
  ) throws -> String {
    let count = length ?? UInt64(header.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    try Data(prefix + header).write(to: url.appending(path: name))
    // What follows takes no room on the disk.
    try #require(truncate(path(name), off_t(8 + header.count + data)) == 0)
    return path(name)
  }

  /// Copies the files of a model, links followed, into a new folder of this one, and returns its path.
  func model(_ source: URL = Tool.tinyModel, as name: String = "model", without missing: [String] = []) throws -> String
  {
    try FileManager.default.copyItem(at: source, to: url.appending(path: name))
    for file in missing { try FileManager.default.removeItem(at: url.appending(path: "\(name)/\(file)")) }
    return path(name)
  }

  /// Makes a FIFO nobody writes into.
  func fifo(_ name: String) throws { try #require(mkfifo(path(name), 0o600) == 0) }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }
}
