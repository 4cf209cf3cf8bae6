import Foundation

/// The reason why a file could not be read or written, without its name.
package struct FileFailure: Error {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  /// Creates a failure with the system's text for an `errno` value.
  package init(code: Int32) {
    switch code {
    case ENOENT: self.init("no such file")
    case EACCES: self.init("permission denied")
    default: self.init(String(cString: strerror(code)))
    }
  }

  package init(_ error: FileError) {
    if case .system(let code) = error.reason { self.init(code: code) } else { self.init(error.reason.description) }
  }

  /// Creates a failure with a short reason; Foundation's messages repeat the file's name and add advice.
  package init(_ error: any Error) {
    guard let error = error as? CocoaError else {
      self.init(String(describing: error))
      return
    }
    switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: self.init("no such file")
    case .fileReadNoPermission, .fileWriteNoPermission: self.init("permission denied")
    case .fileWriteOutOfSpace: self.init("no space left on the device")
    case .fileWriteVolumeReadOnly: self.init("the volume is read-only")
    case .fileReadTooLarge: self.init("the file is too large")
    default: self.init(error.localizedDescription)
    }
  }
}

/// The bytes of a file. A large one is mapped, so that a file larger than memory can be read.
package struct InputFile {
  /// Maximum number of bytes of a pipe or a device, which may never end and must be kept in memory: 128 MiB.
  package static let streamLimit = 1 << 27

  /// All bytes of the file.
  package let content: Data
  /// The content without a byte order mark, which Windows editors write and which is not part of the text.
  package let data: Data
  /// Offset of `data` in the file: 0, or 3 after a UTF-8 byte order mark.
  package let start: Int

  private var mapped: MappedFile?

  /// Returns the result of `body` for a file.
  ///
  /// - Throws: ``FileFailure`` if the file cannot be read, or has become shorter in the meantime, whatever the result
  ///   of `body`: the truncated part of a page reads as zeros. Otherwise rethrows the error of `body`.
  package static func reading<Result>(_ url: URL, _ body: (InputFile) throws -> Result) throws -> Result {
    try reading(Array(url.path.utf8), body)
  }

  /// As above, for a path that need not be UTF-8.
  package static func reading<Result>(_ path: [UInt8], _ body: (InputFile) throws -> Result) throws -> Result {
    let input = try InputFile(path)
    let result = Swift.Result { try body(input) }
    do { try input.mapped?.check() } catch { throw FileFailure(error) }
    return try result.get()
  }

  private init(_ path: [UInt8]) throws {
    var status = stat()
    guard stat(path.terminated, &status) == 0 else { throw FileFailure(code: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw FileFailure("it is a folder")
    case S_IFREG:
      do throws(FileError) {
        let file = try RegularFile(path, name: path.pathText)
        // For a small file mapping costs more than reading.
        if file.count >= 1 << 20 {
          let file = try MappedFile(file)
          mapped = file
          content = Self.data(of: file)
        } else {
          content = Data(try file.bytes(0..<file.count))
        }
      } catch {
        throw FileFailure(error)
      }
    default: content = try Self.stream(path.pathText, status.st_mode & S_IFMT)
    }
    start = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    data = content.dropFirst(start)
  }

  /// Returns the output of a named FIFO, which another process must open and write, or of a shell's pipe, which is a
  /// link to an open file.
  ///
  /// - Throws: ``FileFailure``, also for devices except terminals: `/dev/zero` never ends.
  private static func stream(_ path: String, _ kind: mode_t) throws -> Data {
    if kind == S_IFBLK || kind == S_IFCHR {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
      defer { if descriptor >= 0 { close(descriptor) } }
      if isatty(descriptor) == 0 { throw FileFailure("expected a file, found a device") }
    }
    var own = stat()
    if lstat(path, &own) == 0, own.st_mode & S_IFMT == S_IFIFO { return try NamedPipe.read(path) }
    do {
      return try readStream(FileHandle(forReadingFrom: URL(filePath: path)))
    } catch let error as FileFailure {
      throw error
    } catch {
      throw FileFailure(error)
    }
  }

  /// Releases pages of a mapped file that will not be needed soon, so that reading a file does not occupy memory.
  ///
  /// - Parameter range: offsets in ``content``; pages only partly inside are kept.
  package func release(_ range: Range<Int>) { mapped?.release(range) }

  /// The hash of the content.
  package var hash: SHA256 {
    var hash = SHA256()
    for start in stride(from: 0, to: content.count, by: Self.step) {
      let range = start..<min(content.count, start + Self.step)
      hash.update(content.span.extracting(range))
      release(range)
    }
    return hash
  }

  /// Number of bytes read before they are released.
  private static let step = 1 << 22

  /// Releases the content up to `offset` of ``data``, in large steps.
  ///
  /// - Parameter released: the end of the content released by the last call.
  package func release(before offset: Int, _ released: inout Int) {
    let end = (start + offset) / Self.step * Self.step
    guard end > released else { return }
    release(released..<end)
    released = end
  }

  /// Uses ``MappedFile``, so that a program can report the cause if another process truncates the file.
  private static func data(of file: MappedFile) -> Data {
    file.withBytes { bytes in
      guard let base = bytes.baseAddress else { return Data() }
      return Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
        deallocator: .custom { _, _ in withExtendedLifetime(file) {} })
    }
  }

  /// Reads all of a stream, such as standard input.
  package static func readStream(_ file: FileHandle) throws -> Data {
    var content = Data()
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { try append(part, to: &content) }
    return content
  }

  /// Appends output of a stream, whose size cannot be checked in advance.
  static func append(_ part: some DataProtocol, to content: inout Data) throws(FileFailure) {
    guard content.count + part.count <= streamLimit else {
      throw FileFailure("expected at most \(streamLimit) bytes from a pipe or a device, found more; write a file first")
    }
    content.append(contentsOf: part)
  }
}
