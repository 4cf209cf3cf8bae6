import Foundation
import Foundations
import Profiler

/// Search for the files of a source, in the order of their paths' bytes.
///
/// - A path that exists is taken literally, including brackets. A folder stands for every file beneath it.
/// - Otherwise it is a pattern: `*`, `?`, `[…]` within a name (see ``NamePattern``), `**` for any number of folders,
///   including none. A pattern finds files, never folders.
/// - Hidden names are excluded from folders, and from patterns that do not spell out the dot.
/// - A link to a file is that file. A link to a folder is followed if the path names it or a pattern other than `**`
///   matches it, so that loops of links are not walked. Broken links, pipes and devices inside folders are skipped.
/// - Names need not be UTF-8.
/// - `~/` is the home folder, since not every shell expands it after `cpp=`.
struct FileFinder {
  /// Result of the search. Paths are bytes, which need not be UTF-8, and are compared as bytes: a file system may hold
  /// "é" in two spellings that are one `String`.
  struct Found: Equatable {
    let paths: [[UInt8]]
    /// True if the source named this one file; unusable content is then an error, rather than a file to skip.
    let isNamed: Bool
  }

  /// - Throws: `CorpusBuildError.noFile` or `.cannotRead`.
  static func find(_ source: CorpusSource) throws(CorpusBuildError) -> Found {
    func nothing(_ reason: String) -> CorpusBuildError { .noFile(source: source.argument, reason: reason) }
    let path = expandingHome(source.path)
    let bytes = Array(path.utf8)
    switch FileKind(at: bytes) {
    case .file, .special: return Found(paths: [bytes], isNamed: true)
    case .folder:
      if case .text = source.format {
      } else {
        throw nothing("expected a file, found a folder; name the files in it by a pattern")
      }
      let paths = try files(from: bytes, ["**", "*"])
      guard !paths.isEmpty else { throw nothing("the folder holds no file that is not hidden") }
      return Found(paths: paths, isNamed: false)
    case nil: break
    }
    guard NamePattern.isPattern(path) else { throw nothing("no file or folder of this name") }
    let names = path.utf8.split(separator: slash).map { String(Substring($0)) }
    let paths = try files(from: bytes.first == slash ? [slash] : [], names)
    guard !paths.isEmpty else { throw nothing("no file matches") }
    return Found(paths: paths, isNamed: false)
  }

  private static let slash = UInt8(ascii: "/")

  private static func expandingHome(_ path: String) -> String {
    guard path.hasPrefix("~/") else { return path }
    return FileManager.default.homeDirectoryForCurrentUser.path + "/" + path.dropFirst(2)
  }

  /// Folder, with the number of pattern components that led to it.
  private struct Position: Hashable {
    let folder: [UInt8]
    let depth: Int
  }

  private static func files(from top: [UInt8], _ names: [String]) throws(CorpusBuildError) -> [[UInt8]] {
    var found: Set<[UInt8]> = []
    var pending = [Position(folder: top, depth: 0)]
    // Several `**` reach one folder in many ways; each position is visited once.
    var seen = Set(pending)
    func visit(_ folder: [UInt8], _ depth: Int) {
      let position = Position(folder: folder, depth: depth)
      if seen.insert(position).inserted { pending.append(position) }
    }
    while let position = pending.popLast() {
      let name = names[position.depth]
      let isLast = position.depth == names.count - 1
      if name == "**" {
        if !isLast { visit(position.folder, position.depth + 1) }
        for entry in try entries(of: position.folder) where entry.first != UInt8(ascii: ".") {
          let path = join(position.folder, entry)
          if FileKind.isFolderNotLink(at: path) {
            visit(path, position.depth)
          } else if isLast, FileKind(at: path) == .file {
            found.insert(path)
          }
        }
        continue
      }
      let candidates: [[UInt8]]
      if NamePattern.isPattern(name) {
        let pattern = NamePattern(name)
        // Invalid UTF-8 in a name decodes to a character that no set and no letter of the pattern matches.
        candidates = try entries(of: position.folder).filter { pattern.matches(String(decoding: $0, as: UTF8.self)) }
      } else {
        candidates = [Array(name.utf8)]
      }
      for candidate in candidates {
        let path = join(position.folder, candidate)
        switch FileKind(at: path) {
        case .file where isLast: found.insert(path)
        case .folder where !isLast: visit(path, position.depth + 1)
        default: break
        }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Returns the names in a folder except `.` and `..`. Foundation omits names that are not UTF-8.
  private static func entries(of folder: [UInt8]) throws(CorpusBuildError) -> [[UInt8]] {
    let path = folder.isEmpty ? [UInt8(ascii: ".")] : folder
    func failure() -> CorpusBuildError { .cannotRead(file: path.pathText, reason: FileFailure(code: errno).reason) }
    guard let stream = opendir(path.terminated) else { throw failure() }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw failure() }
    return names
  }

  private static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty || folder.last == slash ? folder + name : folder + [slash] + name
  }
}
