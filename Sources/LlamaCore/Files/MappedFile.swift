import Foundation

/// A regular file, mapped read-only. Opening costs the same whatever its size; pages come when touched.
package final class MappedFile: @unchecked Sendable {
  /// The file's path as it was given.
  package let path: String
  /// Its size in bytes when it was opened.
  package let count: Int
  private let base: UnsafeRawPointer?

  /// - Throws: ``FileError`` where the file cannot be opened, is not a regular file, or cannot be mapped.
  package init(_ url: URL) throws(FileError) {
    let path = url.relativePath
    // A FIFO or a device would block or never end: O_NONBLOCK lets open return, fstat then refuses it.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, reason: .system(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, reason: .system(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: .notARegularFile) }
    let count = Int(status.st_size)
    var base: UnsafeRawPointer?
    if count > 0 {
      guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
        throw FileError(path: path, reason: .system(errno))
      }
      base = UnsafeRawPointer(address)
    }
    self.path = path
    self.count = count
    self.base = base
  }

  deinit {
    if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// The last component of the path, for messages.
  package var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// Calls `body` with the bytes of `range`, which is clamped to the file.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>? = nil, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = (range ?? 0..<count).clamped(to: 0..<count)
    return try body(UnsafeRawBufferPointer(start: base.map { $0 + range.lowerBound }, count: range.count))
  }

  /// Calls `body` with a bounds-checked view of the bytes of `range`, which is clamped to the file.
  package func withSpan<Result, Failure: Error>(
    _ range: Range<Int>? = nil, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(range) { bytes throws(Failure) in
      try body(Span(_unsafeBytes: bytes))
    }
  }

  /// Maps the pages of `range` now, and reads those that are not cached, in one call where the kernel has it.
  package func pageIn(_ range: Range<Int>) {
    #if os(Linux)
      advise(range, 22, outward: true)  // MADV_POPULATE_READ, Linux 5.14
    #endif
  }

  /// Bytes of `range` that would have to be read from the disk now; 0 where the system does not tell.
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

  /// Asks the kernel to read `range` ahead.
  package func willNeed(_ range: Range<Int>) { advise(range, MADV_WILLNEED, outward: true) }

  /// Drops the pages of `range` from this process; they are read again when touched.
  package func release(_ range: Range<Int>) { advise(range, MADV_DONTNEED, outward: false) }

  private func advise(_ range: Range<Int>, _ advice: Int32, outward: Bool) {
    let range = range.clamped(to: 0..<count)
    guard let base, !range.isEmpty else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    // Read-ahead takes the border pages too; a release leaves them to the tensors they are shared with.
    let start = outward ? range.lowerBound / page * page : (range.lowerBound + page - 1) / page * page
    let end = outward || range.upperBound == count ? range.upperBound : range.upperBound / page * page
    if start < end { madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, advice) }
  }
}
