import Foundations
import Profiler

/// Location of a text in a record: `text`, `meta.title`, `choices.0.text`, `sentences.*`, `prompt+solution`.
///
/// - `.` descends one level; a number is also an index into a list; `*` is every element of a list or an object, in the
///   order of the file, each a text of its own.
/// - `+` joins the results of several paths into one text, with a line break between them unless there already is one.
/// - A path that begins with `.` starts at the top of a JSON file instead of at each record: `.data.*.text`.
/// - `\` escapes the next character: `a\.b` is the key "a.b".
struct FieldPath: Equatable, Sendable {
  enum Step: Equatable, Sendable {
    case key(ByteString)
    case every
  }

  /// Paths joined by `+`; each has at least one step, except that a record which is itself the text has none.
  let paths: [[Step]]
  /// True for a path from the top of the file.
  let startsAtTop: Bool

  /// True if a step takes every element.
  var hasEvery: Bool { paths.contains { $0.contains(.every) } }

  /// Number of steps that take every element, of the path with most of them.
  var everySteps: Int { paths.map { $0.count { $0 == .every } }.max() ?? 0 }

  /// Path of the record itself.
  static let record = FieldPath(paths: [[]], startsAtTop: false)

  private init(paths: [[Step]], startsAtTop: Bool) {
    self.paths = paths
    self.startsAtTop = startsAtTop
  }

  init(parsing text: String) throws(PathFailure) {
    startsAtTop = text.hasPrefix(".")
    var paths: [[Step]] = [[]]
    var name = ""
    var isLiteral = false
    func step() throws(PathFailure) -> Step {
      if name == "*", !isLiteral { return .every }
      guard !name.isEmpty else { throw PathFailure("empty name in the field \(text.quoted)") }
      return .key(ByteString(name))
    }
    var scalars = text.unicodeScalars.dropFirst(startsAtTop ? 1 : 0).makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "\\":
        guard let next = scalars.next() else { throw PathFailure("the field \(text.quoted) ends in a backslash") }
        name.unicodeScalars.append(next)
        isLiteral = true
      case ".", "+":
        paths[paths.count - 1].append(try step())
        if scalar == "+" { paths.append([]) }
        name = ""
        isLiteral = false
      default: name.unicodeScalars.append(scalar)
      }
    }
    paths[paths.count - 1].append(try step())
    guard !startsAtTop || paths.count == 1 else {
      throw PathFailure("the field \(text.quoted) starts at the top of the file and cannot be joined by '+'")
    }
    self.paths = paths
  }

  /// Joins several texts into one, with a line break between two unless the first ends in one.
  static func joined(_ parts: [String]) -> String {
    var text = ""
    for part in parts {
      if let last = text.utf8.last, last != UInt8(ascii: "\n") { text += "\n" }
      text += part
    }
    return text
  }
}

/// Reason why a field, a column or a pattern cannot be parsed, for the message of its source.
struct PathFailure: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
