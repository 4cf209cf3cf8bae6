import Foundation
import Foundations
import Profiler

extension SourceFile {
  /// Reads a field of every element of a list, or of every value of an object, or from the top of the file.
  func readJSON(_ field: FieldPath, into selection: inout TextSelection) throws(CorpusBuildError) {
    var reader = JSONReader(input.data.span)
    do {
      if field.startsAtTop {
        try read(field, from: &reader, into: &selection) { "line \(line(of: $0))" }
      } else {
        try readRecords(field, from: &reader, into: &selection)
      }
      try reader.end()
    } catch {
      throw located(error) { "line \($0.line), column \($0.column)" }
    }
  }

  private func readRecords(
    _ field: FieldPath, from reader: inout JSONReader, into selection: inout TextSelection
  ) throws {
    var released = 0
    switch try reader.peek() {
    case .array:
      var number = 0
      try reader.beginArray()
      while try reader.nextElement() {
        number += 1
        try read(field, from: &reader, into: &selection) { "record \(number) (line \(line(of: $0)))" }
        input.release(before: reader.offset, &released)
      }
    case .object:
      try reader.beginObject()
      while let key = try reader.nextKey() {
        try read(field, from: &reader, into: &selection) { "record \(key.quoted) (line \(line(of: $0)))" }
        input.release(before: reader.offset, &released)
      }
    case let kind:
      let reason = "expected a list or an object of records, found \(kind.rawValue)"
      throw CorpusBuildError.malformed(file: path, place: "line \(line(of: reader.offset))", reason: reason)
    }
  }

  /// Reads a field of every non-blank line.
  func readJSONLines(_ field: FieldPath, into selection: inout TextSelection) throws(CorpusBuildError) {
    let bytes = input.data.span
    var line = 0
    var start = 0
    var released = 0
    while start < bytes.count {
      input.release(before: start, &released)
      line += 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let record = bytes.extracting(start..<end)
      start = end + 1
      if isBlank(record) { continue }
      do {
        var reader = JSONReader(record)
        try read(field, from: &reader, into: &selection) { _ in "line \(line)" }
        try reader.end()
      } catch {
        throw located(error) { "line \(line), column \($0.column)" }
      }
    }
  }

  /// Reads one record. `place` returns its name for an error at an offset.
  private func read(
    _ field: FieldPath, from reader: inout JSONReader, into selection: inout TextSelection, place: (Int) -> String
  ) throws {
    var found = FieldTexts()
    for path in field.paths.dropLast() {
      var copy = reader
      try copy.collect(path[...], into: &found)
    }
    try reader.collect((field.paths.last ?? [])[...], into: &found)
    if let problem = found.firstProblem, !options.skipsInvalid {
      let hint = field == .record ? "; name a field after the path, as in \"\(path.onOneLine):text\"" : ""
      throw CorpusBuildError.noText(file: path, place: place(problem.offset), reason: problem.reason + hint)
    }
    if field.paths.count > 1 {
      if found.problems > 0 { selection.addInvalid() } else { selection.add(FieldPath.joined(found.texts)) }
    } else {
      for _ in 0..<found.problems { selection.addInvalid() }
      for text in found.texts { selection.add(text) }
    }
  }

  private func line(of offset: Int) -> Int { JSONReader(input.data.span).error("", at: offset).line }

  private func located(_ error: any Error, place: (JSONError) -> String) -> CorpusBuildError {
    switch error {
    case let error as CorpusBuildError: error
    case let error as JSONError: .malformed(file: path, place: place(error), reason: error.reason)
    default: .cannotRead(file: path, reason: String(describing: error))
    }
  }
}
