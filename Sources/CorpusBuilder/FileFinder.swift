import Foundation
import Profiler

/// Finds the files a source means, in the order of their paths' bytes.
///
/// - A path that exists is taken as it is, brackets and all. A folder stands for every file beneath it.
/// - Otherwise it is a pattern: `*`, `?`, `[…]` within a name (see ``NamePattern``), `**` for any number of folders,
///   none included. A pattern finds files, never folders.
/// - Hidden names are left out of folders, and of patterns that do not spell out the dot.
/// - A link to a file is that file. A link to a folder is followed where the path names it or a pattern other than
///   `**` matches it, so that no loop of links is walked. Broken links, pipes and devices inside folders are passed over.
/// - `~/` is the home folder, since not every shell sees it behind `cpp=`.
struct FileFinder {
  struct Found: Equatable {
    let paths: [String]
    /// True where the source named this one file; what it cannot give is then an error, not a file to pass over.
    let isNamed: Bool
  }

  /// - Throws: `CorpusBuildError.noFile` or `.cannotRead`.
  static func find(_ source: CorpusSource) throws(CorpusBuildError) -> Found {
    func nothing(_ reason: String) -> CorpusBuildError { .noFile(source: source.argument, reason: reason) }
    let path = expandingHome(source.path)
    switch FileKind(at: path) {
    case .file, .special: return Found(paths: [path], isNamed: true)
    case .folder:
      if case .text = source.format {
      } else {
        throw nothing("expected a file, found a folder; name the files in it by a pattern")
      }
      let paths = try files(from: path, ["**", "*"])
      guard !paths.isEmpty else { throw nothing("the folder holds no file that is not hidden") }
      return Found(paths: paths, isNamed: false)
    case nil: break
    }
    guard NamePattern.isPattern(path) else { throw nothing("no file or folder of this name") }
    let names = path.split(separator: "/").map(String.init)
    let paths = try files(from: path.hasPrefix("/") ? "/" : "", names)
    guard !paths.isEmpty else { throw nothing("no file matches") }
    return Found(paths: paths, isNamed: false)
  }

  private static func expandingHome(_ path: String) -> String {
    guard path.hasPrefix("~/") else { return path }
    return join(FileManager.default.homeDirectoryForCurrentUser.path, String(path.dropFirst(2)))
  }

  /// A folder, and how many names of the pattern led to it. Compared by bytes: a file system may hold "é" in two
  /// spellings that are one `String`.
  private struct Position: Hashable {
    let utf8: [UInt8]
    let depth: Int

    var folder: String { String(decoding: utf8, as: UTF8.self) }

    init(_ folder: String, _ depth: Int) {
      utf8 = Array(folder.utf8)
      self.depth = depth
    }
  }

  private static func files(from top: String, _ names: [String]) throws(CorpusBuildError) -> [String] {
    var found: Set<[UInt8]> = []
    var pending = [Position(top, 0)]
    // Several `**` reach one folder in many ways; each is looked at once.
    var seen = Set(pending)
    func visit(_ folder: String, _ depth: Int) {
      let position = Position(folder, depth)
      if seen.insert(position).inserted { pending.append(position) }
    }
    while let position = pending.popLast() {
      let folder = position.folder
      let name = names[position.depth]
      let isLast = position.depth == names.count - 1
      if name == "**" {
        if !isLast { visit(folder, position.depth + 1) }
        for entry in try entries(of: folder) where !entry.hasPrefix(".") {
          let path = join(folder, entry)
          if FileKind.isFolderNotLink(at: path) {
            visit(path, position.depth)
          } else if isLast, FileKind(at: path) == .file {
            found.insert(Array(path.utf8))
          }
        }
        continue
      }
      let candidates: [String]
      if NamePattern.isPattern(name) {
        let pattern = NamePattern(name)
        candidates = try entries(of: folder).filter(pattern.matches)
      } else {
        candidates = [name]
      }
      for candidate in candidates {
        let path = join(folder, candidate)
        switch FileKind(at: path) {
        case .file where isLast: found.insert(Array(path.utf8))
        case .folder where !isLast: visit(path, position.depth + 1)
        default: break
        }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func entries(of folder: String) throws(CorpusBuildError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
    } catch {
      throw .cannotRead(file: folder.isEmpty ? "." : folder, reason: FileFailure(error).reason)
    }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
