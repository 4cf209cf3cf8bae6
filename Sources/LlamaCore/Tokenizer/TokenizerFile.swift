import Foundation
import Foundations

/// The content of a `tokenizer.json`: vocabulary and merges in compact tables, everything else as JSON.
///
/// Nothing is interpreted here, except for limits that protect memory from hostile files.
struct TokenizerFile {
  /// Exclusive upper bound of ids, and maximum number of merges: twice the largest known vocabulary (XLM-V).
  static let idLimit = 1 << 21
  private static let byteLimit = 64 << 20
  /// Maximum number of bytes in one token of the model. Known ones have a few hundred, mostly of white space.
  static let tokenLimit = 1 << 16
  /// Maximum number of bytes of the sections outside the model.
  static let sectionLimit = 8 << 20
  /// The sections that are interpreted; `truncation`, `padding` and unknown sections are skipped.
  static let sectionNames: Set<ByteString> = [
    "version", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
  ]
  /// Maximum number of members, known or not, of the file and of the model.
  static let memberLimit = 1000

  /// Path of the file, for messages.
  let name: String
  /// Non-null sections outside the model: `normalizer`, `added_tokens` and so on.
  var sections = JSONObject()
  /// The model's members except `vocab` and `merges`.
  var model = JSONObject()
  var vocabulary = TokenTable()
  var merges = MergeList()

  /// Reads `tokenizer.json` at `url`, or inside it if it is a directory.
  init(contentsOf url: URL) throws(TokenizerError) {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    let url = isDirectory.boolValue ? url.appendingPathComponent("tokenizer.json") : url
    let bytes = try Self.read(url)
    try self.init(bytes: bytes.span, name: url.relativePath)
  }

  /// Parses `bytes`; `name` identifies them in messages.
  init(bytes: Span<UInt8>, name: String) throws(TokenizerError) {
    self.name = name
    do {
      try parse(bytes)
    } catch let error as JSONError {
      throw .notJSON(file: name, error: error)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .unreadable(file: name, reason: "\(error)")
    }
  }

  private static func read(_ url: URL) throws(TokenizerError) -> [UInt8] {
    do throws(FileError) {
      return try RegularFile.bytes(of: url, limit: byteLimit)
    } catch {
      throw unreadable(error.reason, url)
    }
  }

  private static func unreadable(_ reason: FileError.Reason, _ url: URL) -> TokenizerError {
    let text: String
    switch reason {
    case .system(ENOENT), .system(ENOTDIR), .system(ELOOP), .system(ENAMETOOLONG):
      let original = url.deletingLastPathComponent().appendingPathComponent("tokenizer.model")
      let isOriginal = FileManager.default.fileExists(atPath: original.path)
      text = "no such file\(isOriginal ? " (tokenizer.model is not read)" : "")"
    case .notARegularFile: text = "not a regular file"
    case .tooLarge(let bytes, let limit): text = "\(bytes) bytes, more than the \(limit) a tokenizer may have"
    case .system, .truncated, .malformed: text = "cannot be read: \(reason)"
    }
    return .unreadable(file: url.relativePath, reason: text)
  }

  func invalid(_ key: String, _ expected: String, _ found: String) -> TokenizerError {
    .invalid(file: name, key: key, expected: expected, found: found)
  }
}
