import Foundation
import FuzzTargets
import TestSupport
import Testing

/// All cases of a parser and a seed, in a process that has nothing else to do and is held to limits.
struct FuzzRun {
  /// Processor time for one case. Those of this size take milliseconds; a parser of quadratic time takes seconds.
  static let secondsPerCase = 1.0
  /// What the process may map beyond what it needs for undamaged documents.
  static let memory = 256 << 20
  /// As little as any thread has (macOS), so that recursion is bounded where it matters.
  static let stackSize = 512 << 10

  private let target: FuzzTarget
  private let seed: UInt64
  private let folder: FuzzFolder

  init(parser: String, seed: UInt64, folder: String) throws {
    target = try #require(FuzzTarget.named(parser))
    self.seed = seed
    self.folder = FuzzFolder(at: folder)
  }

  /// Runs them, and records as an issue what is found short of a crash.
  func start() throws {
    let note = open(Self.noteFile(in: folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    try #require(note >= 0)
    let (target, seed, folder) = (target, seed, folder)
    let slack = Sanitizer.isActive ? 30.0 : 1
    let finding = Self.onSmallStack(Sanitizer.isActive ? 16 * Self.stackSize : Self.stackSize) { () -> String? in
      for seed in target.seeds { _ = try? target.check(seed, in: folder) }
      Self.limit(Self.processorTime, Int(240 * slack))
      // A sanitizer maps most of the address space for itself.
      if !Sanitizer.isActive, let mapped = Self.mappedBytes { Self.limit(Self.addressSpace, mapped + Self.memory) }
      var accepted = 0
      for number in 0..<target.cases {
        withUnsafeBytes(of: number) { _ = pwrite(note, $0.baseAddress, $0.count, 0) }
        do throws(FuzzTarget.Finding) {
          let bytes = target.bytes(seed: seed, number: number)
          if try target.check(bytes, in: folder, seconds: Self.secondsPerCase * slack) { accepted += 1 }
        } catch {
          return "\(error)\n\(Self.replay(target, seed, number))"
        }
      }
      // What lies behind a parser is only tested by what gets through it.
      return accepted * 100 < target.cases ? "only \(accepted) of \(target.cases) documents are accepted" : nil
    }
    if let finding { Issue.record("\(finding)") }
  }

  /// How to see a case again.
  static func replay(_ target: FuzzTarget, _ seed: UInt64, _ number: Int) -> String {
    let bytes = target.bytes(seed: seed, number: number)
    let hexadecimal = bytes.prefix(4096).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return """
      FUZZ_CASE=\(target.name):\(seed):\(number) swift test -c release --filter FuzzTests
      \(bytes.count) bytes: \(hexadecimal)\(bytes.count > 4096 ? "…" : "")
      """
  }

  /// The case that a process was at when it ended.
  static func notedCase(in folder: FuzzFolder) -> Int? {
    guard let data = FileManager.default.contents(atPath: noteFile(in: folder)), data.count == 8 else { return nil }
    return data.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
  }

  static var wantedCase: String? { ProcessInfo.processInfo.environment["FUZZ_CASE"] }

  private static func noteFile(in folder: FuzzFolder) -> String { folder.url.appending(path: "case").path }

  private final class Box<Value>: @unchecked Sendable {
    var value: Value?
  }

  private static func onSmallStack<Value>(_ bytes: Int, _ body: @escaping @Sendable () -> Value?) -> Value? {
    let box = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      box.value = body()
      done.signal()
    }
    thread.stackSize = bytes
    thread.start()
    done.wait()
    return box.value
  }

  #if os(Linux)
    private static let processorTime = Int32(RLIMIT_CPU.rawValue)
    private static let addressSpace = Int32(RLIMIT_AS.rawValue)
  #else
    private static let processorTime = RLIMIT_CPU
    private static let addressSpace = RLIMIT_AS
  #endif

  /// Lowers a limit of this process; passing it ends the process.
  private static func limit(_ resource: Int32, _ value: Int) {
    var limits = rlimit()
    getrlimit(resource, &limits)
    limits.rlim_cur = min(limits.rlim_max, rlim_t(value))
    setrlimit(resource, &limits)
  }

  /// What the process has mapped; nil where the system does not tell, and no limit is set.
  private static var mappedBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    return text.split(separator: " ").first.flatMap { Int($0) }.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
  }
}
