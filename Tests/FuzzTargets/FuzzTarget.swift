import Foundation
import TestSupport

/// One parser with what it takes to attack it. All of them are listed in `FuzzTarget.all`.
package struct FuzzTarget: Sendable {
  /// What goes wrong with a case without a crash: an error of another type, a broken promise, too much time.
  package struct Finding: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
  }

  package let name: String
  /// How many cases `make test` runs.
  package let cases: Int
  package let format: Mutator.Format
  /// Small valid documents, which mutations begin with.
  package let seeds: [[UInt8]]
  /// The only errors that the parser may throw.
  private let errors: [any Error.Type]
  private let parse: @Sendable ([UInt8], FuzzFolder) throws -> Void

  /// - Parameters:
  ///   - errors: all that `parse` may throw beside a `Finding`; none for a parser that takes everything.
  ///   - parse: takes any bytes; throws one of `errors`, or a `Finding` where what it parsed breaks a promise.
  package init(
    _ name: String, cases: Int, format: Mutator.Format, seeds: [[UInt8]], errors: [any Error.Type],
    parse: @escaping @Sendable ([UInt8], FuzzFolder) throws -> Void
  ) {
    self.name = name
    self.cases = cases
    self.format = format
    self.seeds = seeds
    self.errors = errors
    self.parse = parse
  }

  /// The bytes of a case, which depend on nothing but the target's seeds and these two numbers.
  package func bytes(seed: UInt64, number: Int) -> [UInt8] {
    var mutator = Mutator(seeds: seeds, format: format, seed: seed, number: number)
    return mutator.next()
  }

  /// Parses `bytes`.
  ///
  /// - Parameter seconds: processor time that a case may take; nil where somebody else watches it.
  /// - Returns: whether they were accepted, not refused.
  /// - Throws: `Finding`.
  @discardableResult
  package func check(_ bytes: [UInt8], in folder: FuzzFolder, seconds: Double? = nil) throws(Finding) -> Bool {
    let start = Self.threadSeconds
    var isAccepted = true
    do {
      try parse(bytes, folder)
    } catch let finding as Finding {
      throw finding
    } catch {
      isAccepted = false
      guard errors.contains(where: { $0 == type(of: error) }) else {
        throw Finding("threw \(type(of: error)), which it does not document: \(error)")
      }
      let message = "\(error)"
      guard !message.isEmpty, !message.contains(where: \.isNewline) else {
        throw Finding("its message is not one line: \(message.debugDescription)")
      }
    }
    let taken = Self.threadSeconds - start
    if let seconds, taken > seconds { throw Finding("took \(taken) s of processor time, expected at most \(seconds)") }
    return isAccepted
  }

  /// Processor time of this thread: what other processes do on the machine does not count.
  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// The folder in which parsers of files find them, in memory where the machine has such a place.
package struct FuzzFolder: Sendable {
  package let url: URL

  /// A folder of its own, which `remove()` removes.
  package init() throws {
    let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
    let hasMemory = FileManager.default.isWritableFile(atPath: memory.path)
    let parent = hasMemory ? memory : FileManager.default.temporaryDirectory
    url = parent.appending(path: "fuzz-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  package init(at path: String) { url = URL(filePath: path, directoryHint: .isDirectory) }

  package func remove() { try? FileManager.default.removeItem(at: url) }

  /// Puts `bytes` under `name`, which may lie in folders.
  package func write(_ bytes: [UInt8], to name: String) throws(FuzzTarget.Finding) -> URL {
    let file = url.appending(path: name, directoryHint: .notDirectory)
    do {
      if name.contains("/") {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      }
      try Data(bytes).write(to: file)
    } catch {
      throw FuzzTarget.Finding("the folder of the test cannot be written: \(error)")
    }
    return file
  }

  /// Links to a file of the repository under `name`, unless it is there already.
  package func link(_ fixture: String, as name: String) throws(FuzzTarget.Finding) {
    let place = url.appending(path: name)
    if FileManager.default.fileExists(atPath: place.path) { return }
    do {
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: place, withDestinationURL: Repository.fixtures.appending(path: fixture))
    } catch {
      throw FuzzTarget.Finding("the folder of the test cannot be written: \(error)")
    }
  }
}

/// Files of the repository.
enum Fixtures {
  /// The bytes of a file; none where it is missing, which the tests refuse in a seed.
  static func bytes(_ path: String) -> [UInt8] {
    (try? Data(contentsOf: Repository.fixtures.appending(path: path))).map { [UInt8]($0) } ?? []
  }
}
