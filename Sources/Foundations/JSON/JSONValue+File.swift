import Foundation

extension JSONValue {
  /// Parses a JSON file of at most `limit` bytes.
  package init(contentsOf url: URL, limit: Int = 100_000_000) throws(FileError) {
    let bytes = try RegularFile.bytes(of: url, limit: limit)
    do {
      self = try JSONValue(parsing: bytes.span)
    } catch {
      throw FileError(path: url.relativePath, reason: .malformed(error.description))
    }
  }
}
