import Foundation
import Testing

extension Tool {
  /// A run of the tool, and what it took.
  struct Measurement {
    let result: Result
    /// Time of all its threads, which unlike wall time does not depend on what else the machine does.
    let processorSeconds: Double
    /// Largest resident memory that was seen.
    let peakBytes: Int
  }

  /// Runs the tool; one that takes half a minute is killed.
  ///
  /// The system's own figure for a child that has ended, `ru_maxrss`, is never less than what this process had when it
  /// made it. So the child is looked at every millisecond while it runs, in which it cannot touch more than some
  /// megabytes.
  static func measure(_ arguments: [String]) throws -> Measurement {
    let folder = try Folder()
    let files = [try folder.write("", to: "out"), try folder.write("", to: "err")]
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files[0], O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files[1], O_WRONLY, 0)
    var argv: [UnsafeMutablePointer<CChar>?] = ([executable.path] + arguments).map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] =
      ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + environment { free(text) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, executable.path, &actions, nil, &argv, &environment) == 0)
    var (status, usage, peak): (Int32, rusage, Int) = (0, rusage(), 0)
    let end = Date().addingTimeInterval(30)
    while wait4(process, &status, WNOHANG, &usage) == 0 {
      peak = max(peak, resident(process) ?? 0)
      if Date() > end { kill(process, SIGKILL) }
      usleep(1_000)
    }
    #if !os(Linux)
      peak = usage.ru_maxrss
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    let signal = status & 0x7F
    let result = Result(
      status: signal == 0 ? status >> 8 & 0xFF : signal, wasSignaled: signal != 0, output: try folder.read("out"),
      messages: try folder.read("err"))
    return Measurement(
      result: result, processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakBytes: peak)
  }

  private static func resident(_ process: pid_t) -> Int? {
    let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// Runs the tool on something broken: it must end with one line that says `messages`, soon and in little memory.
  static func expectRefusal(
    _ arguments: [String], _ messages: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try measure(arguments)
    let result = found.result
    #expect(result.status == 1 && !result.wasSignaled, "\(result.messages)", sourceLocation: sourceLocation)
    #expect(
      result.lines.count == 1 && result.messages.hasPrefix("Error: ") && result.messages.hasSuffix("\n"),
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
    #expect(processorSeconds < 1, sourceLocation: sourceLocation)
    #expect(peakBytes < 300_000_000, "\(peakBytes)", sourceLocation: sourceLocation)
  }
}

extension Folder {
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
