import Foundation
import GRDB
import TestSupport
import Testing

/// Runs in folders whose locks are another's, or are not there.
@Suite struct LockTests {
  private func profile(_ folder: TemporaryFolder, _ more: String..., shell: String? = nil) throws -> Tool.Result {
    let model = Tool.tinyModel
    return try Tool.run(
      [
        "profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path, "--output",
        folder.path("run"), "--no-report",
      ] + more, shell: shell)
  }

  /// Holds a read transaction of a run open, as a notebook does whose cursor is not read to its end.
  private func reader(_ folder: TemporaryFolder) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let queue = try DatabaseQueue(path: folder.path("run/profile.sqlite"), configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN; SELECT COUNT(*) FROM text") }
    return queue
  }

  private func texts(_ queue: DatabaseQueue, _ state: String) throws -> Int? {
    try queue.writeWithoutTransaction {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM text WHERE state = ?", arguments: [state])
    }
  }

  @Test func `a run is finished and its files are written while a notebook reads it`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    // As a process leaves it that is killed before its first wave.
    try DatabaseQueue(path: folder.path("run/profile.sqlite")).writeWithoutTransaction {
      try $0.execute(
        sql:
          "PRAGMA journal_mode = WAL; DELETE FROM block; DELETE FROM position; DELETE FROM session; DELETE FROM session_time; UPDATE text SET state = 'pending'"
      )
    }
    for name in try folder.names(in: "run") where !name.hasPrefix("profile.") {
      try FileManager.default.removeItem(atPath: folder.path("run/\(name)"))
    }
    let notebook = try reader(folder)
    let result = try profile(folder)
    #expect(result.status == 0, "\(result.messages)")
    #expect(try folder.names(in: "run").filter { $0.hasSuffix(".csv") || $0 == "manifest.json" }.count > 3)
    #expect(try texts(notebook, "pending") == 17)
    // Found finished while it is open, and one file again once it is not.
    #expect(try profile(folder).lines.last?.contains("is finished, nothing was profiled") == true)
    try notebook.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    try notebook.close()
    #expect(try profile(folder).lines.last?.contains("is finished, nothing was profiled") == true)
    #expect(try folder.names(in: "run").filter { $0.hasPrefix("profile.") } == ["profile.sqlite"])
  }

  @Test func `a run takes another's place while a notebook reads that one`() throws {
    let folder = try TemporaryFolder()
    #expect(try profile(folder, "--quiet").status == 0)
    let notebook = try reader(folder)
    let result = try profile(folder, "--force", "--limit", "1")
    #expect(result.status == 0, "\(result.messages)")
    #expect(try texts(notebook, "done") == 17)
    #expect(try (folder.json("run/manifest.json")["settings"] as? [String: Any])?["text_limit"] as? Int == 1)
    try notebook.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    try notebook.close()
    #expect(try folder.names(in: "run").filter { $0.hasPrefix("profile.") } == ["profile.sqlite"])
    #expect(try profile(folder, "--limit", "1").lines.last?.contains("is finished, nothing was profiled") == true)
  }

  private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// A library that refuses locks of one kind with a code, as file systems without them do.
  private func library(_ folder: TemporaryFolder, refusing function: String, code: String) throws -> String {
    let fcntl = ["fcntl", "fcntl64"].map { name in
      """
      int \(name)(int file, int command, ...) {
        va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
        if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) { errno = \(code); return -1; }
        return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, "\(name)"))(file, command, argument);
      }
      """
    }
    let flock = "int flock(int file, int operation) { errno = \(code); return -1; }"
    let source = """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdarg.h>
      #define fcntl declared_fcntl
      #define fcntl64 declared_fcntl64
      #include <fcntl.h>
      #undef fcntl
      #undef fcntl64
      \(function == "flock" ? flock : fcntl.joined(separator: "\n"))
      """
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.compiler))
    process.arguments = [
      "-shared", "-fPIC", "-o", folder.path("locks.so"), try folder.write(source, to: "locks.c"), "-ldl",
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return folder.path("locks.so")
  }

  #if os(Linux)
    @Test(
      .enabled(if: compiler != nil, "no C compiler"),
      .enabled(if: !Sanitizer.isActive, "a sanitizer's library has to come first"),
      arguments: [
        ("fcntl", "ENOLCK", "No locks available"), ("fcntl", "ENOSYS", "Function not implemented"),
        ("fcntl", "EOPNOTSUPP", "Operation not supported"), ("flock", "ENOLCK", "No locks available"),
        ("flock", "EOPNOTSUPP", "Operation not supported"),
      ])
    func `a file system without locks is named, with what to do, and not taken for another process`(
      function: String, code: String, reason: String
    ) throws {
      let folder = try TemporaryFolder()
      let library = try library(folder, refusing: function, code: code)
      let shell = "LD_PRELOAD='\(library)' exec \"$@\""
      let message = { (path: String) in
        "Error: \(path): cannot lock: \(reason): the file system keeps no file locks, as NFS and Lustre may not; "
          + "choose an --output on a local disk, or copy the run to one\n"
      }
      let begin = ContinuousClock.now
      let result = try profile(folder, "--quiet", shell: shell)
      #expect(result.status == 1)
      #expect(result.output.isEmpty)
      #expect(result.messages == message(folder.path("run") + (function == "flock" ? "" : "/profile.sqlite")))
      #expect(ContinuousClock.now - begin < .seconds(9), "nobody is waited for")
      guard function == "fcntl" else { return }
      #expect(try profile(folder, "--quiet").status == 0)
      let compared = try Tool.run(["compare", folder.path("run"), "--quiet"], shell: shell)
      #expect(compared.status == 1)
      #expect(compared.messages == message(folder.path("run/profile.sqlite")))
    }
  #endif
}
