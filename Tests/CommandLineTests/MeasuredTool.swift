import Foundation
import TestSupport
import Testing

/// Runs the built `fp-cli` and measures what it took.
enum MeasuredTool {
  struct Result {
    /// The exit code, or minus the number of the signal that ended the process.
    let status: Int32
    let output: String
    let messages: String
    /// Seconds of processor time. Wall time would be that of whatever else the machine does.
    let seconds: Double
    /// Largest resident memory.
    let peakBytes: Int
  }

  /// A process that takes longer, in seconds of wall time, is killed.
  private static let patience = 120.0

  /// - Parameter input: path of what standard input reads.
  static func run(_ arguments: String..., input: String = "/dev/null") throws -> Result {
    try run(arguments, input: input)
  }

  static func run(_ arguments: [String], input: String = "/dev/null") throws -> Result {
    let folder = try TemporaryFolder()
    let files = (output: folder.path("out"), messages: folder.path("err"))
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, files.output, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, files.messages, O_WRONLY | O_CREAT, 0o600)
    var words = ([Tool.executable.path] + arguments).map { strdup($0) } + [nil]
    var environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + environment { free(word) } }

    var process: pid_t = 0
    let code = posix_spawn(&process, Tool.executable.path, &actions, nil, &words, &environment)
    try #require(code == 0, "\(String(cString: strerror(code)))")
    var seen = 0
    var state: Int32 = 0
    var usage = rusage()
    let started = Date()
    while wait4(process, &state, WNOHANG, &usage) == 0 {
      seen = max(seen, highWater(of: process))
      if Date().timeIntervalSince(started) > patience { kill(process, SIGKILL) }
      usleep(1000)
    }
    // The system's own figure is no use on Linux, which counts to a process what its parent had when it was made. One
    // that ends before it is looked at has had no time to take much.
    #if !os(Linux)
      seen = usage.ru_maxrss
    #endif
    let signal = state & 0x7F
    return Result(
      status: signal == 0 ? state >> 8 & 0xFF : -signal,
      output: String(decoding: try Data(contentsOf: URL(filePath: files.output)), as: UTF8.self),
      messages: String(decoding: try Data(contentsOf: URL(filePath: files.messages)), as: UTF8.self),
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakBytes: seen)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

  /// The largest resident memory of a running process so far; 0 where the system does not tell, and until the process has
  /// become the tool: before, it has the memory of this one.
  private static func highWater(of process: pid_t) -> Int {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
    guard program == Tool.executable.resolvingSymlinksInPath().path else { return 0 }
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return 0 }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split { !$0.isNumber }.first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
  }
}

extension MeasuredTool.Result {
  /// Whether it took no more. A sanitizer, which takes many times as much, is let pass.
  func takesAtMost(seconds: Double, bytes: Int = 300_000_000) -> Bool {
    Sanitizer.isActive || (self.seconds < seconds && peakBytes < bytes)
  }

  /// Whether it ended as every refusal must: one line that begins as expected, no output, soon, in little memory.
  ///
  /// Two seconds, since a processor that others share is slower: on one of its own nothing here takes one.
  func expectRefusal(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(status == 1, "status \(status): \(messages.prefix(300))", sourceLocation: sourceLocation)
    #expect(output.isEmpty, sourceLocation: sourceLocation)
    #expect(messages.count { $0 == "\n" } == 1, sourceLocation: sourceLocation)
    #expect(messages.hasSuffix("\n"), sourceLocation: sourceLocation)
    #expect(messages.utf8.count < 1000, sourceLocation: sourceLocation)
    #expect(messages.contains(message), "\(messages.prefix(300))", sourceLocation: sourceLocation)
    #expect(takesAtMost(seconds: 2), "\(seconds) s, \(peakBytes) bytes", sourceLocation: sourceLocation)
  }
}

extension TemporaryFolder {
  /// Writes texts, each so many times, one after the other, without holding all of it.
  func write(_ parts: [(text: String, count: Int)], to name: String) throws -> String {
    let path = try write("", to: name)
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    for (text, count) in parts {
      let block = max(1, min(count, 1_000_000 / max(1, text.utf8.count)))
      let data = Data(String(repeating: text, count: block).utf8)
      for _ in 0..<count / block { try file.write(contentsOf: data) }
      try file.write(contentsOf: Data(String(repeating: text, count: count % block).utf8))
    }
    try file.close()
    return path
  }
}
