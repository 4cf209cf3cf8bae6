/// Why a JSON text was refused, and where: `line` and `column` are 1-based, the column counts bytes.
public struct JSONError: DescribedError, Equatable, Sendable {
  /// 1-based line of the offending byte.
  public let line: Int
  /// 1-based byte column of the offending byte.
  public let column: Int
  /// What was expected and what was found, without a location.
  public let reason: String

  /// `line 3, column 14: expected ':' after a key, found '}'`
  public var description: String { "line \(line), column \(column): \(reason)" }
}
