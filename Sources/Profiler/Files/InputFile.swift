import Foundation
import LlamaCore

/// Why a file could not be read or written, without its name.
package struct FileFailure: Error {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  /// Foundation's messages repeat the file's name and advise; these are a few plain words.
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

/// The bytes of a file. A large one is mapped, so that a file larger than memory can be read through.
package struct InputFile {
  /// The most bytes of a pipe or a device, which may never end and has to be kept in memory: 128 MiB.
  package static let streamLimit = 1 << 27

  /// Every byte of the file.
  package let content: Data
  /// The content without a byte order mark, which editors on Windows write and nobody means as text.
  package let data: Data
  /// Where `data` begins in the file: 0, or 3 after a UTF-8 byte order mark.
  package let start: Int

  private var mapped: MappedFile?

  /// - Throws: ``FileFailure`` where the file has become shorter since: what was read of it may be zeros.
  package func check() throws(FileFailure) {
    do { try mapped?.check() } catch { throw FileFailure(error.reason.description) }
  }

  package init(contentsOf url: URL) throws(FileFailure) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw FileFailure("it is a folder")
    }
    let isNamedPipe = try Self.isNamedPipe(url)
    let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
    do {
      if values?.isRegularFile == true {
        // For a small file mapping costs more than reading.
        if (values?.fileSize ?? 0) >= 1 << 20 {
          let file = try MappedFile(url)
          mapped = file
          content = Self.data(of: file)
        } else {
          content = try Data(contentsOf: url)
        }
      } else if isNamedPipe {
        content = try NamedPipe.read(url.path)
      } else {
        // `Data(contentsOf:)` refuses pipes, such as `/dev/stdin` and a shell's `<(…)`.
        content = try Self.readStream(FileHandle(forReadingFrom: url))
      }
    } catch let error as FileFailure {
      throw error
    } catch let error as FileError {
      throw FileFailure(error.reason.description)
    } catch {
      throw FileFailure(error)
    }
    start = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    data = content.dropFirst(start)
  }

  /// Whether the name is a FIFO's, for which somebody has to come and write. The pipes of a shell are links to something
  /// that is open already.
  ///
  /// - Throws: ``FileFailure`` for devices but terminals: `/dev/zero` never ends.
  private static func isNamedPipe(_ url: URL) throws(FileFailure) -> Bool {
    var (own, target) = (stat(), stat())
    guard lstat(url.path, &own) == 0, stat(url.path, &target) == 0 else { return false }
    let kind = target.st_mode & S_IFMT
    if kind == S_IFBLK || kind == S_IFCHR {
      let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
      defer { if descriptor >= 0 { close(descriptor) } }
      if isatty(descriptor) == 0 { throw FileFailure("expected a file, found a device") }
    }
    return own.st_mode & S_IFMT == S_IFIFO
  }

  /// Through ``MappedFile``, so that a program can tell what happened where another one cuts the file.
  private static func data(of file: MappedFile) -> Data {
    file.withBytes { bytes in
      guard let base = bytes.baseAddress else { return Data() }
      return Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
        deallocator: .custom { _, _ in withExtendedLifetime(file) {} })
    }
  }

  /// All of a stream, such as standard input.
  package static func readStream(_ file: FileHandle) throws -> Data {
    var content = Data()
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { try append(part, to: &content) }
    return content
  }

  /// Adds what came out of a stream, which has no size to be checked beforehand.
  static func append(_ part: some DataProtocol, to content: inout Data) throws(FileFailure) {
    guard content.count + part.count <= streamLimit else {
      throw FileFailure("expected at most \(streamLimit) bytes from a pipe or a device, found more; write a file first")
    }
    content.append(contentsOf: part)
  }
}
