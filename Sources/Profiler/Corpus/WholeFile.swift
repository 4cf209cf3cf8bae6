import Foundation

/// A file that appears whole or not at all: written under a hidden name beside its place, synced, then renamed.
///
/// A `WholeFile` that is dropped without `commit()` removes what it wrote; what stood under the name stays.
package struct WholeFile: ~Copyable {
  private let destination: URL
  private let partial: URL
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20

  /// Links are followed, so that a link to the file stays one. Anything but a regular file under the name is refused:
  /// a rename would put a file in the place of `/dev/stdout`.
  package init(at url: URL) throws(FileFailure) {
    let destination = url.resolvingSymlinksInPath()
    if let attributes = try? FileManager.default.attributesOfItem(atPath: destination.path),
      let type = attributes[.type] as? FileAttributeType, type != .typeRegular
    {
      throw FileFailure(type == .typeDirectory ? "it is a folder" : "it is not a regular file")
    }
    let folder = destination.deletingLastPathComponent()
    guard FileManager.default.fileExists(atPath: folder.path) else { throw FileFailure("its folder does not exist") }
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    let partial = folder.appending(path: ".\(destination.lastPathComponent).\(tag)", directoryHint: .notDirectory)
    let handle: FileHandle
    do {
      try Data().write(to: partial, options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: partial)
    } catch {
      throw FileFailure(error)
    }
    self.destination = destination
    self.partial = partial
    self.handle = handle
    buffer.reserveCapacity(Self.bufferSize)
  }

  package mutating func write(_ text: some StringProtocol) throws(FileFailure) {
    try write(bytes: text.utf8)
  }

  package mutating func write(bytes: some Sequence<UInt8>) throws(FileFailure) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Brings what was written to the disk, still under the hidden name, so that little is left to fail in `commit()`.
  package mutating func synchronize() throws(FileFailure) {
    try flush()
    do { try handle.synchronize() } catch { throw FileFailure(error) }
  }

  /// Makes what was written the content of the file.
  package consuming func commit() throws(FileFailure) {
    try synchronize()
    do { try handle.close() } catch { throw FileFailure(error) }
    guard rename(partial.path, destination.path) == 0 else {
      throw FileFailure(String(describing: POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO).code))
    }
  }

  private mutating func flush() throws(FileFailure) {
    do { try handle.write(contentsOf: Data(buffer)) } catch { throw FileFailure(error) }
    buffer.removeAll(keepingCapacity: true)
  }

  deinit {
    // After a commit there is nothing under this name.
    try? handle.close()
    try? FileManager.default.removeItem(at: partial)
  }
}
