import Foundation
import Synchronization

/// A regular file, mapped read-only. Opening takes constant time; pages are loaded on access.
///
/// If another process truncates the file, accessing the missing part raises SIGBUS. ``pageIn(_:)`` and ``check()``
/// detect truncation in advance, except for a short window before the access; a program can close that window with a
/// signal handler that calls ``fault(at:)``.
package final class MappedFile: @unchecked Sendable {
  /// The open file.
  package let file: RegularFile
  private let base: UnsafeRawPointer?

  /// Mappings in use, by address of the first byte.
  private static let mappings = Mutex<[UInt: Mapping]>([:])

  private struct Mapping {
    let path: String
    let count: Int
    let descriptor: Int32
  }

  /// - Throws: ``FileError`` if the file cannot be opened, is not a regular file, or cannot be mapped.
  package convenience init(_ url: URL) throws(FileError) { try self.init(RegularFile(url)) }

  /// - Throws: ``FileError`` if the file cannot be mapped.
  package init(_ file: RegularFile) throws(FileError) {
    self.file = file
    guard file.count > 0 else {
      base = nil
      return
    }
    guard let address = mmap(nil, file.count, PROT_READ, MAP_PRIVATE, file.descriptor, 0), address != MAP_FAILED else {
      throw FileError(path: file.path, reason: .system(errno))
    }
    base = UnsafeRawPointer(address)
    let mapping = Mapping(path: file.path, count: file.count, descriptor: file.descriptor)
    Self.mappings.withLock { $0[UInt(bitPattern: address)] = mapping }
  }

  deinit {
    guard let base else { return }
    Self.mappings.withLock { $0[UInt(bitPattern: base)] = nil }
    munmap(UnsafeMutableRawPointer(mutating: base), count)
  }

  /// The file's path as it was given.
  package var path: String { file.path }
  /// Size in bytes when the file was opened.
  package var count: Int { file.count }

  /// Returns the cause of a fault at `address`; nil if no file is mapped there. Not to be called from a signal handler.
  package static func fault(at address: UInt) -> FileError? {
    mappings.withLock { mappings in
      guard let (_, file) = mappings.first(where: { address >= $0.key && address - $0.key < $0.value.count }) else {
        return nil
      }
      // The size is unchanged: the disk has failed.
      return RegularFile.shortened(file.descriptor, file.path, file.count)
        ?? FileError(path: file.path, reason: .system(EIO))
    }
  }

  /// Returns the result of `body` for the bytes of `range`, which is clamped to the file.
  ///
  /// - Throws: ``FileError`` if the file has become shorter in the meantime, whatever the result of `body`: the
  ///   truncated part of a page reads as zeros. Otherwise rethrows the error of `body`.
  package func reading<Result>(_ range: Range<Int>? = nil, _ body: (Span<UInt8>) throws -> Result) throws -> Result {
    let result = Swift.Result { try withSpan(range, body) }
    try check()
    return try result.get()
  }

  /// Calls `body` with the bytes of `range`, which is clamped to the file. Results are valid only after a successful
  /// ``check()``.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>? = nil, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = (range ?? 0..<count).clamped(to: 0..<count)
    return try body(UnsafeRawBufferPointer(start: base.map { $0 + range.lowerBound }, count: range.count))
  }

  private func withSpan<Result, Failure: Error>(
    _ range: Range<Int>? = nil, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(range) { bytes throws(Failure) in
      try body(Span(_unsafeBytes: bytes))
    }
  }

  /// Maps the pages of `range` now, and reads those that are not cached, in one system call if the kernel supports it.
  ///
  /// - Throws: ``FileError`` if the file is now too short, or the disk fails.
  package func pageIn(_ range: Range<Int>) throws(FileError) {
    #if os(Linux)
      // MADV_POPULATE_READ, Linux 5.14: EFAULT if access would raise SIGBUS.
      if advise(range, 22, outward: true) != EFAULT { return }
      try check()
      throw FileError(path: path, reason: .system(EIO))
    #else
      try check()
    #endif
  }

  /// See ``RegularFile/check()``.
  package func check() throws(FileError) { try file.check() }

  /// Returns the bytes of `range` that would have to be read from the disk now; 0 if the system does not report it.
  package func uncachedBytes(_ range: Range<Int>) -> Int {
    #if os(Linux)
      let page = Int(sysconf(Int32(_SC_PAGESIZE)))
      let start = range.lowerBound / page * page
      guard let base, range.upperBound <= count, start < range.upperBound else { return 0 }
      var resident = [UInt8](repeating: 0, count: (range.upperBound - start + page - 1) / page)
      let address = UnsafeMutableRawPointer(mutating: base + start)
      guard mincore(address, range.upperBound - start, &resident) == 0 else { return 0 }
      return min(range.count, resident.count { $0 & 1 == 0 } * page)
    #else
      return 0
    #endif
  }

  /// Asks the kernel to prefetch `range`.
  package func willNeed(_ range: Range<Int>) { advise(range, MADV_WILLNEED, outward: true) }

  /// Drops the pages of `range` from this process; they are read again when touched.
  package func release(_ range: Range<Int>) { advise(range, MADV_DONTNEED, outward: false) }

  /// - Returns: 0, or the `errno` value.
  @discardableResult
  private func advise(_ range: Range<Int>, _ advice: Int32, outward: Bool) -> Int32 {
    let range = range.clamped(to: 0..<count)
    guard let base, !range.isEmpty else { return 0 }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Read-ahead includes partial pages at the ends; a release leaves them to the tensors they are shared with.
    let start = outward ? range.lowerBound / page * page : (range.lowerBound + page - 1) / page * page
    let end = outward || range.upperBound == count ? range.upperBound : range.upperBound / page * page
    guard start < end else { return 0 }
    return madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, advice) == 0 ? 0 : errno
  }
}
