/// The reason and position of a JSON error: `line` and `column` are 1-based, the column counts bytes.
public struct JSONError: DescribedError, Equatable, Sendable {
  /// 1-based line of the invalid byte.
  public let line: Int
  /// 1-based byte column of the invalid byte.
  public let column: Int
  /// Reason with expected and found values, without a location.
  public let reason: String

  /// `line 3, column 14: expected ':' after a key, found '}'`
  public var description: String { "line \(line), column \(column): \(reason)" }
}
