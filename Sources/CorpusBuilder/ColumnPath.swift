import Foundations
import Profiler

/// Columns of a CSV file that make a text: `text`, `title+body`, or `#2` for the second column of a file whose first
/// row is already data.
///
/// `\` escapes the next character, for names that contain a `+` or begin with `#`.
struct ColumnPath: Equatable, Sendable {
  enum Columns: Equatable, Sendable {
    /// Names in the header row, to be joined.
    case named([String])
    /// 0-based columns of a file without a header row, to be joined.
    case numbered([Int])
  }

  let columns: Columns

  init(parsing text: String) throws(PathFailure) {
    var names: [String] = [""]
    var areNumbers: [Bool] = []
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      if areNumbers.count < names.count { areNumbers.append(scalar == "#") }
      switch scalar {
      case "\\":
        guard let next = scalars.next() else { throw PathFailure("the column \(text.quoted) ends in a backslash") }
        names[names.count - 1].unicodeScalars.append(next)
      case "+": names.append("")
      default: names[names.count - 1].unicodeScalars.append(scalar)
      }
    }
    guard !names.contains("") else { throw PathFailure("empty name in the column \(text.quoted)") }
    guard areNumbers.contains(true) else {
      columns = .named(names)
      return
    }
    var numbers: [Int] = []
    for (name, isNumber) in zip(names, areNumbers) {
      guard isNumber, let number = Int(name.dropFirst()), number >= 1 else {
        throw PathFailure("expected column numbers such as \"#2\", found \(text.quoted)")
      }
      numbers.append(number - 1)
    }
    columns = .numbered(numbers)
  }
}
