import Foundations
import Foundation
import Profiler

extension SourceFile {
  /// Reads a column of every row. Every row must be as wide as the first: otherwise a quote is missing somewhere and
  /// the columns have shifted.
  func readRows(
    separatedBy separator: UInt8, _ column: ColumnPath?, into selection: inout TextSelection
  ) throws(CorpusBuildError) {
    let bytes = input.data.span
    var parser = CSVParser(separator: separator)
    guard try nextRow(&parser, bytes) else { return }
    let width = parser.fields.count
    let wanted = try columns(column, parser, bytes)
    let group = try options.groupField.map { name throws(CorpusBuildError) in
      do { return try columns(ColumnPath(parsing: name), parser, bytes) } catch let error as CorpusBuildError {
        throw error
      } catch {
        throw .invalidOption("group field: \(name.quoted)")
      }
    }
    var hasRow = true
    var released = 0
    if case .named = column?.columns { hasRow = try nextRow(&parser, bytes) }
    while hasRow {
      if parser.fields.count == width {
        try addText(of: wanted, group: group, parser, bytes, to: &selection)
      } else if options.skipsInvalid {
        selection.addInvalid()
      } else {
        let reason = "expected \(width) columns as in the first row, found \(parser.fields.count)"
        throw .malformed(file: path, place: "line \(parser.rowLine)", reason: reason)
      }
      if let first = parser.fields.first { input.release(before: first.range.lowerBound, &released) }
      hasRow = try nextRow(&parser, bytes)
    }
  }

  private func nextRow(_ parser: inout CSVParser, _ bytes: Span<UInt8>) throws(CorpusBuildError) -> Bool {
    do { return try parser.nextRow(in: bytes) } catch {
      throw .malformed(file: path, place: "line \(error.line)", reason: error.reason)
    }
  }

  /// Returns the 0-based columns that make a text, looked up in the first row.
  private func columns(
    _ column: ColumnPath?, _ parser: CSVParser, _ bytes: Span<UInt8>
  ) throws(CorpusBuildError) -> [Int] {
    func failure(_ reason: String) -> CorpusBuildError {
      .noText(file: path, place: "line \(parser.rowLine)", reason: reason)
    }
    let width = parser.fields.count
    if case .numbered(let numbers) = column?.columns {
      for number in numbers where number >= width {
        throw failure("expected a column \(number + 1), found \(width) columns")
      }
      return numbers
    }
    let contents = parser.fields.map { parser.content(of: $0, in: bytes) }
    let header = contents.map { String(decoding: $0, as: UTF8.self) }
    guard case .named(let names) = column?.columns else {
      throw failure(
        "expected a column to read, as in \"\(path.onOneLine):column\", its columns are \(header.quotedList)")
    }
    var columns: [Int] = []
    for name in names {
      let matches = contents.indices.filter { contents[$0].elementsEqual(name.utf8) }
      guard let match = matches.first else {
        throw failure("no column \(name.quoted), its columns are \(header.quotedList)")
      }
      guard matches.count == 1 else { throw failure("\(matches.count) columns are named \(name.quoted)") }
      columns.append(match)
    }
    return columns
  }

  private func addText(
    of columns: [Int], group: [Int]?, _ parser: CSVParser, _ bytes: Span<UInt8>, to selection: inout TextSelection
  ) throws(CorpusBuildError) {
    let line = "line \(parser.rowLine)"
    var origin = TextOrigin(document: "\(path)#\(parser.rowLine)", isPart: false)
    var parts: [String] = []
    for column in columns {
      let field = parser.fields[column]
      guard let part = String(validating: parser.content(of: field, in: bytes), as: UTF8.self) else {
        // The field's own bytes, to locate the first invalid one.
        let range = field.range
        return try add(
          bytes.extracting(range), at: range.lowerBound, place: line, from: origin, to: &selection)
      }
      parts.append(part)
    }
    if let group {
      let names = group.map { String(validating: parser.content(of: parser.fields[$0], in: bytes), as: UTF8.self) }
      let name = names.contains(nil) ? nil : FieldPath.joined(names.compactMap(\.self))
      if let fault = name.map(CorpusText.fault(inGroup:)) ?? "expected UTF-8, found something else" {
        if options.skipsInvalid { return selection.addInvalid() }
        throw .noText(file: path, place: line, reason: "group: \(fault)")
      }
      origin.field = name
    }
    try selection.add(FieldPath.joined(parts), from: origin)
  }
}
