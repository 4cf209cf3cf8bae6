import Foundation
import Foundations
import GRDB
import LlamaCore
import Profiler

extension Database {
  /// Returns the first value of a query, whatever its type: GRDB's decoders terminate the process at a value of another
  /// type.
  private func first(_ sql: String, _ arguments: StatementArguments) throws -> DatabaseValue.Storage {
    try DatabaseValue.fetchOne(self, sql: sql, arguments: arguments)?.storage ?? .null
  }

  /// Returns the first value of a query if it is an integer, otherwise nil.
  func firstInteger(_ sql: String) throws -> Int? {
    if case .int64(let value) = try first(sql, []) { Int(value) } else { nil }
  }

  /// Returns the first value of a query if it is text, otherwise nil.
  func firstText(_ sql: String, _ arguments: StatementArguments = []) throws -> String? {
    if case .string(let value) = try first(sql, arguments) { value } else { nil }
  }
}

/// Row of an untrusted table: a value of an unexpected type throws an error that names the table.
struct StoredRow {
  private let row: Row
  private let table: String
  private let file: String

  init(_ row: Row, _ table: String, _ file: String) {
    self.row = row
    self.table = table
    self.file = file
  }

  func fault(_ reason: String) -> StoreError {
    .malformed(file: file, place: "table \(table)", reason: reason)
  }

  /// Returns a count or an index. The limit keeps their sums from overflowing.
  func integer(_ column: Int) throws(StoreError) -> Int {
    guard case .int64(let value) = (row[column] as DatabaseValue).storage, (0...(1 << 40)).contains(value) else {
      throw unexpected(column, "an integer from 0 to \(1 << 40)")
    }
    return Int(value)
  }

  func optionalInteger(_ column: Int) throws(StoreError) -> Int? {
    if case .null = (row[column] as DatabaseValue).storage { return nil }
    guard case .int64(let value) = (row[column] as DatabaseValue).storage, value >= 0 else {
      throw unexpected(column, "an integer of at least 0")
    }
    return Int(clamping: value)
  }

  func text(_ column: Int) throws(StoreError) -> String {
    guard case .string(let value) = (row[column] as DatabaseValue).storage else { throw unexpected(column, "text") }
    return value
  }

  func data(_ column: Int) throws(StoreError) -> Data {
    guard case .blob(let value) = (row[column] as DatabaseValue).storage else { throw unexpected(column, "bytes") }
    return value
  }

  func optionalText(_ column: Int) throws(StoreError) -> String? {
    if case .null = (row[column] as DatabaseValue).storage { return nil }
    return try text(column)
  }

  /// Returns a token id; nil for NULL.
  func token(_ column: Int) throws(StoreError) -> TokenID? {
    guard let value = try optionalInteger(column) else { return nil }
    guard let token = TokenID(exactly: value) else { throw unexpected(column, "the id of a token") }
    return token
  }

  func massive(layer: Int, position: Int, dimension: Int, value: Int) throws(StoreError) -> MassiveActivation {
    guard case .double(let size) = (row[value] as DatabaseValue).storage, size.isFinite else {
      throw unexpected(value, "a finite number")
    }
    return MassiveActivation(
      layer: try integer(layer), position: try integer(position), dimension: try integer(dimension), value: size)
  }

  /// Returns a finite number.
  func number(_ column: Int) throws(StoreError) -> Double {
    guard case .double(let value) = (row[column] as DatabaseValue).storage, abs(value) < 1e15 else {
      throw unexpected(column, "a number")
    }
    return value
  }

  /// Returns the metrics in the columns from `first` on; NaN for NULL, as SQLite has no NaN.
  func metrics(_ metrics: [Metric], from first: Int) throws(StoreError) -> BlockMetrics {
    var result = BlockMetrics.undefined
    for (column, metric) in metrics.enumerated() where !metric.isOfText { result[metric] = try value(first + column) }
    return result
  }

  /// Returns a number, finite or not; NaN for NULL.
  func value(_ column: Int) throws(StoreError) -> Double {
    switch (row[column] as DatabaseValue).storage {
    case .null: .nan
    case .double(let value): value
    default: throw unexpected(column, "a number")
    }
  }

  func nonFinite() throws(StoreError) -> NonFinite {
    let name = try text(2)
    guard let cause = NonFinite.Cause(rawValue: name) else { throw unexpected(2, "a cause") }
    return NonFinite(
      cause: cause, layer: try integer(1), position: try integer(3), count: try integer(4))
  }

  private func unexpected(_ column: Int, _ expected: String) -> StoreError {
    let names = Array(row.columnNames)
    let found = (row[column] as DatabaseValue).description
    return fault("column \(names[column]): expected \(expected), found \(String(found.prefix(60)).onOneLine)")
  }
}
